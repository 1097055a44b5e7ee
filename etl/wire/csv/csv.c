#include "wire/csv/csv.h"

#include "base/mem.h"
#include "wire/csv/csv_inner.h"

#include <stdlib.h>
#include <string.h>

static const char bom[] = "\xEF\xBB\xBF";
#define BOM_LENGTH (sizeof bom - 1)

/* Room for the usual blocks. */
#define FIRST_BYTES ((size_t)64 << 10)

struct csv_reader *csv_reader_make(size_t max_record_bytes)
{
    struct csv_reader *reader = mem_alloc(1, sizeof *reader);
    reader->max_bytes = max_record_bytes;
    reader->bytes = buf_make(SIZE_MAX / 2);
    if (!buf_reserve(&reader->bytes, FIRST_BYTES))
        abort();
    reader->ends = mem_alloc(CSV_MAX_VALUES, sizeof *reader->ends);
    reader->cells = mem_alloc(CSV_MAX_VALUES, sizeof *reader->cells);
    reader->line = 1;
    return reader;
}

void csv_reader_release(struct csv_reader *reader)
{
    if (!reader)
        return;
    buf_release(&reader->bytes);
    free(reader->ends);
    free(reader->cells);
    free(reader);
}

void csv_reader_cleanup(struct csv_reader **reader)
{
    csv_reader_release(*reader);
}

void csv_feed(struct csv_reader *reader, const char *bytes, size_t length)
{
    size_t left = csv_length(reader);
    if (reader->given || reader->ended)
        abort(); /* bytes would be lost without an error */
    if (reader->start > 0)
        memmove(reader->bytes.bytes, reader->bytes.bytes + reader->start, left);
    reader->bytes.length = left;
    reader->start = 0;
    if (!buf_append(&reader->bytes, bytes, length))
        abort();
}

void csv_end(struct csv_reader *reader)
{
    csv_feed(reader, "", 0);
    reader->ended = true;
}

void csv_expect(struct csv_reader *reader, size_t values, bool final_comma)
{
    reader->values = values + final_comma <= CSV_MAX_VALUES ? values : 0;
    reader->final_comma = final_comma;
}

bool csv_is_in_quotes(const struct csv_reader *reader)
{
    return reader->loose || (reader->in_quotes && csv_first_line_readings(reader) != 1);
}

bool csv_ended_with_line_end(const struct csv_reader *reader)
{
    return reader->line_ended;
}

/* At the first byte of the next record. */
static void begin_record(struct csv_reader *reader)
{
    reader->at = 0;
    reader->lines = 0;
    reader->count = 0;
    reader->high = 0;
    reader->in_quotes = false;
    reader->doubled = false;
    reader->by_width = false;
    reader->in_doubt = false;
    reader->loose = false;
    reader->given = false;
}

/* False while it is not known whether the file begins with a byte order mark. */
static bool pass_bom(struct csv_reader *reader)
{
    size_t length = csv_length(reader) < BOM_LENGTH ? csv_length(reader) : BOM_LENGTH;
    bool may_be_bom = memcmp(csv_text(reader), bom, length) == 0;
    if (may_be_bom && length < BOM_LENGTH && !reader->ended)
        return false;
    if (may_be_bom && length == BOM_LENGTH)
        reader->start = BOM_LENGTH;
    reader->is_begun = true;
    return true;
}

/* Passes text in quotes, up to behind the next quote; or up to a NUL, or the end. */
static void pass_quoted(struct csv_reader *reader, const char *text, size_t end)
{
    unsigned char high = reader->high;
    size_t at = reader->at;
    for (; at < end && text[at] != '"' && text[at] != '\0'; at++) {
        high |= (unsigned char)text[at];
        reader->lines += text[at] == '\n';
    }
    reader->in_quotes = at == end || text[at] == '\0';
    reader->at = at + !reader->in_quotes;
    reader->high = high;
}

/* Passes values without quotes and the commas behind them, up to any other byte, or the end. */
static void pass_plain(struct csv_reader *reader, const char *text, size_t end)
{
    size_t *ends = reader->ends;
    size_t count = reader->count;
    unsigned char high = reader->high;
    size_t at = reader->at;
    for (; at < end; at++) {
        unsigned char byte = (unsigned char)text[at];
        if (byte == ',' && count < CSV_MAX_VALUES - 1)
            ends[count++] = at;
        else if (byte == ',' || byte == '"' || byte == '\n' || byte == '\r' || byte == '\0')
            break;
        high |= byte;
    }
    reader->at = at;
    reader->count = count;
    reader->high = high;
}

static enum csv_state end_record(struct csv_reader *reader, size_t line_end_bytes)
{
    reader->ends[reader->count++] = reader->at;
    reader->at += line_end_bytes;
    return CSV_RECORD;
}

static enum csv_state end_line(struct csv_reader *reader, size_t line_end_bytes)
{
    reader->lines++;
    reader->line_ended = true;
    return end_record(reader, line_end_bytes);
}

/* The record does not end before `end`. All bytes up to there have been read, except a carriage return as the
 * last of them. */
