/*
 * Writing JSON: log lines, results, request bodies, the token file. Reading is wire/json.
 *
 *     struct json_writer json = json_writer_make(out);
 *     json_begin_object(&json, NULL);
 *     json_put_count(&json, "failed", 0);
 *     json_begin_array(&json, "jobs");
 *     json_put_text(&json, NULL, "daily");
 *     json_end(&json);
 *     json_end(&json);
 *
 * writes {"failed":0,"jobs":["daily"]}: the writer adds the commas.
 *
 * Every function takes the name of a member of an object, or NULL for an item of an array and for the
 * outermost value. Names are the program's own, and not escaped. What is written is text that the program
 * composes: see buf_put() about the ceiling.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/buf.h"
#include "base/date.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* How deep objects and arrays nest; more than any output of the program needs. One level more aborts. */
#define JSON_WRITER_DEPTH 8

struct json_writer {
    struct buf *out; /* borrowed */
    unsigned depth;
    struct json_level {
        char end;       /* } or ] */
        bool has_lines; /* a line break follows every comma */
        bool is_begun;  /* a comma is due before the next value */
    } levels[JSON_WRITER_DEPTH];
    bool is_line_due;
};

/* A writer that appends to out. */
struct json_writer json_writer_make(struct buf *out);

/* A writer that adds members to an object that was already ended: the object is at the end of out. Removes
 * its closing brace, which json_end() writes again. Aborts if out does not end in a brace. */
struct json_writer json_writer_reopen(struct buf *out);

void json_begin_object(struct json_writer *json, const char *name);
void json_begin_array(struct json_writer *json, const char *name);

/* An array with a line break between two items. */
void json_begin_lines(struct json_writer *json, const char *name);

/* Ends the innermost object or array that is open. */
void json_end(struct json_writer *json);

/* The next value, with its name, begins on a line of its own. */
void json_new_line(struct json_writer *json);

/*
 * Bytes that are not UTF-8 become U+FFFD, so that what is written is always JSON. Characters that a terminal
 * would act on (those that are not utf8_is_harmless()) are escaped: the value is exact, and the text is safe
 * to show. NULL: null.
 */
void json_put_text(struct json_writer *json, const char *name, const char *text);

void json_put_null(struct json_writer *json, const char *name);
void json_put_flag(struct json_writer *json, const char *name, bool value);
void json_put_count(struct json_writer *json, const char *name, uint64_t count);
void json_put_integer(struct json_writer *json, const char *name, int64_t integer);

/* With exactly this many decimal places; value is finite. */
void json_put_decimal(struct json_writer *json, const char *name, double value, int places);

/* `2026-11-22`; null where the date is not known. */
void json_put_date(struct json_writer *json, const char *name, bool known, date_t date);

/* As clock_format() writes it; 0: null. */
void json_put_moment(struct json_writer *json, const char *name, int64_t wall_ms);

/* ["one","two"] */
void json_put_list(struct json_writer *json, const char *name, const struct text_list *list);

/* A value that is JSON already, such as a number as the service sent it, or an object written elsewhere;
 * NULL: null. */
void json_put_json(struct json_writer *json, const char *name, const char *value);

#endif
