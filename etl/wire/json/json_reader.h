/*
 * A strict pull reader for large JSON texts: rows go from the network's bytes to PostgreSQL without a tree
 * between.
 *
 * Strict as RFC 8259 has it (no NaN, no comments, nothing behind the document), stricter in three points (no
 * \u0000, no lone surrogate, no bytes that are not UTF-8), and lenient in one, as the service's own
 * documentation is: a comma before a closing bracket or brace. Numbers are handed out by their source text,
 * of whatever length.
 *
 * Strings are unescaped in place: the text is changed by reading it, and can be read once (but see
 * json_reader_make_check()).
 *
 * An error names the byte where it stands, counted from 0 in the text as it came. It shows a few bytes of a
 * word that is out of place, never the inside of a string: what is secret in a document stays out of the log.
 */
#ifndef WIRE_JSON_JSON_READER_H
#define WIRE_JSON_JSON_READER_H

#include "base/err.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>

enum json_token {
    JSON_FAILED, /* err is filled; the reader stays failed */
    JSON_END,    /* the document is over, with nothing but white space behind it */
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,    /* an object's member name: bytes, length */
    JSON_STRING, /* bytes, length */
    JSON_NUMBER, /* bytes, length: the source text */
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

    /* Inside. */
    bool checks_only;
    unsigned depth;
    unsigned char expect;
    bool failed;
    unsigned char stack[JSON_MAX_DEPTH];
};

/* Starts at the first byte of a document. text is borrowed and changed; it need not be ended by NUL. */
struct json_reader json_reader_make(char *text, size_t length);

/*
 * A reader that makes the same checks and changes nothing: strings and keys are returned with their escapes.
 * For checking a text before it is read.
 */
struct json_reader json_reader_make_check(char *text, size_t length);

/* The next token. JSON_FAILED comes with ERR_DATA: byte offset, what was expected, what stands there. */
MUST_CHECK enum json_token json_next(struct json_reader *reader, struct err *err);

/* Skips the value that comes next (after a key, or an array's element), whole. There must be one. */
MUST_CHECK bool json_skip_value(struct json_reader *reader, struct err *err);

/*
 * Reads one array of scalars whose JSON_ARRAY_BEGIN has just been read, up to and with its end: at most
 * `most` cells are stored, all are counted in *count; on an error those before it. An array or object inside
 * is ERR_DATA.
 */
MUST_CHECK bool json_read_cells(struct json_reader *reader, struct cell *cells, size_t most, size_t *count,
                                struct err *err);

/* Whether bytes are a number as JSON writes it: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
bool json_is_number(const char *bytes, size_t length);

#endif
