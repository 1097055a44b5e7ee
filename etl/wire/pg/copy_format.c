#include "wire/pg/copy_format.h"

#include <string.h>

/* PostgreSQL counts from 2000-01-01. */
#define EPOCH_DAYS 10957
#define EPOCH_US (EPOCH_DAYS * DATE_DAY_US)

static const char signature[] = "PGCOPY\n\377\r\n\0" /* the signature's eleven bytes */
                                "\0\0\0\0"           /* no flags */
                                "\0\0\0"; /* no extension; the literal's own NUL is its last byte */

/* As buf_reserve(), but without a call if there is room already: this runs for each value. */
static inline bool has_room(struct buf *buf, size_t more)
{
    return more < buf->capacity - buf->length || buf_reserve(buf, more);
}

static inline char *put_big_endian(char *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (char)(value >> (8 * (bytes - 1 - i)));
    return out + bytes;
}

static inline void end_at(struct buf *buf, char *end)
{
    *end = '\0';
    buf->length = (size_t)(end - buf->bytes);
}

/* A number of a few bytes, with or without its length before it. */
static inline bool put_bare(struct buf *buf, uint64_t value, size_t bytes)
{
    if (!has_room(buf, bytes))
        return false;
    end_at(buf, put_big_endian(buf->bytes + buf->length, value, bytes));
    return true;
}

static inline bool put_number(struct buf *buf, uint64_t value, size_t bytes)
{
    if (!has_room(buf, 4 + bytes))
        return false;
    char *out = put_big_endian(buf->bytes + buf->length, bytes, 4);
    end_at(buf, put_big_endian(out, value, bytes));
    return true;
}

static inline bool put_bytes(struct buf *buf, const void *bytes, size_t length)
{
    if (!has_room(buf, 4 + length))
        return false;
    char *out = put_big_endian(buf->bytes + buf->length, length, 4);
    memcpy(out, bytes, length);
    end_at(buf, out + length);
    return true;
}

bool copy_begin(struct buf *buf)
{
    return buf_append(buf, signature, sizeof signature);
}

bool copy_begin_row(struct buf *buf, size_t columns)
{
    return put_bare(buf, columns, 2);
}

bool copy_end(struct buf *buf)
{
    return put_bare(buf, UINT16_MAX, 2);
}

bool copy_put_null(struct buf *buf)
{
    return put_bare(buf, UINT32_MAX, 4);
}

bool copy_put_text(struct buf *buf, const char *bytes, size_t length)
{
    return put_bytes(buf, bytes, length);
}

bool copy_put_boolean(struct buf *buf, bool value)
{
    return put_number(buf, value, 1);
}

bool copy_put_bigint(struct buf *buf, int64_t value)
{
    return put_number(buf, (uint64_t)value, 8);
}

bool copy_put_date(struct buf *buf, date_t date)
{
    return put_number(buf, (uint64_t)(int64_t)(date - EPOCH_DAYS), 4);
}

bool copy_put_timestamp(struct buf *buf, int64_t moment_us)
{
    return put_number(buf, (uint64_t)(moment_us - EPOCH_US), 8);
}

bool copy_put_uuid(struct buf *buf, const unsigned char *bytes)
{
    return put_bytes(buf, bytes, COPY_UUID_BYTES);
}
