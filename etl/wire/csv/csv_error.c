#include "wire/csv/csv_inner.h"

#include <inttypes.h>
#include <stdio.h>

/* err says what is wrong with the record. Puts the record's number in front of it. */
static enum csv_state fail(const struct csv_reader *reader, struct err *err)
{
    (void)err_wrap(err, "record %" PRIu64, reader->records + 1);
    return CSV_FAILED;
}

/* The line of a byte of the record; *line_start: the offset of that line's first byte. */
static uint64_t line_of(const struct csv_reader *reader, size_t at, size_t *line_start)
{
    const char *text = csv_text(reader);
    uint64_t line = reader->line;
    *line_start = 0;
    for (size_t i = 0; i < at; i++) {
        if (text[i] != '\n')
            continue;
        line++;
        *line_start = i + 1;
    }
    return line;
}

static enum csv_state fail_at(const struct csv_reader *reader, size_t at, const char *what, struct err *err)
{
    size_t line_start;
    uint64_t line = line_of(reader, at, &line_start);
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ", byte %zu: %s", line, at - line_start + 1, what);
    return fail(reader, err);
}

enum csv_state csv_fail_nul(const struct csv_reader *reader, struct err *err)
{
    return fail_at(reader, reader->at, "a NUL byte, which text cannot contain", err);
}

static enum csv_state fail_behind_quote(struct csv_reader *reader, struct err *err)
{
    char shown[8];
    char what[96];
    unsigned char byte = (unsigned char)csv_text(reader)[reader->at];
    bool prints = byte >= ' ' && byte < 0x7F;
    snprintf(shown, sizeof shown, prints ? "`%c`" : "0x%02X", byte);
    snprintf(what, sizeof what, "%s behind a closing quote, where a comma or a line end was expected", shown);
    reader->in_doubt = true;
    return fail_at(reader, reader->at, what, err);
}

enum csv_state csv_fail_byte(struct csv_reader *reader, bool is_behind_quote, struct err *err)
{
    switch (csv_text(reader)[reader->at]) {
    case '\0':
        return csv_fail_nul(reader, err);
    case '\r':
        return fail_at(reader, reader->at,
                       "a carriage return that is neither quoted nor followed by a line feed", err);
    default:
        if (is_behind_quote)
            return fail_behind_quote(reader, err);
        reader->in_doubt = true;
        return fail_at(reader, reader->at, "a quote inside a value that does not begin with one", err);
    }
}

enum csv_state csv_fail_no_utf8(const struct csv_reader *reader, size_t at, struct err *err)
{
    return fail_at(reader, at, "bytes that are not UTF-8", err);
}

enum csv_state csv_fail_size(struct csv_reader *reader, struct err *err)
{
    reader->in_doubt = reader->in_quotes;
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ": larger than %zu bytes", reader->line, reader->max_bytes);
    return fail(reader, err);
}

enum csv_state csv_fail_width(const struct csv_reader *reader, struct err *err)
{
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ": more than %d values", reader->line, CSV_MAX_VALUES);
    return fail(reader, err);
}

enum csv_state csv_fail_short(struct csv_reader *reader, struct err *err)
{
    reader->in_doubt = true;
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ": %zu value%s, where others have %zu", reader->line,
                  reader->count, reader->count == 1 ? "" : "s", reader->values + reader->final_comma);
    return fail(reader, err);
}

enum csv_state csv_fail_lines(const struct csv_reader *reader, struct err *err)
{
    (void)err_set(
        err, ERR_DATA,
        "line %" PRIu64
        ": a value in quotes goes on in the next line, or a quote in it is not doubled: the file can "
        "be read in several ways",
        reader->line);
    return fail(reader, err);
}

enum csv_state csv_fail_mixed(const struct csv_reader *reader, struct err *err)
{
    (void)err_set(err, ERR_DATA,
                  "line %" PRIu64 " has a doubled quote inside a text, and line %" PRIu64
                  " one that is not doubled: which quotes the texts have cannot be told",
                  reader->doubled_line, reader->undoubled_line);
    return fail(reader, err);
}

enum csv_state csv_fail_open(struct csv_reader *reader, struct err *err)
{
    size_t ignored;
    size_t quote = reader->count > 0 ? reader->ends[reader->count - 1] + 1 : 0;
    reader->in_doubt = true;
    (void)err_set(err, ERR_DATA, "the file ends inside a quoted value that began in line %" PRIu64,
                  line_of(reader, quote, &ignored));
    return fail(reader, err);
}
