/*
 * What a CSV file reads as, in words: a line a record, with the line it begins in and its values, each in
 * brackets but for null; then `end`, `end without line end`, or the error.
 */
#ifndef TESTS_UNIT_WIRE_CSV_CSV_READING_H
#define TESTS_UNIT_WIRE_CSV_CSV_READING_H

#include "base/buf.h"
#include "wire/csv/csv_inner.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LARGE ((size_t)1 << 20)

struct reading {
    struct csv_reader *reader;
    struct buf out;
    enum csv_state state;
    struct err err;
};

static inline struct reading begin(size_t max_record_bytes)
{
    return (struct reading){.reader = csv_reader_make(max_record_bytes), .out = buf_make(BUF_OWN_TEXT)};
}

static inline void reading_cleanup(struct reading *reading)
{
    csv_reader_release(reading->reader);
    buf_release(&reading->out);
}

static inline void put_record(struct buf *out, const struct csv_record *record)
{
    buf_print(out, "%" PRIu64 ":", record->line);
    for (size_t i = 0; i < record->count; i++) {
        const struct cell *cell = &record->cells[i];
        if (cell->kind == CELL_NULL && cell->length == 0)
            buf_put(out, " null");
        else if (cell->kind == CELL_TEXT && cell->length > 0)
            buf_print(out, " [%.*s]", (int)cell->length, cell->bytes);
        else
            fail_msg("kind %d, length %zu", (int)cell->kind, cell->length);
    }
    buf_put(out, "\n");
}

static inline void read_records(struct reading *reading)
{
    struct csv_record record;
    while ((reading->state = csv_next(reading->reader, &record, &reading->err)) == CSV_RECORD)
        put_record(&reading->out, &record);
}

/* A block of its own size on the heap, gone when it is used up, so that a sanitizer sees a read too many. */
static inline void feed(struct reading *reading, const char *bytes, size_t length)
{
    if (reading->err.kind != ERR_NONE)
        return;
    char *block = malloc(length ? length : 1);
    memcpy(block, bytes, length);
    csv_feed(reading->reader, block, length);
    read_records(reading);
    assert_true(reading->state == CSV_MORE || reading->state == CSV_FAILED);
    free(block);
}

static inline void end(struct reading *reading)
{
    if (reading->err.kind == ERR_NONE) {
        csv_end(reading->reader);
        read_records(reading);
    }
    if (reading->state == CSV_FAILED) {
        assert_int_equal(reading->err.kind, ERR_DATA);
        buf_print(&reading->out, "error: %s\n", reading->err.text);
        return;
    }
    assert_int_equal(reading->state, CSV_END);
    buf_put(&reading->out, csv_ended_with_line_end(reading->reader) ? "end\n" : "end without line end\n");
}

#endif
