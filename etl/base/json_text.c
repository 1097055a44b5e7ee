#include "base/json_text.h"

#include "base/text.h"

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
