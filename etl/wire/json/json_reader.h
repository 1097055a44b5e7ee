/*
 * A strict pull reader for large JSON texts. It builds no tree: the caller reads token after token.
 *
 * It accepts JSON by RFC 8259 (no NaN, no comments, nothing after the document), with these differences:
 * \u0000, a lone surrogate, and bytes that are not UTF-8 are errors; a comma before a closing bracket or
 * brace is allowed, because the service's documentation shows one (Token Flex API, "Query: submit, poll,
 * page"). A number is returned as its source text, of any length.
 *
 * Strings are unescaped in place: the text is changed by reading it, and can be read once.
 *
 * An error names the offset of the byte at fault in the original text, from 0. It may show a few bytes of an
 * unexpected word. Of a string it shows at most one control character or one half of a surrogate pair, so
 * that no secret reaches the log.
 */
#ifndef WIRE_JSON_JSON_READER_H
#define WIRE_JSON_JSON_READER_H

#include "base/err.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>

enum json_token {
    JSON_FAILED, /* err is filled; the reader stays failed */
    JSON_END,    /* the document has ended; only white space follows */
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,    /* an object's member name: bytes, bytes_length */
    JSON_STRING, /* bytes, bytes_length */
    JSON_NUMBER, /* bytes, bytes_length: the source text */
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

#define JSON_MAX_DEPTH 64

struct json_reader {
    char *text;
    size_t length;
    size_t at; /* offset of the next byte to read */

    /*
     * The token just read: JSON_KEY, JSON_STRING, JSON_NUMBER. Borrowed from text; not ended by NUL. After a
     * key or string there is at least one byte that the reader does not read again: the owner of text may
     * write a NUL there.
     */
    const char *bytes;
    size_t bytes_length;

    size_t failed_at; /* JSON_FAILED: the byte at fault */

    /* Private to the reader. */
    unsigned depth;
    unsigned char expect;
    bool failed;
    unsigned char stack[JSON_MAX_DEPTH];
};

/* Starts at the first byte of a document. text is borrowed and changed; it need not be ended by NUL. */
struct json_reader json_reader_make(char *text, size_t length);

/* The next token. JSON_FAILED comes with ERR_DATA: byte offset, what was expected, what stands there. */
MUST_CHECK enum json_token json_next(struct json_reader *reader, struct err *err);

/* Skips the next value with all that it contains: the value of a key, or an element of an array. ERR_DATA if
 * no value follows. */
MUST_CHECK bool json_skip_value(struct json_reader *reader, struct err *err);

/*
 * Reads one array of scalars whose JSON_ARRAY_BEGIN has just been read, up to and with its end: at most
 * `most` cells are stored, all are counted in *count; on an error those before it. An array or object inside
 * is ERR_DATA.
 */
MUST_CHECK bool json_read_cells(struct json_reader *reader, struct cell *cells, size_t most, size_t *count,
                                struct err *err);

/* Whether bytes are a JSON number: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
bool json_is_number(const char *bytes, size_t length);

#endif
