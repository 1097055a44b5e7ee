/*
 * A growing buffer of bytes with a ceiling.
 *
 * Every buffer for external data has a maximum size. To exceed it is an error that the caller reports; data
 * is never cut silently. The bytes are always followed by a NUL that `length` does not count, so that text
 * can be read as text.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/macros.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *bytes; /* NULL until the first byte */
    size_t length;
    size_t capacity;
    size_t max_bytes; /* the ceiling */
    bool is_result;   /* buf_make_result() */
    bool is_past;     /* of a result: something did not fit, and what follows is not appended either */
};

/* An empty buffer that may grow to max_bytes. */
struct buf buf_make(size_t max_bytes);

/*
 * An empty buffer for a result whose size depends on external data: jobs, findings, contracts. Past
 * BUF_OWN_TEXT, buf_print() and buf_put() append nothing more and set is_past. The function that writes the
 * result out reports this (cli/output.h).
 */
struct buf buf_make_result(void);

/* Room for `more` bytes behind the end. False when that would pass the ceiling; nothing has changed then. */
MUST_CHECK bool buf_reserve(struct buf *buf, size_t more);

/* Appends; false when the ceiling would be passed, with nothing appended. */
MUST_CHECK bool buf_append(struct buf *buf, const void *bytes, size_t length);
MUST_CHECK bool buf_append_text(struct buf *buf, const char *text);

/*
 * For text the program composes itself (SQL, headers), which reaches its ceiling only by a bug: the process
 * then aborts, so that half a statement is never sent. A buffer of buf_make_result() sets is_past instead.
 */
void buf_print(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_put(struct buf *buf, const char *text);

/* Appends the items with ", " between them. */
void buf_put_list(struct buf *buf, const struct text_list *list);

/* The text, never NULL. Owned by the buffer; valid until the buffer changes. */
const char *buf_text(const struct buf *buf);

/* Empties it and keeps the memory. */
void buf_clear(struct buf *buf);

/* Frees the memory. The buffer is empty and usable again, with the same ceiling. A buffer of
 * buf_make_result() is an ordinary one afterwards: buf_print() past the ceiling aborts. */
void buf_release(struct buf *buf);

/* buf_release(), for SCOPED(buf). */
void buf_cleanup(struct buf *buf);

/* Returns the text, which the caller frees with free(). The buffer is empty afterwards. */
char *buf_take(struct buf *buf);

/* A ceiling for text that the program composes: 16 MiB. */
#define BUF_OWN_TEXT ((size_t)16 << 20)

#endif
