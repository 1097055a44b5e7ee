/*
 * Decompresses a stream of bytes if it is gzip (RFC 1952); other bytes are passed on unchanged:
 *
 *     struct inflate *stream = inflate_make();
 *     for each block:  inflate_feed(), then inflate_next() until INFLATE_MORE
 *     then:            inflate_end()
 *
 * A stream that begins with the two bytes 1f 8b is gzip; any other is returned without copying. A stream may
 * consist of several gzip members, as for gzip(1); anything else after a member is an error. Memory is
 * constant, about 110 KiB. The size of the output is not limited here: the caller limits it.
 *
 * A member's checksum is at its end, so the output is verified only when inflate_end() returns true. Bytes
 * that were not gzip are not verified.
 */
#ifndef WIRE_HTTP_INFLATE_H
#define WIRE_HTTP_INFLATE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct inflate; /* opaque */

enum inflate_state {
    INFLATE_FAILED, /* err is filled; the stream stays failed */
    INFLATE_BLOCK,  /* bytes, length: at least one byte, at most 64 KiB of what was unpacked */
    INFLATE_MORE,   /* the block is used up: inflate_feed() or inflate_end() */
};

struct inflate *inflate_make(void);

/* NULL is allowed. */
void inflate_release(struct inflate *stream);
void inflate_cleanup(struct inflate **stream);

/*
 * The next block, which may be empty. Only at the start and after INFLATE_MORE. It is borrowed until
 * inflate_next() answers INFLATE_MORE.
 */
void inflate_feed(struct inflate *stream, const char *bytes, size_t length);

/*
 * The next bytes; borrowed from the stream or from the block, until the next call. INFLATE_FAILED comes with
 * ERR_DATA: the bytes are corrupt, or what follows a member is not another member.
 */
MUST_CHECK enum inflate_state inflate_next(struct inflate *stream, const char **bytes, size_t *length,
                                           struct err *err);

/*
 * There are no further blocks. Only at the start and after INFLATE_MORE. ERR_UNAVAILABLE when the stream was
 * cut short: it ends before its member does, checksum included.
 */
MUST_CHECK bool inflate_end(struct inflate *stream, struct err *err);

/* Whether the bytes so far are gzip. */
bool inflate_is_gzip(const struct inflate *stream);

/*
 * After inflate_end(): whether the bytes were one gzip member, so that the checksum at their end has proved
 * them. Where there are several members each proves itself alone: a cut between two of them does not show.
 */
bool inflate_is_proved(const struct inflate *stream);

#endif
