/*
 * What the tests of api/answer share: one body, read, with all that is to be released after it.
 */
#ifndef UNIT_API_ANSWER_READING_H
#define UNIT_API_ANSWER_READING_H

#include "api/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct buf body;
    struct arena *arena;
    struct answer answer;
    struct err err;
    bool accepted;
};

static inline struct reading reading_of(const char *bytes, size_t length)
{
    struct reading reading = {.body = buf_make(length), .arena = arena_make()};
    if (!buf_append(&reading.body, bytes, length))
        fail_msg("the body does not fit");
    struct answer_source source = {.body = &reading.body, .arena = reading.arena};
    reading.accepted = answer_read(&source, &reading.answer, &reading.err);
    return reading;
}

static inline void reading_cleanup(struct reading *reading)
{
    answer_release(&reading->answer);
    buf_release(&reading->body);
    arena_release(reading->arena);
}

/* A body that must be accepted. */
static inline struct reading reading_accepted(const char *body)
{
    struct reading reading = reading_of(body, strlen(body));
    if (!reading.accepted)
        fail_msg("%s: %s, of %s", err_kind_info(reading.err.kind)->name, reading.err.text, body);
    return reading;
}

/* Asserts that a body is refused, with this kind and these words. */
static inline void expect_refused(const char *body, enum err_kind kind, const char *words)
{
    SCOPED(reading) struct reading reading = reading_of(body, strlen(body));
    if (reading.accepted)
        fail_msg("accepted: %s", body);
    if (reading.err.kind != kind || strstr(reading.err.text, words) == NULL)
        fail_msg("expected %s \"%s\", got %s: %s, of %s", err_kind_info(kind)->name, words,
                 err_kind_info(reading.err.kind)->name, reading.err.text, body);
}

/* All rows of an answer as text: `1,"b",null;2,"c",true;`. */
static inline void rows_as_text(struct reading *reading, size_t width, struct buf *text)
{
    struct cell cells[16];
    size_t count;
    assert_true(width <= COUNT_OF(cells));
    struct answer_rows rows = answer_rows_begin(&reading->answer, &reading->body, cells, width);
    while (answer_next_row(&rows, &count)) {
        for (size_t i = 0; i < count && i < width; i++) {
            static const char *const words[] = {
                [CELL_NULL] = "null", [CELL_TRUE] = "true", [CELL_FALSE] = "false"};
            const char *quote = cells[i].kind == CELL_TEXT ? "\"" : "";
            if (cells[i].kind == CELL_TEXT || cells[i].kind == CELL_NUMBER)
                buf_print(text, "%s%s%.*s%s", i ? "," : "", quote, (int)cells[i].length, cells[i].bytes,
                          quote);
            else
                buf_print(text, "%s%s", i ? "," : "", words[cells[i].kind]);
        }
        buf_put(text, ";");
    }
}

#endif
