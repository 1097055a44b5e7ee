#include "wire/copy.h"

#include <stdint.h>
#include <string.h>

/* What stands behind the backslash; 0: the byte goes as it is. */
static const char escapes[256] = {
    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\',
};

#define EACH_BYTE(byte) (UINT64_MAX / 255 * (byte))

/* Whether eight bytes hold none below a blank and no backslash: then they need no look one by one. */
static inline bool eight_are_plain(uint64_t word)
{
    uint64_t slashes = word ^ EACH_BYTE('\\');
    uint64_t low = (word - EACH_BYTE(0x20)) & ~word;
    uint64_t slash = (slashes - EACH_BYTE(1)) & ~slashes;
    return ((low | slash) & EACH_BYTE(0x80)) == 0;
}

static inline char *encode_each(char *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char escape = escapes[(unsigned char)bytes[i]];
        if (escape)
            *out++ = '\\';
        *out++ = escape ? escape : bytes[i];
    }
    return out;
}

/* Writes no byte more than the encoded text has. Returns its end. */
static char *encode(char *out, const char *bytes, size_t length)
{
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        if (eight_are_plain(word)) {
            memcpy(out, &word, sizeof word);
            out += sizeof word;
        } else {
            out = encode_each(out, bytes, sizeof word);
        }
        bytes += sizeof word;
        length -= sizeof word;
    }
    return encode_each(out, bytes, length);
}

static size_t encoded_length(const char *bytes, size_t length)
{
    size_t sum = length;
    for (size_t i = 0; i < length; i++)
        sum += escapes[(unsigned char)bytes[i]] != 0;
    return sum;
}

/* buf_reserve(), without a call where there is room already: it is asked for each value. */
static inline bool has_room(struct buf *buf, size_t more)
{
    return more < buf->capacity - buf->length || buf_reserve(buf, more);
}

bool copy_put_text(struct buf *buf, const char *bytes, size_t length)
{
    if (!(length < (buf->capacity - buf->length) / 2) && !buf_reserve(buf, encoded_length(bytes, length)))
        return false;
    char *end = encode(buf->bytes + buf->length, bytes, length);
    *end = '\0';
    buf->length = (size_t)(end - buf->bytes);
    return true;
}

bool copy_put_plain(struct buf *buf, const char *bytes, size_t length)
{
    return buf_append(buf, bytes, length);
}

bool copy_put_null(struct buf *buf)
{
    return buf_append(buf, "\\N", 2);
}

static inline bool put_byte(struct buf *buf, char byte)
{
    if (!has_room(buf, 1))
        return false;
    buf->bytes[buf->length++] = byte;
    buf->bytes[buf->length] = '\0';
    return true;
}

bool copy_next(struct buf *buf)
{
    return put_byte(buf, '\t');
}

bool copy_end_row(struct buf *buf)
{
    return put_byte(buf, '\n');
}
