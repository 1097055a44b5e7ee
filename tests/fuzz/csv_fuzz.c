/*
 * A file reads as the same records and the same verdict however it is cut into blocks; and what was read,
 * written as CSV with every value in quotes, reads as the same values.
 *
 * So it does where the width of its records is known, and lines are read by it (csv_expect()).
 *
 * The first bytes of the input are the ceiling of a record and the lengths of the blocks, over and over; the
 * first of those is the width too.
 */
#include "base/buf.h"
#include "wire/csv/csv_inner.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CUTS 7
#define OUT ((size_t)256 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        abort();
}

struct reading {
    struct csv_reader *reader;
    enum csv_state state;
    struct err err;
    struct buf transcript; /* lines, widths and values of the records; then the verdict */
    struct buf quoted;     /* the records as CSV with every value in quotes */
    struct buf values;     /* lengths and bytes of the values, and the records' ends */
};

static void put(struct buf *buf, const void *bytes, size_t length)
{
    must(buf_append(buf, bytes, length));
}

static void put_quoted(struct buf *buf, const struct cell *cell)
{
    put(buf, "\"", 1);
    for (size_t i = 0; i < cell->length; i++)
        put(buf, cell->bytes[i] == '"' ? "\"\"" : &cell->bytes[i], cell->bytes[i] == '"' ? 2 : 1);
    put(buf, "\"", 1);
}

static void put_record(struct reading *reading, const struct csv_record *record)
{
    must(record->count > 0 && record->count <= CSV_MAX_VALUES);
    buf_print(&reading->transcript, "line %" PRIu64 "\n", record->line);
    for (size_t i = 0; i < record->count; i++) {
        const struct cell *cell = &record->cells[i];
        must(cell->kind == (cell->length > 0 ? CELL_TEXT : CELL_NULL));
        put(&reading->values, &cell->length, sizeof cell->length);
        put(&reading->values, cell->bytes, cell->length);
        put_quoted(&reading->quoted, cell);
        put(&reading->quoted, i + 1 < record->count ? "," : "\r\n", i + 1 < record->count ? 1 : 2);
    }
    put(&reading->values, "\n", 1);
}

static bool read_block(struct reading *reading, const char *bytes, size_t length)
{
    struct csv_record record;
    char *block = malloc(length ? length : 1); /* of its very size, and gone afterwards */
    if (bytes) {
        memcpy(block, bytes, length);
        csv_feed(reading->reader, block, length);
    } else {
        csv_end(reading->reader);
    }
    while ((reading->state = csv_next(reading->reader, &record, &reading->err)) == CSV_RECORD)
        put_record(reading, &record);
    must(!bytes || memcmp(block, bytes, length) == 0);
    free(block);
    return reading->state == CSV_MORE;
}

static struct reading begin(size_t max_record_bytes)
{
    return (struct reading){.reader = csv_reader_make(max_record_bytes),
                            .transcript = buf_make(OUT),
                            .quoted = buf_make(OUT),
                            .values = buf_make(OUT)};
}

static void finish(struct reading *reading)
{
    bool whole = reading->state == CSV_MORE;
    if (whole)
        must(!read_block(reading, NULL, 0));
    must(reading->state == (reading->err.kind == ERR_NONE ? CSV_END : CSV_FAILED));
    if (reading->state == CSV_FAILED)
        must(reading->err.kind == ERR_DATA);
    if (whole)
        buf_print(&reading->transcript, "line end: %d\n", csv_ended_with_line_end(reading->reader));
    buf_put(&reading->transcript, reading->err.text);
}

static void reading_cleanup(struct reading *reading)
{
    csv_reader_release(reading->reader);
    buf_release(&reading->transcript);
    buf_release(&reading->quoted);
    buf_release(&reading->values);
}

static void must_be_equal(const struct buf *left, const struct buf *right)
{
    must(left->length == right->length);
    must(left->length == 0 || memcmp(left->bytes, right->bytes, left->length) == 0);
}

static void read_cut(struct reading *reading, const uint8_t cuts[CUTS], const char *bytes, size_t length)
{
    size_t at = 0;
    size_t empty = 0;
    for (size_t i = 0; at < length; i = (i + 1) % CUTS) {
        size_t taken = cuts[i] < length - at ? cuts[i] : length - at;
        empty = taken > 0 ? 0 : empty + 1;
        if (empty > CUTS)
            taken = length - at;
        if (!read_block(reading, bytes + at, taken))
            return;
        at += taken;
    }
}

static void compare_by_width(const uint8_t *data, size_t ceiling, const char *bytes, size_t length)
{
    size_t values = 1 + data[1] % 5;
    bool final_comma = data[1] % 2 != 0;
    SCOPED(reading) struct reading whole = begin(ceiling);
    csv_expect(whole.reader, values, final_comma);
    (void)read_block(&whole, bytes, length);
    finish(&whole);

    SCOPED(reading) struct reading cut = begin(ceiling);
    cut.state = CSV_MORE;
    csv_expect(cut.reader, values, final_comma);
    read_cut(&cut, data + 1, bytes, length);
    finish(&cut);
    must_be_equal(&whole.transcript, &cut.transcript);
    must_be_equal(&whole.values, &cut.values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 + CUTS)
        return 0;
    size_t ceiling = data[0] < 128 ? CSV_MAX_RECORD_BYTES : 4 + (size_t)data[0] % 128;
    const char *bytes = (const char *)data + 1 + CUTS;
    size_t length = size - 1 - CUTS;

    SCOPED(reading) struct reading whole = begin(ceiling);
    (void)read_block(&whole, bytes, length);
    finish(&whole);

    SCOPED(reading) struct reading cut = begin(ceiling);
    cut.state = CSV_MORE;
    read_cut(&cut, data + 1, bytes, length);
    finish(&cut);
    must_be_equal(&whole.transcript, &cut.transcript);
    must_be_equal(&whole.values, &cut.values);

    SCOPED(reading) struct reading again = begin(CSV_MAX_RECORD_BYTES);
    (void)read_block(&again, buf_text(&whole.quoted), whole.quoted.length);
    finish(&again);
    must(again.state == CSV_END && (whole.quoted.length == 0 || csv_ended_with_line_end(again.reader)));
    must_be_equal(&whole.values, &again.values);
    compare_by_width(data, ceiling, bytes, length);
    return 0;
}