static enum csv_state read_limit(struct csv_reader *reader, size_t end, struct err *err)
{
    if (end < csv_length(reader))
        return csv_fail_size(reader, err);
    if (!reader->ended)
        return CSV_MORE;
    if (reader->in_quotes)
        return csv_fail_open(reader, err);
    return end > 0 ? end_record(reader, end - reader->at) : CSV_END;
}

/* Reads on from where the bytes ended the last time. */
static enum csv_state read_values(struct csv_reader *reader, struct err *err)
{
    const char *text = csv_text(reader);
    size_t end = csv_length(reader) < reader->max_bytes ? csv_length(reader) : reader->max_bytes;
    while (reader->at < end) {
        if (reader->in_quotes) {
            pass_quoted(reader, text, end);
            if (reader->in_quotes && reader->at < end)
                return csv_fail_nul(reader, err);
            continue;
        }
        size_t start = reader->count > 0 ? reader->ends[reader->count - 1] + 1 : 0;
        bool is_behind_quote = reader->at > start && text[start] == '"';
        char byte = text[reader->at];
        if (byte == '"' && (reader->at == start || is_behind_quote)) {
            reader->in_quotes = true;
            reader->doubled |= is_behind_quote;
            reader->at++;
        } else if (byte == '\n') {
            return end_line(reader, 1);
        } else if (byte == '\r' && reader->at + 1 == end) {
            break;
        } else if (byte == '\r' && text[reader->at + 1] == '\n') {
            return end_line(reader, 2);
        } else if (byte == ',' && reader->count == CSV_MAX_VALUES - 1) {
            return csv_fail_width(reader, err);
        } else if (byte == '"' || byte == '\r' || byte == '\0' || (is_behind_quote && byte != ',')) {
            return csv_fail_byte(reader, is_behind_quote, err);
        } else {
            pass_plain(reader, text, end);
        }
    }
    return read_limit(reader, end, err);
}

/* Makes the record's cells, once the ends of all its values are known. */
static enum csv_state finish_record(struct csv_reader *reader, struct err *err)
{
    char *text = csv_text(reader);
    size_t length = reader->ends[reader->count - 1];
    size_t end = reader->high & CSV_TOP_BIT ? csv_utf8_end(text, length) : length;
    if (end < length)
        return csv_fail_no_utf8(reader, end, err);
    bool has_lines = memchr(text, '\n', length) != NULL;
    unsigned readings = has_lines ? csv_first_line_readings(reader) : 0;
    if (readings == 1)
        return csv_read_loose(reader, err);
    if (readings > 1)
        return csv_fail_lines(reader, err);
    if (!csv_fits_width(reader)) {
        if (csv_read_short(reader))
            return CSV_RECORD;
        if (has_lines)
            return csv_fail_short(reader, err);
    }
    csv_make_cells(reader->cells, text, reader->ends, reader->count);
    if (reader->doubled)
        csv_undouble(reader->cells, reader->count, text);
    return CSV_RECORD;
}

static enum csv_state read_record(struct csv_reader *reader, struct err *err)
{
    reader->line_ended &= csv_length(reader) == 0;
    enum csv_state state = read_values(reader, err);
    if (state != CSV_RECORD)
        return state;
    bool is_blank = reader->count == 1 && reader->ends[0] == 0;
    if (!is_blank || reader->at < csv_length(reader))
        return finish_record(reader, err);
    /* An empty line is a record, but not as the last one. */
    begin_record(reader);
    return reader->ended ? CSV_END : CSV_MORE;
}

/* As read_record(), but a record that cannot be read strictly is read by its width, where that is known. */
static enum csv_state read_next(struct csv_reader *reader, struct err *err)
{
    if (reader->loose)
        return csv_read_loose(reader, err);
    enum csv_state state = read_record(reader, &reader->fault);
    reader->loose = state == CSV_FAILED && reader->in_doubt && reader->values > 0;
    if (reader->loose)
        return csv_read_loose(reader, err);
    if (state == CSV_FAILED)
        *err = reader->fault;
    return state;
}

/* In a file that doubles quotes in one line and not in another, some quotes can be read in two ways. */
static enum csv_state check_quotes(struct csv_reader *reader, struct err *err)
{
    if (reader->by_width && reader->undoubled_line == 0)
        reader->undoubled_line = reader->line;
    else if (!reader->by_width && reader->doubled && reader->doubled_line == 0)
        reader->doubled_line = reader->line;
    return reader->undoubled_line && reader->doubled_line ? csv_fail_mixed(reader, err) : CSV_RECORD;
}

enum csv_state csv_next(struct csv_reader *reader, struct csv_record *record, struct err *err)
{
    if (reader->failed) {
        (void)err_set(err, ERR_DATA, "the file was refused before");
        return CSV_FAILED;
    }
    if (reader->given) {
        reader->start += reader->at;
        reader->line += reader->lines;
        begin_record(reader);
    }
    if (!reader->is_begun && !pass_bom(reader))
        return CSV_MORE;
    enum csv_state state = read_next(reader, err);
    if (state == CSV_RECORD)
        state = check_quotes(reader, err);
    reader->failed = state == CSV_FAILED;
    reader->given = state == CSV_RECORD;
    if (state != CSV_RECORD)
        return state;
    reader->records++;
    *record = (struct csv_record){.cells = reader->cells, .count = reader->count, .line = reader->line};
    return CSV_RECORD;
}
