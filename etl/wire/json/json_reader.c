#include "wire/json/json_reader.h"

#include "base/text.h"

#include <endian.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum expect {
    EXPECT_VALUE,     /* the document, or a member's value */
    EXPECT_ELEMENT,   /* an array's element, or its end; after a comma too: there the reader is lenient */
    EXPECT_MEMBER,    /* an object's member name, or its end; as above */
    EXPECT_SEPARATOR, /* a comma, or the end of what is open */
    EXPECT_NOTHING,   /* the end of the text */
};

/* How many bytes of an unexpected word are shown: enough to recognise NaN or an HTML page, too few to reveal
 * a secret.
 */
#define EXCERPT 20

struct json_reader json_reader_make(char *text, size_t length)
{
    return (struct json_reader){.text = text, .length = length, .expect = EXPECT_VALUE};
}

/* Says what is wrong at a byte. Returns JSON_FAILED, which is false. */
static PRINTF_LIKE(4, 5) enum json_token
    fail(struct json_reader *reader, size_t at, struct err *err, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    reader->failed = true;
    reader->failed_at = at;
    (void)err_set(err, ERR_DATA, "byte %zu: %s", at, what);
    return JSON_FAILED;
}

static inline bool ends_word(char byte)
{
    static const bool marks[256] = {
        [','] = true, [':'] = true, ['['] = true, [']'] = true, ['{'] = true, ['}'] = true, ['"'] = true,
    };
    return (unsigned char)byte <= ' ' || marks[(unsigned char)byte];
}

/* The word that stands at a byte, as messages show it. */
static const char *word_at(const struct json_reader *reader, size_t at, char out[EXCERPT + 3])
{
    const char *word = reader->text + at;
    size_t left = reader->length - at;
    size_t length = left > 0;
    while (length < left && length < EXCERPT && !ends_word(word[0]) && !ends_word(word[length]))
        length++;
    char excerpt[EXCERPT];
    snprintf(out, EXCERPT + 3, "`%s`", text_excerpt(word, length, excerpt, sizeof excerpt));
    return out;
}

static enum json_token fail_expected(struct json_reader *reader, const char *expected, struct err *err)
{
    char word[EXCERPT + 3];
    const char *found = "the end of the text";
    if (reader->at < reader->length)
        found = reader->text[reader->at] == '"' ? "a string" : word_at(reader, reader->at, word);
    return fail(reader, reader->at, err, "expected %s, found %s", expected, found);
}

