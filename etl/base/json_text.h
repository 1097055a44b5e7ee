/*
 * Writing JSON text, for logs and results. Reading is wire/json.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include "base/buf.h"
#include "base/date.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Appends a quoted JSON string. Bytes that are no UTF-8 become U+FFFD, so that what is written is always
 * JSON. For text of the program's own composing: see buf_put() about the ceiling.
 */
void json_text_put_string(struct buf *buf, const char *bytes, size_t length);

/* The same for NUL-ended text; NULL is written as null. */
void json_text_put(struct buf *buf, const char *text);

/* ["one","two"] */
void json_text_put_list(struct buf *buf, const struct text_list *list);

/*
 * The members of an object: each appends `"name":value`, behind a comma unless the object has just been
 * opened. Names are the program's own, and not escaped.
 */
void json_text_add(struct buf *buf, const char *name, const char *text); /* NULL: null */
void json_text_add_null(struct buf *buf, const char *name);
void json_text_add_flag(struct buf *buf, const char *name, bool value);
void json_text_add_count(struct buf *buf, const char *name, uint64_t count);
void json_text_add_list(struct buf *buf, const char *name, const struct text_list *list);

/* `2026-11-22`; null where the date is not known. */
void json_text_add_date(struct buf *buf, const char *name, bool known, date_t date);

/* As clock_format() writes it; 0: null. */
void json_text_add_moment(struct buf *buf, const char *name, int64_t wall_ms);

/* The name and its colon, for a value that the caller appends. */
void json_text_add_name(struct buf *buf, const char *name);

#endif
