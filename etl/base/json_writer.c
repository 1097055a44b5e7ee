#include "base/json_writer.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The length of the character at bytes if it is whole UTF-8, else 0. */
static size_t whole_character(const char *bytes, size_t left)
{
    for (size_t length = 1; length <= 4 && length <= left; length++)
        if (text_is_utf8(bytes, length))
            return length;
    return 0;
}

/* A code point above U+FFFF becomes two surrogates. */
static void put_escape(struct buf *buf, uint32_t point)
{
    if (point < 0x10000)
        buf_print(buf, "\\u%04x", point);
    else
        buf_print(buf, "\\u%04x\\u%04x", 0xD800 + ((point - 0x10000) >> 10), 0xDC00 + (point & 0x3FF));
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
    else if (!utf8_is_harmless(utf8_point(one, length)))
        put_escape(buf, utf8_point(one, length));
    else
        buf_put(buf, one);
}

static void put_string(struct buf *buf, const char *bytes, size_t length)
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

struct json_writer json_writer_make(struct buf *out)
{
    return (struct json_writer){.out = out};
}

/* The innermost object or array; NULL outside of all. */
static struct json_level *innermost(struct json_writer *json)
{
    return json->depth > 0 ? &json->levels[json->depth - 1] : NULL;
}

/* Writes what precedes a value: the comma and line break if needed, and the name. */
static void put_name(struct json_writer *json, const char *name)
{
    struct json_level *level = innermost(json);
    bool is_next = level && level->is_begun;
    if (is_next)
        buf_put(json->out, ",");
    if (json->is_line_due || (is_next && level->has_lines))
        buf_put(json->out, "\n");
    json->is_line_due = false;
    if (level)
        level->is_begun = true;
    if (name)
        buf_print(json->out, "\"%s\":", name);
}

static void push(struct json_writer *json, struct json_level level)
{
    if (json->depth == JSON_WRITER_DEPTH)
        abort();
    json->levels[json->depth++] = level;
}

static void begin(struct json_writer *json, const char *name, const char *bracket, struct json_level level)
{
    put_name(json, name);
    buf_put(json->out, bracket);
    push(json, level);
}

void json_begin_object(struct json_writer *json, const char *name)
{
    begin(json, name, "{", (struct json_level){.end = '}'});
}

void json_begin_array(struct json_writer *json, const char *name)
{
    begin(json, name, "[", (struct json_level){.end = ']'});
}

void json_begin_lines(struct json_writer *json, const char *name)
{
    begin(json, name, "[", (struct json_level){.end = ']', .has_lines = true});
}

struct json_writer json_writer_reopen(struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    if (out->length < 2 || out->bytes[out->length - 1] != '}')
        abort();
    out->bytes[--out->length] = '\0';
    push(&json, (struct json_level){.end = '}', .is_begun = out->bytes[out->length - 1] != '{'});
    return json;
}

void json_end(struct json_writer *json)
{
    if (json->depth == 0)
        abort();
    buf_print(json->out, "%c", json->levels[--json->depth].end);
}

void json_new_line(struct json_writer *json)
{
    json->is_line_due = true;
}

void json_put_json(struct json_writer *json, const char *name, const char *value)
{
    put_name(json, name);
    buf_put(json->out, value ? value : "null");
}

void json_put_text(struct json_writer *json, const char *name, const char *text)
{
    if (!text) {
        json_put_null(json, name);
        return;
    }
    put_name(json, name);
    put_string(json->out, text, strlen(text));
}

void json_put_null(struct json_writer *json, const char *name)
{
    json_put_json(json, name, "null");
}

void json_put_flag(struct json_writer *json, const char *name, bool value)
{
    json_put_json(json, name, value ? "true" : "false");
}

void json_put_count(struct json_writer *json, const char *name, uint64_t count)
{
    put_name(json, name);
    buf_print(json->out, "%" PRIu64, count);
}

void json_put_integer(struct json_writer *json, const char *name, int64_t integer)
{
    put_name(json, name);
    buf_print(json->out, "%" PRId64, integer);
}

void json_put_decimal(struct json_writer *json, const char *name, double value, int places)
{
    put_name(json, name);
    buf_print(json->out, "%.*f", places, value);
}

void json_put_date(struct json_writer *json, const char *name, bool known, date_t date)
{
    char text[DATE_TEXT];
    json_put_text(json, name, known ? date_format(date, text) : NULL);
}

void json_put_moment(struct json_writer *json, const char *name, int64_t wall_ms)
{
    char text[CLOCK_TEXT];
    json_put_text(json, name, wall_ms ? clock_format(wall_ms, text) : NULL);
}

void json_put_list(struct json_writer *json, const char *name, const struct text_list *list)
{
    json_begin_array(json, name);
    for (size_t i = 0; i < list->count; i++)
        json_put_text(json, NULL, list->items[i]);
    json_end(json);
}
