#include "wire/http/inflate.h"

#include "base/mem.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define OUT_BYTES 65536

/* The windowBits with which zlib reads a gzip member, with a window of any size. */
#define GZIP_WINDOW (MAX_WBITS + 16)

static const char magic[] = "\x1F\x8B";
#define MAGIC_LENGTH (sizeof magic - 1)

enum place {
    BEFORE_MAGIC,
    IN_MAGIC,          /* behind its first byte, which is not handed out */
    BEHIND_HALF_MAGIC, /* the same, and the second byte is known not to be part of the magic */
    AS_IT_IS,
    IN_MEMBER,
    BEHIND_MEMBER,
};

struct inflate {
    const char *block; /* what is left of it */
    size_t length;
    uint64_t offset; /* in the stream, of the next byte of the block */
    enum place place;
    bool failed;
    bool begun;       /* there has been a member: zlib holds memory */
    uint64_t members; /* begun so far */
    z_stream zlib;
    char out[OUT_BYTES];
};

struct inflate *inflate_make(void)
{
    return mem_alloc(1, sizeof(struct inflate));
}

void inflate_release(struct inflate *stream)
{
    if (!stream)
        return;
    if (stream->begun)
        inflateEnd(&stream->zlib);
    free(stream);
}

void inflate_cleanup(struct inflate **stream)
{
    inflate_release(*stream);
}

void inflate_feed(struct inflate *stream, const char *bytes, size_t length)
{
    if (stream->length > 0)
        abort(); /* bytes would be lost without an error */
    stream->block = length > 0 ? bytes : "";
    stream->length = length;
}

static void take(struct inflate *stream, size_t count)
{
    stream->block += count;
    stream->length -= count;
    stream->offset += count;
}

static voidpf allocate(voidpf unused, uInt count, uInt size)
{
    (void)unused;
    return mem_alloc(count, size);
}

static void release(voidpf unused, voidpf memory)
{
    (void)unused;
    free(memory);
}

/* Decompresses into stream->out. *count: the number of bytes given; afterwards, of those not read yet.
 * Returns zlib's result. */
static int unpack(struct inflate *stream, const char *bytes, size_t *count)
{
    z_stream *zlib = &stream->zlib;
    uInt given = *count < UINT_MAX ? (uInt)*count : UINT_MAX;
    zlib->next_in = (const Bytef *)bytes;
    zlib->avail_in = given;
    zlib->next_out = (Bytef *)stream->out;
    zlib->avail_out = OUT_BYTES;
    int result = inflate(zlib, Z_NO_FLUSH);
    *count -= given - zlib->avail_in;
    return result;
}

static bool begin_zlib(struct inflate *stream)
{
    if (stream->begun)
        return inflateReset(&stream->zlib) == Z_OK;
    stream->zlib = (z_stream){.zalloc = allocate, .zfree = release};
    stream->begun = inflateInit2(&stream->zlib, GZIP_WINDOW) == Z_OK;
    return stream->begun;
}

/* Called when the magic has been read; passes it on to zlib, which needs it too. */
static bool begin_member(struct inflate *stream, struct err *err)
{
    size_t count = MAGIC_LENGTH;
    stream->place = IN_MEMBER;
    stream->members++;
    if (!begin_zlib(stream) || unpack(stream, magic, &count) != Z_OK)
        return err_set(err, ERR_BUG, "zlib %s does not start", zlibVersion());
    return true;
}

static bool read_member(struct inflate *stream, size_t *length, struct err *err)
{
    size_t left = stream->length;
    int result = unpack(stream, stream->block, &left);
    take(stream, stream->length - left);
    *length = OUT_BYTES - stream->zlib.avail_out;
    if (result == Z_STREAM_END)
        stream->place = BEHIND_MEMBER;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return err_set(err, ERR_DATA, "corrupt gzip data before byte %" PRIu64 ": %s", stream->offset,
                       stream->zlib.msg ? stream->zlib.msg : zError(result));
    return true;
}

/* Outside of members, where one may begin. */
static bool read_magic(struct inflate *stream, struct err *err)
{
    size_t seen = stream->place == IN_MAGIC;
    if (stream->block[0] == magic[seen]) {
        take(stream, 1);
        stream->place = IN_MAGIC;
        return seen == 0 || begin_member(stream, err);
    }
    if (stream->begun)
        return err_set(err, ERR_DATA,
                       "the gzip data ends at byte %" PRIu64 ", and the bytes after it are not gzip",
                       stream->offset - seen);
    stream->place = seen ? BEHIND_HALF_MAGIC : AS_IT_IS;
    return true;
}

/* There are bytes in the block or in zlib. *length stays 0 if they give no output yet. */
static bool read_on(struct inflate *stream, const char **bytes, size_t *length, struct err *err)
{
    switch (stream->place) {
    case BEFORE_MAGIC:
    case IN_MAGIC:
    case BEHIND_MEMBER:
        return read_magic(stream, err);
    case BEHIND_HALF_MAGIC:
        *bytes = magic;
        *length = 1;
        stream->place = AS_IT_IS;
        return true;
    case AS_IT_IS:
        *bytes = stream->block;
        *length = stream->length;
        take(stream, stream->length);
        return true;
    case IN_MEMBER:
        *bytes = stream->out;
        return read_member(stream, length, err);
    }
    return err_set(err, ERR_BUG, "a gzip stream is in no known place");
}

enum inflate_state inflate_next(struct inflate *stream, const char **bytes, size_t *length, struct err *err)
{
    *length = 0;
    if (stream->failed) {
        (void)err_set(err, ERR_DATA, "the gzip data was refused before");
        return INFLATE_FAILED;
    }
    for (;;) {
        bool used_up = stream->length == 0;
        if (used_up && stream->place != IN_MEMBER)
            return INFLATE_MORE;
        if (!read_on(stream, bytes, length, err)) {
            stream->failed = true;
            return INFLATE_FAILED;
        }
        if (*length > 0)
            return INFLATE_BLOCK;
        if (used_up)
            return INFLATE_MORE;
    }
}

bool inflate_end(struct inflate *stream, struct err *err)
{
    if (stream->failed)
        return err_set(err, ERR_DATA, "the gzip data was refused before");
    if (stream->length > 0)
        abort(); /* bytes would be lost without an error */
    if (stream->place == IN_MAGIC || stream->place == IN_MEMBER)
        return err_set(err, ERR_UNAVAILABLE, "the gzip data is cut short after %" PRIu64 " bytes",
                       stream->offset);
    return true;
}

bool inflate_is_gzip(const struct inflate *stream)
{
    return stream->members > 0;
}

bool inflate_is_proved(const struct inflate *stream)
{
    return stream->place == BEHIND_MEMBER && stream->members == 1 && stream->length == 0 && !stream->failed;
}
