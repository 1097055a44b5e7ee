#include "wire/csv/csv.h"

#include "base/mem.h"
#include "wire/csv/csv_inner.h"

#include <stdlib.h>
#include <string.h>

static const char bom[] = "\xEF\xBB\xBF";
#define BOM_LENGTH (sizeof bom - 1)

void csv_set_limit(struct csv_reader *reader)
{
    size_t room = reader->carry.length < reader->max_bytes ? reader->max_bytes - reader->carry.length : 0;
    size_t left = reader->length - reader->start;
    reader->limit = reader->start + (left < room ? left : room);
}

static void begin_record(struct csv_reader *reader)
{
    reader->place = CSV_BEFORE_RECORD;
    reader->given = false;
    reader->record_line = reader->line;
    reader->record_line_offset = reader->line_offset;
    reader->high = 0;
    reader->doubled = false;
    reader->count = 0;
    if (reader->carry.length > 0)
        buf_clear(&reader->carry);
    reader->start = reader->at;
    csv_set_limit(reader);
}

struct csv_reader *csv_reader_make(size_t max_record_bytes)
{
    struct csv_reader *reader = mem_alloc(1, sizeof *reader);
    reader->block = "";
    reader->max_bytes = max_record_bytes;
    reader->carry = buf_make(max_record_bytes + BOM_LENGTH);
    reader->ends = mem_alloc(CSV_MAX_VALUES, sizeof *reader->ends);
    reader->cells = mem_alloc(CSV_MAX_VALUES, sizeof *reader->cells);
    reader->line = 1;
    begin_record(reader);
    reader->place = CSV_BEFORE_BOM;
    return reader;
}

void csv_reader_release(struct csv_reader *reader)
{
    if (!reader)
        return;
    buf_release(&reader->carry);
    buf_release(&reader->again);
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
    if (reader->at < reader->length || reader->ended)
        abort(); /* bytes would be lost without a word */
    reader->offset += reader->length;
    reader->block = length > 0 ? bytes : "";
    reader->length = length;
    reader->at = 0;
    reader->start = 0;
    csv_set_limit(reader);
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
    return reader->loose || reader->place == CSV_IN_QUOTES;
}

bool csv_is_quoted(const struct csv_record *record, size_t value)
{
    size_t start = value > 0 ? record->ends[value - 1] + 1 : 0;
    return record->ends[value] > start && record->text[start] == '"';
}

bool csv_ended_with_line_end(const struct csv_reader *reader)
{
    return reader->line_ended;
}

/* Records. */

/* Takes the record's bytes in the block, up to the next one, to those from earlier blocks. */
bool csv_carry_record(struct csv_reader *reader, struct err *err)
{
    if (!buf_append(&reader->carry, reader->block + reader->start, reader->at - reader->start))
        return csv_fail_size(reader, err);
    reader->start = reader->at;
    return true;
}

/*
 * Whether the record's width is that of others, or cannot be mended: undoubled quotes hide commas. It may
 * lack the final comma, or have one that the others lack.
 */
static bool fits_width(const struct csv_reader *reader, const char *text)
{
    size_t count = reader->count;
    size_t last = count > 1 ? reader->ends[count - 2] + 1 : 0;
    size_t length = reader->ends[count - 1];
    bool is_short =
        count < reader->values || (count == reader->values && reader->final_comma && last == length);
    return reader->values == 0 || !is_short || !memchr(text, '"', length);
}

/* A record that is too narrow: its line is read by the width of the others, where it allows that. */
static bool read_short_record(struct csv_reader *reader, const char *text)
{
    size_t length = reader->ends[reader->count - 1];
    size_t values = reader->values + reader->final_comma;
    size_t ends[CSV_MAX_VALUES];
    bool is_one_line = !memchr(text, '\n', length) && !memchr(text, '\r', length);
    if (!is_one_line || csv_split_line(text, length, values, ends) != 1)
        return false;
    if (reader->final_comma && ends[values - 2] + 1 != length)
        return false;
    csv_make_cells(reader->cells, text, ends, values);
    for (size_t i = 0; i < values; i++) {
        const struct cell *cell = &reader->cells[i];
        if (cell->length > 0 && memmem(cell->bytes, cell->length, "\"\"", 2))
            return false;
    }
    memcpy(reader->ends, ends, values * sizeof *ends);
    reader->count = values;
    reader->given = true;
    return true;
}

