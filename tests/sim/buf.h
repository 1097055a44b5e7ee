/*
 * Growing byte buffers and memory that is always there. A buffer states its ceiling: past it nothing more is
 * added and `overflowed` stays set. Running out of memory ends the simulator: no test can use one that has
 * none.
 */
#ifndef SIM_BUF_H
#define SIM_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))

/* Never NULL. The caller frees with free(). */
void *mem_alloc(size_t bytes);
void *mem_zero(size_t count, size_t bytes);
void *mem_grow(void *memory, size_t count, size_t bytes);
char *mem_text(const char *text);
char *mem_text_part(const char *text, size_t length);
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes text as a JSON string with its quotes, or as one CSV value (quoted when it must be, or always), and
 * answers the end. `to` has room for 6 * length + 2 bytes. Control characters are escaped in JSON, UTF-8 is
 * left as it is. */
char *escape_json(char *to, const char *text, size_t length);
char *escape_csv(char *to, const char *text, size_t length, bool always_quote);

struct buf {
    char *data; /* length bytes and a NUL after them, or NULL while nothing was added */
    size_t length;
    size_t capacity;
    size_t max_bytes;
    bool overflowed;
};

#define BUF_MAX(bytes) ((struct buf){.max_bytes = (bytes)})

/* Room for `bytes` more; NULL past the ceiling. The caller writes there and adds to length itself. */
char *buf_reserve(struct buf *buf, size_t bytes);
void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

void buf_json(struct buf *buf, const char *text);
void buf_json_part(struct buf *buf, const char *text, size_t length);

void buf_csv(struct buf *buf, const char *text, size_t length, bool always_quote);

/* Adds a number of thousandths as a decimal number: 60500 is 60.5, and 60000 is 60.0 with `point`, else 60.
 */
void buf_thousandths(struct buf *buf, int64_t thousandths, bool point);

/* Adds text with everything outside of A-Z a-z 0-9 - . _ ~ percent-encoded. */
void buf_percent(struct buf *buf, const char *text);

/* Gives the bytes away (the caller frees; never NULL) and leaves the buffer empty. */
char *buf_take(struct buf *buf);
void buf_free(struct buf *buf);

#endif