static inline void skip_space(struct json_reader *reader)
{
    size_t at = reader->at;
    while (at < reader->length) {
        char byte = reader->text[at];
        if (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t')
            break;
        at++;
    }
    reader->at = at;
}

static inline bool next_is(const struct json_reader *reader, char byte)
{
    return reader->at < reader->length && reader->text[reader->at] == byte;
}

/* Strings. */

#define EACH_BYTE(byte) (UINT64_MAX / 255 * (byte))

/* Sets the top bit of each byte that is zero. Bits above the lowest one set may be wrong; they are not
 * needed.
 */
static inline uint64_t zero_bytes(uint64_t word)
{
    return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* Where a string stops being plain ASCII: at a quote, a backslash, a control character, a byte past ASCII,
 * the end. */
static inline size_t plain_end(const char *text, size_t at, size_t length)
{
    while (length - at >= 8) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        word = le64toh(word);
        uint64_t control = (word - EACH_BYTE(0x20)) & ~word & EACH_BYTE(0x80);
        uint64_t special = zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\')) | control |
                           (word & EACH_BYTE(0x80));
        if (special)
            return at + (size_t)(__builtin_ctzll(special) / 8);
        at += 8;
    }
    while (at < length) {
        unsigned char byte = (unsigned char)text[at];
        if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\')
            break;
        at++;
    }
    return at;
}

static bool hex_value(const char *digits, unsigned *value)
{
    *value = 0;
    for (size_t i = 0; i < 4; i++) {
        char digit = digits[i];
        unsigned nibble;
        if (digit >= '0' && digit <= '9')
            nibble = (unsigned)(digit - '0');
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            nibble = (unsigned)((digit | 0x20) - 'a') + 10;
        else
            return false;
        *value = *value << 4 | nibble;
    }
    return true;
}

static size_t put_utf8(char *out, unsigned code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* A string being read: bytes are taken at `at` and put at `out`, which is never ahead of it. */
struct unescape {
    size_t at;
    size_t out;
};

static void put_bytes(struct json_reader *reader, struct unescape *unescape, const char *bytes, size_t count)
{
    memcpy(reader->text + unescape->out, bytes, count);
    unescape->out += count;
}

/* \uXXXX, and the second of a pair; `at` stands on the backslash. */
static bool read_code(struct json_reader *reader, struct unescape *unescape, struct err *err)
{
    const char *escape = reader->text + unescape->at;
    size_t left = reader->length - unescape->at;
    size_t taken = 6;
    unsigned code;
    if (left < 6 || !hex_value(escape + 2, &code))
        return fail(reader, unescape->at, err, "`\\u` needs four hexadecimal digits");
    if (code == 0)
        return fail(reader, unescape->at, err, "`\\u0000` in a string: text cannot contain it");
    if (code >= 0xD800 && code <= 0xDFFF) {
        unsigned low;
        bool paired = code <= 0xDBFF && left >= 12 && escape[6] == '\\' && escape[7] == 'u' &&
                      hex_value(escape + 8, &low) && low >= 0xDC00 && low <= 0xDFFF;
        if (!paired)
            return fail(reader, unescape->at, err, "`\\u%04X` is half of a surrogate pair", code);
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        taken = 12;
    }
    char utf8[4];
    put_bytes(reader, unescape, utf8, put_utf8(utf8, code));
    unescape->at += taken;
    return true;
}

static bool read_escape(struct json_reader *reader, struct unescape *unescape, struct err *err)
{
    static const char plain[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    if (reader->length - unescape->at < 2)
        return fail(reader, reader->length, err, "the text ends inside a string");
    unsigned char letter = (unsigned char)reader->text[unescape->at + 1];
    if (letter == 'u')
        return read_code(reader, unescape, err);
    if (!plain[letter])
        return fail(reader, unescape->at, err, "a backslash before a character that it cannot escape");
    put_bytes(reader, unescape, &plain[letter], 1);
    unescape->at += 2;
    return true;
}

/* Takes the bytes up to `end` as they are. */
static void keep(struct json_reader *reader, struct unescape *unescape, size_t end)
{
    size_t count = end - unescape->at;
    if (unescape->out != unescape->at)
        memmove(reader->text + unescape->out, reader->text + unescape->at, count);
    unescape->out += count;
    unescape->at = end;
}

/* The rest of a string, from its first byte at `at` that is not plain ASCII. */
static bool read_special_string(struct json_reader *reader, size_t start, size_t at, struct err *err)
{
    struct unescape unescape = {at, at};
    const char *text = reader->text;
    for (;;) {
        if (unescape.at == reader->length)
            return fail(reader, unescape.at, err, "the text ends inside a string");
        unsigned char byte = (unsigned char)text[unescape.at];
        if (byte == '"')
            break;
        if (byte < 0x20)
            return fail(reader, unescape.at, err, "a raw control character (0x%02X) in a string", byte);
        if (byte == '\\') {
            if (!read_escape(reader, &unescape, err))
                return false;
        } else if (byte >= 0x80) {
            size_t end = unescape.at + 1;
            while (end < reader->length && (unsigned char)text[end] >= 0x80)
                end++;
            if (!text_is_utf8(text + unescape.at, end - unescape.at))
                return fail(reader, unescape.at, err, "bytes that are not UTF-8 in a string");
            keep(reader, &unescape, end);
        }
        keep(reader, &unescape, plain_end(text, unescape.at, reader->length));
    }
    reader->bytes = text + start;
    reader->bytes_length = unescape.out - start;
    reader->at = unescape.at + 1;
    return true;
}

/* A string whose opening quote is the next byte. */
static inline bool read_string(struct json_reader *reader, struct err *err)
{
    size_t start = reader->at + 1;
    size_t end = plain_end(reader->text, start, reader->length);
    if (end == reader->length || reader->text[end] != '"')
        return read_special_string(reader, start, end, err);
    reader->bytes = reader->text + start;
    reader->bytes_length = end - start;
    reader->at = end + 1;
    return true;
}

/* Numbers and words. */

static inline size_t digits_end(const char *bytes, size_t at, size_t length)
{
    while (at < length && (unsigned char)(bytes[at] - '0') < 10)
        at++;
    return at;
}

/* The length of the number that bytes begin with; 0 when they begin with none. */
static inline size_t number_length(const char *bytes, size_t length)
{
    size_t start = length > 0 && bytes[0] == '-';
    size_t end = digits_end(bytes, start, length);
    if (end == start || (bytes[start] == '0' && end > start + 1))
        return 0;
    if (end < length && bytes[end] == '.') {
        start = end + 1;
        end = digits_end(bytes, start, length);
        if (end == start)
            return 0;
    }
    if (end < length && (bytes[end] | 0x20) == 'e') {
        start = end + 1;
        if (start < length && (bytes[start] == '+' || bytes[start] == '-'))
            start++;
        end = digits_end(bytes, start, length);
        if (end == start)
            return 0;
    }
    return end;
}

bool json_is_number(const char *bytes, size_t length)
{
    return length > 0 && number_length(bytes, length) == length;
}

static inline bool read_number(struct json_reader *reader, struct err *err)
{
    size_t length = number_length(reader->text + reader->at, reader->length - reader->at);
    size_t end = reader->at + length;
    if (length == 0 || (end < reader->length && !ends_word(reader->text[end]))) {
        char word[EXCERPT + 3];
        return fail(reader, reader->at, err, "%s is not a number", word_at(reader, reader->at, word));
    }
    reader->bytes = reader->text + reader->at;
    reader->bytes_length = length;
    reader->at = end;
    return true;
}

static bool read_word(struct json_reader *reader, const char *word, size_t length, struct err *err)
{
    size_t left = reader->length - reader->at;
    const char *found = reader->text + reader->at;
    if (left < length || memcmp(found, word, length) != 0 || (left > length && !ends_word(found[length])))
        return fail_expected(reader, "a value", err);
    reader->at += length;
    return true;
}

/* A string, number, true, false or null. */
static inline enum json_token read_scalar(struct json_reader *reader, struct err *err)
{
    switch (reader->at < reader->length ? reader->text[reader->at] : '\0') {
    case '"':
        return read_string(reader, err) ? JSON_STRING : JSON_FAILED;
    case '-':
    case '0' ... '9':
        return read_number(reader, err) ? JSON_NUMBER : JSON_FAILED;
    case 't':
        return read_word(reader, "true", 4, err) ? JSON_TRUE : JSON_FAILED;
    case 'f':
        return read_word(reader, "false", 5, err) ? JSON_FALSE : JSON_FAILED;
    case 'n':
        return read_word(reader, "null", 4, err) ? JSON_NULL : JSON_FAILED;
    default:
        return fail_expected(reader, "a value", err);
    }
}

/* Structure. */

static void after_value(struct json_reader *reader)
{
    reader->expect = reader->depth > 0 ? EXPECT_SEPARATOR : EXPECT_NOTHING;
}

static enum json_token open_container(struct json_reader *reader, struct err *err)
{
    char bracket = reader->text[reader->at];
    if (reader->depth == JSON_MAX_DEPTH)
        return fail(reader, reader->at, err, "nested more than %d deep", JSON_MAX_DEPTH);
    reader->stack[reader->depth++] = (unsigned char)bracket;
    reader->at++;
    reader->expect = bracket == '[' ? EXPECT_ELEMENT : EXPECT_MEMBER;
    return bracket == '[' ? JSON_ARRAY_BEGIN : JSON_OBJECT_BEGIN;
}

static enum json_token close_container(struct json_reader *reader)
{
    reader->at++;
    reader->depth--;
    after_value(reader);
    return reader->stack[reader->depth] == '[' ? JSON_ARRAY_END : JSON_OBJECT_END;
}

static enum json_token read_value(struct json_reader *reader, struct err *err)
{
    if (next_is(reader, '[') || next_is(reader, '{'))
        return open_container(reader, err);
    enum json_token token = read_scalar(reader, err);
    after_value(reader);
    return token;
}

static enum json_token read_member_name(struct json_reader *reader, struct err *err)
{
    if (!next_is(reader, '"'))
        return fail_expected(reader, "a member name or `}`", err);
    if (!read_string(reader, err))
        return JSON_FAILED;
    skip_space(reader);
    if (!next_is(reader, ':'))
        return fail_expected(reader, "`:`", err);
    reader->at++;
    reader->expect = EXPECT_VALUE;
    return JSON_KEY;
}

enum json_token json_next(struct json_reader *reader, struct err *err)
{
    if (reader->failed)
        return fail(reader, reader->failed_at, err, "the text was refused before");
    skip_space(reader);
    bool in_array = reader->depth > 0 && reader->stack[reader->depth - 1] == '[';
    if (reader->expect == EXPECT_SEPARATOR && next_is(reader, ',')) {
        reader->at++;
        skip_space(reader);
        reader->expect = in_array ? EXPECT_ELEMENT : EXPECT_MEMBER;
    }
    switch ((enum expect)reader->expect) {
    case EXPECT_VALUE:
        return read_value(reader, err);
    case EXPECT_ELEMENT:
        return next_is(reader, ']') ? close_container(reader) : read_value(reader, err);
    case EXPECT_MEMBER:
        return next_is(reader, '}') ? close_container(reader) : read_member_name(reader, err);
    case EXPECT_SEPARATOR:
        if (next_is(reader, in_array ? ']' : '}'))
            return close_container(reader);
        return fail_expected(reader, in_array ? "`,` or `]`" : "`,` or `}`", err);
    case EXPECT_NOTHING:
        break;
    }
    if (reader->at < reader->length)
        return fail_expected(reader, "nothing after the document", err);
    return JSON_END;
}

bool json_skip_value(struct json_reader *reader, struct err *err)
{
    unsigned depth = reader->depth;
    size_t at = reader->at;
    enum json_token token = json_next(reader, err);
    if (token == JSON_END || token == JSON_KEY || reader->depth < depth)
        return fail(reader, at, err, "expected a value to skip");
    while (token != JSON_FAILED && reader->depth > depth)
        token = json_next(reader, err);
    return token != JSON_FAILED;
}

static inline enum cell_kind kind_of(enum json_token token)
{
    static const unsigned char kinds[] = {
        [JSON_STRING] = CELL_TEXT, [JSON_NUMBER] = CELL_NUMBER, [JSON_TRUE] = CELL_TRUE,
        [JSON_FALSE] = CELL_FALSE, [JSON_NULL] = CELL_NULL,
    };
    return (enum cell_kind)kinds[token];
}

bool json_read_cells(struct json_reader *reader, struct cell *cells, size_t most, size_t *count,
                     struct err *err)
{
    size_t seen = 0;
    for (;;) {
        skip_space(reader);
        if (next_is(reader, ']'))
            break;
        enum json_token token = read_scalar(reader, err);
        if (token == JSON_FAILED) {
            *count = seen;
            return false;
        }
        if (seen < most)
            cells[seen] =
                (struct cell){.kind = kind_of(token), .bytes = reader->bytes, .length = reader->bytes_length};
        seen++;
        skip_space(reader);
        if (!next_is(reader, ','))
            break;
        reader->at++;
    }
    *count = seen;
    if (!next_is(reader, ']'))
        return fail_expected(reader, "`,` or `]`", err);
    (void)close_container(reader);
    return true;
}