/* The record has ended before the next byte. */
static bool return_record(struct csv_reader *reader, struct err *err)
{
    const char *text = reader->block + reader->start;
    if (reader->carry.length > 0 || reader->doubled) {
        if (!csv_carry_record(reader, err))
            return false;
        text = reader->carry.bytes;
    }
    size_t length = reader->ends[reader->count - 1];
    if (reader->high & CSV_TOP_BIT) {
        size_t end = csv_utf8_end(text, length);
        if (end < length)
            return csv_fail_no_utf8(reader, text, end, err);
    }
    reader->text = text;
    if (!fits_width(reader, text)) {
        if (read_short_record(reader, text))
            return true;
        if (memchr(text, '\n', length))
            return csv_fail_short(reader, err);
    }
    csv_make_cells(reader->cells, text, reader->ends, reader->count);
    if (reader->doubled)
        csv_undouble(reader->cells, reader->count, reader->carry.bytes);
    reader->given = true;
    return true;
}

static void return_blank_line(struct csv_reader *reader)
{
    reader->cells[0] = (struct cell){CELL_NULL, "", 0};
    reader->ends[0] = 0;
    reader->text = "";
    reader->count = 1;
    reader->record_line = reader->blank_line;
    reader->blank_line = 0;
    reader->given = true;
}

static bool is_blank(const struct csv_reader *reader)
{
    return reader->count == 1 && reader->ends[0] == 0;
}

void csv_begin_line(struct csv_reader *reader, size_t at)
{
    reader->line++;
    reader->line_offset = reader->offset + at;
}

/* Behind the line feed that ends the record. */
static bool end_line(struct csv_reader *reader, struct err *err)
{
    csv_begin_line(reader, reader->at);
    reader->line_ended = true;
    if (!is_blank(reader))
        return return_record(reader, err);
    reader->blank_line = reader->record_line;
    begin_record(reader);
    return true;
}

/* Reading. */

/* Reads values without quotes, up to the first byte that is more than text or a comma, or to the limit. */
static void pass_values(struct csv_reader *reader)
{
    const char *block = reader->block;
    size_t before = reader->carry.length - reader->start;
    size_t *ends = reader->ends;
    size_t count = reader->count;
    unsigned char high = reader->high;
    size_t at = reader->at;
    for (; at < reader->limit; at++) {
        unsigned char byte = (unsigned char)block[at];
        high |= byte;
        if (byte == ',' && count < CSV_MAX_VALUES - 1)
            ends[count++] = before + at;
        else if (byte < ' ' || byte == '"' || byte == ',')
            break;
    }
    reader->at = at;
    reader->count = count;
    reader->high = high;
}

static inline void end_value(struct csv_reader *reader)
{
    reader->ends[reader->count++] = reader->carry.length + (reader->at - reader->start);
}

/* At a byte that is no part of the value's text. */
static bool read_mark(struct csv_reader *reader, struct err *err)
{
    switch (reader->block[reader->at]) {
    case ',':
        if (reader->count == CSV_MAX_VALUES - 1)
            return csv_fail_width(reader, err);
        end_value(reader);
        reader->at++;
        reader->place = CSV_IN_VALUE;
        return true;
    case '\n':
        end_value(reader);
        reader->at++;
        return end_line(reader, err);
    case '\r':
        end_value(reader);
        reader->at++;
        reader->place = CSV_BEHIND_RETURN;
        return true;
    case '\0':
        return csv_fail_nul(reader, err);
    default:
        return csv_fail_behind_quote(reader, err);
    }
}

static bool open_quote(struct csv_reader *reader, struct err *err)
{
    size_t value = reader->count > 0 ? reader->ends[reader->count - 1] + 1 : 0;
    if (reader->carry.length + (reader->at - reader->start) != value)
        return csv_fail_quote(reader, err);
    reader->quote_line = reader->line;
    reader->at++;
    reader->place = CSV_IN_QUOTES;
    return true;
}

static bool read_values(struct csv_reader *reader, struct err *err)
{
    pass_values(reader);
    if (reader->at == reader->limit)
        return true;
    char byte = reader->block[reader->at];
    if (byte == '"')
        return open_quote(reader, err);
    if (byte == ',' || byte == '\n' || byte == '\r' || byte == '\0')
        return read_mark(reader, err);
    reader->at++;
    return true;
}

/* Reads a value's text up to a quote, a line feed or a NUL, or to the limit. */
static bool read_quoted(struct csv_reader *reader, struct err *err)
{
    unsigned char high = reader->high;
    char byte = '\0';
    size_t at = reader->at;
    for (; at < reader->limit; at++) {
        byte = reader->block[at];
        if (byte == '"' || byte == '\n' || byte == '\0')
            break;
        high |= (unsigned char)byte;
    }
    reader->at = at;
    reader->high = high;
    if (at == reader->limit)
        return true;
    if (byte == '\0')
        return csv_fail_nul(reader, err);
    reader->at++;
    if (byte == '\n')
        csv_begin_line(reader, reader->at);
    else
        reader->place = CSV_BEHIND_QUOTE;
    return true;
}

