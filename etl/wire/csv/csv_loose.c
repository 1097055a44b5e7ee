#include "base/mem.h"
#include "wire/csv/csv_inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Longer lines are not read by their width. */
#define MAX_BYTES ((size_t)1 << 16)

/* Whether these bytes may be a value: without quotes and commas, or in quotes and without `","` inside. */
static bool may_be_value(const char *bytes, size_t length)
{
    if (length == 0 || bytes[0] != '"')
        return !memchr(bytes, '"', length) && !memchr(bytes, ',', length);
    return length >= 2 && bytes[length - 1] == '"' && !memmem(bytes + 1, length - 2, "\",\"", 3);
}

/* borders: the offsets at which values may begin: 0, and behind each comma; the last one is length + 1. A
 * value ends one byte before the next border. Returns their number; 0: too many commas. */
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

bool csv_fits_width(const struct csv_reader *reader)
{
    size_t count = reader->count;
    size_t last = count > 1 ? reader->ends[count - 2] + 1 : 0;
    size_t length = reader->ends[count - 1];
    bool is_short =
        count < reader->values || (count == reader->values && reader->final_comma && last == length);
    return reader->values == 0 || !is_short || !memchr(csv_text(reader), '"', length);
}

/* In a line that is read by its width, a doubled quote in a value may mean one quote or two. */
static bool has_doubled_quote(const struct cell *cells, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found |= cells[i].length > 0 && memmem(cells[i].bytes, cells[i].length, "\"\"", 2);
    return found;
}

/* Returned in place of 1 if a value has a doubled quote, which may mean one quote or two. Larger than any
 * number of ways. */
#define DOUBTFUL 3

/* In how many ways the record's first bytes, a line, can be split into as many values as other records have.
 * If in one way, ends has the ends of the values, and reader->cells has the values. */
static unsigned readings_of(const struct csv_reader *reader, size_t length, size_t ends[CSV_MAX_VALUES])
{
    const char *text = csv_text(reader);
    size_t values = reader->values + reader->final_comma;
    unsigned ways = csv_split_line(text, length, values, ends);
    if (ways != 1)
        return ways;
    if (reader->final_comma && ends[values - 2] + 1 != length)
        return 0;
    csv_make_cells(reader->cells, text, ends, values);
    return has_doubled_quote(reader->cells, values) ? DOUBTFUL : 1;
}

/* As readings_of(); if there is one way, the record is set to these values. */
static unsigned split(struct csv_reader *reader, size_t length)
{
    size_t values = reader->values + reader->final_comma;
    size_t ends[CSV_MAX_VALUES];
    unsigned ways = readings_of(reader, length, ends);
    if (ways != 1)
        return ways;
    memcpy(reader->ends, ends, values * sizeof *ends);
    reader->count = values;
    reader->by_width = true;
    return 1;
}

bool csv_read_short(struct csv_reader *reader)
{
    const char *text = csv_text(reader);
    size_t length = reader->ends[reader->count - 1];
    return !memchr(text, '\n', length) && !memchr(text, '\r', length) && split(reader, length) == 1;
}

static enum csv_state fail_loose(const struct csv_reader *reader, unsigned ways, struct err *err)
{
    *err = reader->fault;
    if (ways > 1)
        (void)err_hint(
            err, "a quote inside a value of this line is not doubled, and the line can be split into the "
                 "expected number of values in more than one way");
    else if (reader->lines > 0)
        (void)err_hint(err,
                       "the record begins in line %" PRIu64
                       ": look there for a quote inside a text that is not doubled",
                       reader->line);
    return CSV_FAILED;
}

/* *content: the length of a line without its line end. False if the line cannot be a record by itself. */
static bool find_content(const struct csv_reader *reader, size_t length, bool has_end, size_t *content)
{
    const char *text = csv_text(reader);
    *content = length - has_end;
    *content -= has_end && *content > 0 && text[*content - 1] == '\r';
    return !memchr(text, '\0', *content) && !memchr(text, '\r', *content) &&
           csv_utf8_end(text, *content) == *content;
}

unsigned csv_first_line_readings(const struct csv_reader *reader)
{
    size_t content;
    size_t ends[CSV_MAX_VALUES];
    const char *text = csv_text(reader);
    const char *line_feed = memchr(text, '\n', csv_length(reader));
    size_t length = line_feed ? (size_t)(line_feed - text) + 1 : 0;
    if (!line_feed || reader->values == 0 || length > MAX_BYTES ||
        !find_content(reader, length, true, &content))
        return 0;
    unsigned ways = readings_of(reader, content, ends);
    return ways == DOUBTFUL ? 0 : ways;
}

/* length: of the line, its end included if it has one. */
static enum csv_state read_line(struct csv_reader *reader, size_t length, bool has_end, struct err *err)
{
    size_t content;
    if (!find_content(reader, length, has_end, &content))
        return fail_loose(reader, 0, err);
    unsigned ways = split(reader, content);
    if (ways != 1)
        return fail_loose(reader, ways, err);
    reader->at = length;
    reader->lines = has_end;
    reader->line_ended = has_end;
    return CSV_RECORD;
}

enum csv_state csv_read_loose(struct csv_reader *reader, struct err *err)
{
    const char *text = csv_text(reader);
    const char *line_feed = memchr(text, '\n', csv_length(reader));
    size_t length = line_feed ? (size_t)(line_feed - text) + 1 : csv_length(reader);
    if (length > MAX_BYTES || length > reader->max_bytes)
        return fail_loose(reader, 0, err);
    if (!line_feed && !reader->ended)
        return CSV_MORE;
    return read_line(reader, length, line_feed != NULL, err);
}
