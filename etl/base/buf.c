#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST 256

struct buf buf_make(size_t max_bytes)
{
    return (struct buf){.max_bytes = max_bytes};
}

struct buf buf_make_result(void)
{
    return (struct buf){.max_bytes = BUF_OWN_TEXT, .is_result = true};
}

bool buf_reserve(struct buf *buf, size_t more)
{
    if (more > buf->max_bytes - buf->length)
        return false;
    size_t wanted = buf->length + more + 1;
    if (wanted <= buf->capacity)
        return true;
    size_t capacity = buf->capacity < SMALLEST ? SMALLEST : buf->capacity;
    while (capacity < wanted)
        capacity += capacity / 2;
    if (capacity > buf->max_bytes + 1)
        capacity = buf->max_bytes + 1;
    buf->bytes = mem_resize(buf->bytes, capacity, 1);
    buf->capacity = capacity;
    return true;
}

bool buf_append(struct buf *buf, const void *bytes, size_t length)
{
    if (!buf_reserve(buf, length))
        return false;
    if (length)
        memcpy(buf->bytes + buf->length, bytes, length);
    buf->length += length;
    buf->bytes[buf->length] = '\0';
    return true;
}

bool buf_append_text(struct buf *buf, const char *text)
{
    return buf_append(buf, text, strlen(text));
}

/* A text that the program composes does not fit. */
static void pass_ceiling(struct buf *buf)
{
    if (!buf->is_result)
        abort();
    buf->is_past = true;
}

void buf_put(struct buf *buf, const char *text)
{
    if (buf->is_past || !buf_append_text(buf, text))
        pass_ceiling(buf);
}

void buf_put_list(struct buf *buf, const struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_put(buf, i > 0 ? ", " : "");
        buf_put(buf, list->items[i]);
    }
}

void buf_print(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || buf->is_past || !buf_reserve(buf, (size_t)length)) {
        pass_ceiling(buf);
    } else {
        vsnprintf(buf->bytes + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
}

const char *buf_text(const struct buf *buf)
{
    return buf->bytes ? buf->bytes : "";
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    if (buf->bytes)
        buf->bytes[0] = '\0';
}

void buf_release(struct buf *buf)
{
    free(buf->bytes);
    *buf = buf_make(buf->max_bytes);
}

void buf_cleanup(struct buf *buf)
{
    buf_release(buf);
}

char *buf_take(struct buf *buf)
{
    char *text = buf->bytes ? buf->bytes : mem_copy_text("");
    *buf = buf_make(buf->max_bytes);
    return text;
}