static bool read_behind_quote(struct csv_reader *reader, struct err *err)
{
    if (reader->block[reader->at] != '"')
        return read_mark(reader, err);
    reader->at++;
    reader->doubled = true;
    reader->place = CSV_IN_QUOTES;
    return true;
}

static bool read_behind_return(struct csv_reader *reader, struct err *err)
{
    if (reader->block[reader->at] != '\n')
        return csv_fail_here(reader, 1, err,
                             "a carriage return that is neither quoted nor followed by a line feed");
    reader->at++;
    return end_line(reader, err);
}

static void begin_values(struct csv_reader *reader)
{
    reader->line_ended = false;
    reader->place = CSV_IN_VALUE;
}

/* What looked like a byte order mark belongs to the first value. */
static void put_bom_back(struct csv_reader *reader)
{
    begin_record(reader);
    if (reader->bom_length == 0)
        return;
    if (!buf_append(&reader->carry, bom, reader->bom_length))
        abort();
    csv_set_limit(reader);
    reader->high = CSV_TOP_BIT;
    begin_values(reader);
}

static void read_bom(struct csv_reader *reader)
{
    if (reader->block[reader->at] != bom[reader->bom_length]) {
        put_bom_back(reader);
        return;
    }
    reader->bom_length++;
    reader->at++;
    if (reader->bom_length < BOM_LENGTH)
        return;
    reader->line_offset = BOM_LENGTH;
    begin_record(reader);
}

/* There are bytes before the limit: reads some of them, to the end of a record at most. */
static bool read_on(struct csv_reader *reader, struct err *err)
{
    switch (reader->place) {
    case CSV_BEFORE_BOM:
        read_bom(reader);
        return true;
    case CSV_BEFORE_RECORD:
        if (reader->blank_line > 0) {
            return_blank_line(reader);
            return true;
        }
        begin_values(reader);
        return read_values(reader, err);
    case CSV_IN_VALUE:
        return read_values(reader, err);
    case CSV_IN_QUOTES:
        return read_quoted(reader, err);
    case CSV_BEHIND_QUOTE:
        return read_behind_quote(reader, err);
    case CSV_BEHIND_RETURN:
        return read_behind_return(reader, err);
    }
    return false;
}

/* The file has ended: gives the record that has no line end, if there is one. */
static bool read_end(struct csv_reader *reader, struct err *err)
{
    if (reader->place == CSV_BEFORE_BOM)
        put_bom_back(reader);
    switch (reader->place) {
    case CSV_BEFORE_BOM:
    case CSV_BEFORE_RECORD:
        return true;
    case CSV_IN_QUOTES:
        return csv_fail_open(reader, err);
    case CSV_IN_VALUE:
    case CSV_BEHIND_QUOTE:
        end_value(reader);
        return return_record(reader, err);
    case CSV_BEHIND_RETURN:
        return is_blank(reader) || return_record(reader, err);
    }
    return false;
}

/* There are no bytes before the limit. */
static enum csv_state read_limit(struct csv_reader *reader, struct err *err)
{
    if (reader->limit < reader->length) {
        (void)csv_fail_size(reader, err);
        return CSV_FAILED;
    }
    if (!reader->ended)
        return csv_carry_record(reader, err) ? CSV_MORE : CSV_FAILED;
    if (!read_end(reader, err))
        return CSV_FAILED;
    return reader->given ? CSV_RECORD : CSV_END;
}

/* A record or an error; or CSV_MORE, CSV_END. */
static enum csv_state read_next(struct csv_reader *reader, struct err *err)
{
    while (!reader->given) {
        if (reader->loose)
            return csv_read_loose(reader, err);
        if (reader->at < reader->limit) {
            if (!read_on(reader, err))
                return CSV_FAILED;
            continue;
        }
        enum csv_state state = read_limit(reader, err);
        if (state != CSV_RECORD)
            return state;
    }
    return CSV_RECORD;
}

enum csv_state csv_next(struct csv_reader *reader, struct csv_record *record, struct err *err)
{
    if (reader->failed) {
        (void)err_set(err, ERR_DATA, "the file was refused before");
        return CSV_FAILED;
    }
    if (reader->given)
        begin_record(reader);
    struct err fault;
    enum csv_state state = read_next(reader, &fault);
    if (state == CSV_FAILED && reader->in_doubt && reader->values > 0) {
        csv_go_back(reader, &fault);
        state = read_next(reader, &fault);
    }
    if (state == CSV_FAILED)
        *err = fault;
    if (state != CSV_RECORD)
        return state;
    reader->records++;
    *record = (struct csv_record){.cells = reader->cells,
                                  .count = reader->count,
                                  .line = reader->record_line,
                                  .text = reader->text,
                                  .ends = reader->ends};
    return CSV_RECORD;
}
