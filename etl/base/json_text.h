/*
 * Writing JSON text, for logs and results. Reading is wire/json.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include "base/buf.h"

#include <stddef.h>

/*
 * Appends a quoted JSON string. Bytes that are no UTF-8 become U+FFFD, so that what is written is always
 * JSON. For text of the program's own composing: see buf_put() about the ceiling.
 */
void json_text_put_string(struct buf *buf, const char *bytes, size_t length);

/* The same for NUL-ended text; NULL is written as null. */
void json_text_put(struct buf *buf, const char *text);

#endif
