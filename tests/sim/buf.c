#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *mem_checked(void *memory)
{
    if (memory == NULL) {
        fputs("tokenflex-sim: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *mem_alloc(size_t bytes)
{
    return mem_checked(malloc(bytes > 0 ? bytes : 1));
}

void *mem_zero(size_t count, size_t bytes)
{
    return mem_checked(calloc(count > 0 ? count : 1, bytes));
}

void *mem_grow(void *memory, size_t count, size_t bytes)
{
    return mem_checked(reallocarray(memory, count > 0 ? count : 1, bytes));
}

char *mem_text(const char *text)
{
    return mem_text_part(text, strlen(text));
}

char *mem_text_part(const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *mem_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    return mem_checked(length < 0 ? NULL : text);
}

char *escape_json(char *to, const char *text, size_t length)
{
    static const char hex[] = "0123456789abcdef";

    *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        char letter = c == '\n'               ? 'n'
                      : c == '\t'             ? 't'
                      : c == '\r'             ? 'r'
                      : c == '"' || c == '\\' ? (char)c
                                              : '\0';

        if (letter != '\0') {
            *to++ = '\\';
            *to++ = letter;
        } else if (c < 0x20) {
            memcpy(to, "\\u00", 4);
            to[4] = hex[c >> 4];
            to[5] = hex[c & 15];
            to += 6;
        } else {
            *to++ = (char)c;
        }
    }
    *to++ = '"';
    return to;
}

static bool csv_is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr(",\"\r\n\\", text[i]) != NULL)
            return false;
    return length > 0 && text[0] != ' ' && text[length - 1] != ' ';
}

char *escape_csv(char *to, const char *text, size_t length, bool always_quote)
{
    if (!always_quote && csv_is_plain(text, length)) {
        memcpy(to, text, length);
        return to + length;
    }
    *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            *to++ = '"';
        *to++ = text[i];
    }
    *to++ = '"';
    return to;
}

char *buf_reserve(struct buf *buf, size_t bytes)
{
    if (buf->overflowed || bytes > buf->max_bytes || buf->length > buf->max_bytes - bytes) {
        buf->overflowed = true;
        return NULL;
    }
    if (buf->capacity < buf->length + bytes + 1) {
        size_t capacity = buf->capacity < 256 ? 256 : buf->capacity * 2;

        if (capacity < buf->length + bytes + 1)
            capacity = buf->length + bytes + 1;
        buf->data = mem_grow(buf->data, capacity, 1);
        buf->capacity = capacity;
    }
    return buf->data + buf->length;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
    char *to = buf_reserve(buf, length);

    if (to == NULL)
        return;
    if (length > 0)
        memcpy(to, bytes, length);
    to[length] = '\0';
    buf->length += length;
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *to = length < 0 ? NULL : buf_reserve(buf, (size_t)length);
    if (to != NULL) {
        vsnprintf(to, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void buf_json(struct buf *buf, const char *text)
{
    buf_json_part(buf, text, strlen(text));
}

void buf_json_part(struct buf *buf, const char *text, size_t length)
{
    char *to = buf_reserve(buf, length * 6 + 2);

    if (to != NULL) {
        char *end = escape_json(to, text, length);

        *end = '\0';
        buf->length += (size_t)(end - to);
    }
}

void buf_csv(struct buf *buf, const char *text, size_t length, bool always_quote)
{
    char *to = buf_reserve(buf, length * 6 + 2);

    if (to != NULL) {
        char *end = escape_csv(to, text, length, always_quote);

        *end = '\0';
        buf->length += (size_t)(end - to);
    }
}

void buf_thousandths(struct buf *buf, int64_t thousandths, bool point)
{
    uint64_t size = thousandths < 0 ? -(uint64_t)thousandths : (uint64_t)thousandths;
    unsigned rest = (unsigned)(size % 1000);

    buf_format(buf, "%s%llu", thousandths < 0 ? "-" : "", (unsigned long long)(size / 1000));
    if (rest % 10 != 0)
        buf_format(buf, ".%03u", rest);
    else if (rest % 100 != 0)
        buf_format(buf, ".%02u", rest / 10);
    else if (rest != 0 || point)
        buf_format(buf, ".%u", rest / 100);
}

void buf_percent(struct buf *buf, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (plain || strchr("-._~", c) != NULL)
            buf_char(buf, (char)c);
        else
            buf_format(buf, "%%%02X", c);
    }
}

char *buf_take(struct buf *buf)
{
    char *data = buf->data != NULL ? buf->data : mem_text("");

    *buf = BUF_MAX(buf->max_bytes);
    return data;
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    *buf = BUF_MAX(buf->max_bytes);
}
