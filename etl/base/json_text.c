#include "base/json_text.h"

#include "base/clock.h"

#include <inttypes.h>
#include <string.h>

/* The length of the character at bytes if it is whole UTF-8, else 0. */
static size_t whole_character(const char *bytes, size_t left)
{
    for (size_t length = 1; length <= 4 && length <= left; length++)
        if (text_is_utf8(bytes, length))
            return length;
    return 0;
}

static void put_character(struct buf *buf, const char *bytes, size_t length)
{
    char one[5] = {0};
    memcpy(one, bytes, length);
    unsigned char first = (unsigned char)one[0];
    if (first == '"' || first == '\\')
        buf_print(buf, "\\%c", first);
    else if (first == '\n')
        buf_put(buf, "\\n");
    else if (first == '\t')
        buf_put(buf, "\\t");
    else if (first < 0x20 || first == 0x7F)
        buf_print(buf, "\\u%04x", first);
    else
        buf_put(buf, one);
}

void json_text_put_string(struct buf *buf, const char *bytes, size_t length)
{
    buf_put(buf, "\"");
    for (size_t at = 0; at < length;) {
        size_t step = whole_character(bytes + at, length - at);
        if (step == 0) {
            buf_put(buf, "\uFFFD");
            at++;
            continue;
        }
        put_character(buf, bytes + at, step);
        at += step;
    }
    buf_put(buf, "\"");
}

void json_text_put(struct buf *buf, const char *text)
{
    if (text)
        json_text_put_string(buf, text, strlen(text));
    else
        buf_put(buf, "null");
}

void json_text_put_list(struct buf *buf, const struct text_list *list)
{
    buf_put(buf, "[");
    for (size_t i = 0; i < list->count; i++) {
        buf_put(buf, i ? "," : "");
        json_text_put(buf, list->items[i]);
    }
    buf_put(buf, "]");
}

void json_text_add_name(struct buf *buf, const char *name)
{
    bool is_first = buf->length > 0 && buf->bytes[buf->length - 1] == '{';
    buf_print(buf, "%s\"%s\":", is_first ? "" : ",", name);
}

void json_text_add(struct buf *buf, const char *name, const char *text)
{
    json_text_add_name(buf, name);
    json_text_put(buf, text);
}

void json_text_add_null(struct buf *buf, const char *name)
{
    json_text_add(buf, name, NULL);
}

void json_text_add_flag(struct buf *buf, const char *name, bool value)
{
    json_text_add_name(buf, name);
    buf_put(buf, value ? "true" : "false");
}

void json_text_add_count(struct buf *buf, const char *name, uint64_t count)
{
    json_text_add_name(buf, name);
    buf_print(buf, "%" PRIu64, count);
}

void json_text_add_list(struct buf *buf, const char *name, const struct text_list *list)
{
    json_text_add_name(buf, name);
    json_text_put_list(buf, list);
}

void json_text_add_date(struct buf *buf, const char *name, bool known, date_t date)
{
    char text[DATE_TEXT];
    json_text_add(buf, name, known ? date_format(date, text) : NULL);
}

void json_text_add_moment(struct buf *buf, const char *name, int64_t wall_ms)
{
    char text[CLOCK_TEXT];
    json_text_add(buf, name, wall_ms ? clock_format(wall_ms, text) : NULL);
}
