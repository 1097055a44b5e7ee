#include "base/mem.h"
#include "wire/csv/csv_inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Longer lines are not read by their width. */
#define MAX_BYTES ((size_t)1 << 16)

/* Whether a value may stand between these bytes: one without a quote, or a text. */
static bool may_be_value(const char *bytes, size_t length)
{
    if (length == 0 || bytes[0] != '"')
        return !memchr(bytes, '"', length) && !memchr(bytes, ',', length);
    return length >= 2 && bytes[length - 1] == '"' && !memmem(bytes + 1, length - 2, "\",\"", 3);
}

/* The places where a value may begin or, one byte before, end: behind the commas, and behind the line. */
static size_t find_borders(const char *line, size_t length, size_t *borders)
{
    size_t count = 0;
    borders[count++] = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] != ',')
            continue;
        if (count == CSV_MAX_LOOSE)
            return 0;
        borders[count++] = i + 1;
    }
    borders[count++] = length + 1;
    return count;
}

/*
 * ways[v * count + b]: in how many ways, 2 at most, v values end at border b; before: the border at which the
 * last of them begins.
 */
static void count_ways(const char *line, const size_t *borders, size_t count, size_t values,
                       unsigned char *ways, size_t *before)
{
    ways[0] = 1;
    for (size_t from = 0; from < count; from++) {
        for (size_t to = from + 1; to < count; to++) {
            if (!may_be_value(line + borders[from], borders[to] - 1 - borders[from]))
                continue;
            for (size_t value = 0; value < values; value++) {
                unsigned char *sum = &ways[(value + 1) * count + to];
                if (ways[value * count + from] == 0)
                    continue;
                *sum = (unsigned char)(*sum + ways[value * count + from]);
                *sum = *sum > 2 ? 2 : *sum;
                before[(value + 1) * count + to] = from;
            }
        }
    }
}

unsigned csv_split_line(const char *line, size_t length, size_t values, size_t *ends)
{
    size_t borders[CSV_MAX_LOOSE + 2];
    size_t count = find_borders(line, length, borders);
    if (count <= values)
        return 0;
    SCOPED(mem) unsigned char *ways = mem_alloc((values + 1) * count, sizeof *ways);
    SCOPED(mem) size_t *before = mem_alloc((values + 1) * count, sizeof *before);
    count_ways(line, borders, count, values, ways, before);
    size_t at = count - 1;
    unsigned found = ways[values * count + at];
    for (size_t value = values; found == 1 && value > 0; value--) {
        ends[value - 1] = borders[at] - 1;
        at = before[value * count + at];
    }
    return found;
}

void csv_go_back(struct csv_reader *reader, const struct err *fault)
{
    size_t left = reader->length - reader->start;
    uint64_t offset = reader->offset + reader->start - reader->carry.length;
    struct buf again = buf_make(reader->carry.length + left);
    if (!buf_append(&again, reader->carry.bytes, reader->carry.length) ||
        !buf_append(&again, reader->block + reader->start, left))
        abort();
    buf_release(&reader->again);
    buf_clear(&reader->carry);
    reader->again = again;
    reader->block = again.length > 0 ? again.bytes : "";
    reader->length = again.length;
    reader->offset = offset;
    reader->at = 0;
    reader->start = 0;
    reader->count = 0;
    reader->line = reader->record_line;
    reader->line_offset = reader->record_line_offset;
    reader->fault = *fault;
    reader->failed = false;
    reader->in_doubt = false;
    reader->loose = true;
    csv_set_limit(reader);
}

static enum csv_state fail_loose(struct csv_reader *reader, unsigned ways, struct err *err)
{
    *err = reader->fault;
    reader->failed = true;
    if (ways > 1)
        (void)err_hint(err,
                       "the line has a quote inside a text that is not doubled, and its width allows more "
                       "than one reading");
    return CSV_FAILED;
}

/* Of a text that is read so, a doubled quote may be one or two. */
static bool has_doubled_quote(const struct cell *cells, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found |= cells[i].length > 0 && memmem(cells[i].bytes, cells[i].length, "\"\"", 2);
    return found;
}

/* The line is whole; next is behind its end in the block. */
static enum csv_state return_line(struct csv_reader *reader, bool has_end, struct err *err)
{
    const char *text = reader->carry.length > 0 ? reader->carry.bytes : reader->block + reader->start;
    size_t length = reader->carry.length > 0 ? reader->carry.length : reader->at - reader->start;
    size_t values = reader->values + reader->final_comma;
    length -= has_end;
    length -= has_end && length > 0 && text[length - 1] == '\r';
    bool is_plain = !memchr(text, '\0', length) && !memchr(text, '\r', length);
    if (!is_plain || csv_utf8_end(text, length) < length)
        return fail_loose(reader, 0, err);
    unsigned ways = csv_split_line(text, length, values, reader->ends);
    bool ends_well = ways == 1 && (!reader->final_comma || reader->ends[values - 2] + 1 == length);
    if (!ends_well)
        return fail_loose(reader, ways, err);
    reader->text = text;
    csv_make_cells(reader->cells, text, reader->ends, values);
    if (has_doubled_quote(reader->cells, values))
        return fail_loose(reader, 2, err);
    reader->count = values;
    reader->loose = false;
    reader->given = true;
    reader->line_ended = has_end;
    if (has_end)
        csv_begin_line(reader, reader->at);
    return CSV_RECORD;
}

enum csv_state csv_read_loose(struct csv_reader *reader, struct err *err)
{
    const char *from = reader->block + reader->at;
    const char *end = memchr(from, '\n', reader->length - reader->at);
    reader->at = end ? (size_t)(end - reader->block) + 1 : reader->length;
    size_t length = reader->carry.length + (reader->at - reader->start);
    if (length > MAX_BYTES || length > reader->max_bytes)
        return fail_loose(reader, 0, err);
    bool must_carry = !end || reader->carry.length > 0;
    if (must_carry && !csv_carry_record(reader, err))
        return CSV_FAILED;
    if (!end && !reader->ended)
        return CSV_MORE;
    return return_line(reader, end != NULL, err);
}
