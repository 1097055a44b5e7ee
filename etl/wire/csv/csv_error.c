#include "wire/csv/csv_inner.h"

#include <inttypes.h>
#include <stdio.h>

/* err says what is wrong with the record. Returns false. */
static bool fail(struct csv_reader *reader, struct err *err)
{
    reader->failed = true;
    return err_wrap(err, "record %" PRIu64, reader->records + 1);
}

bool csv_fail_here(struct csv_reader *reader, unsigned back, struct err *err, const char *what)
{
    uint64_t offset = reader->offset + reader->at - back;
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ", byte %" PRIu64 ": %s", reader->line,
                  offset - reader->line_offset + 1, what);
    return fail(reader, err);
}

bool csv_fail_nul(struct csv_reader *reader, struct err *err)
{
    return csv_fail_here(reader, 0, err, "a NUL byte, which text cannot contain");
}

bool csv_fail_quote(struct csv_reader *reader, struct err *err)
{
    reader->in_doubt = true;
    return csv_fail_here(reader, 0, err, "a quote inside a value that does not begin with one");
}

bool csv_fail_short(struct csv_reader *reader, struct err *err)
{
    reader->in_doubt = true;
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ": %zu value%s, where others have %zu", reader->record_line,
                  reader->count, reader->count == 1 ? "" : "s", reader->values + reader->final_comma);
    return fail(reader, err);
}

bool csv_fail_behind_quote(struct csv_reader *reader, struct err *err)
{
    reader->in_doubt = true;
    char shown[8];
    char what[96];
    unsigned char byte = (unsigned char)reader->block[reader->at];
    bool prints = byte >= ' ' && byte < 0x7F;
    snprintf(shown, sizeof shown, prints ? "`%c`" : "0x%02X", byte);
    snprintf(what, sizeof what, "%s behind a closing quote, where a comma or a line end was expected", shown);
    return csv_fail_here(reader, 0, err, what);
}

bool csv_fail_no_utf8(struct csv_reader *reader, const char *text, size_t at, struct err *err)
{
    uint64_t line = reader->record_line;
    size_t line_start = 0;
    for (size_t i = 0; i < at; i++) {
        if (text[i] != '\n')
            continue;
        line++;
        line_start = i + 1;
    }
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ", byte %zu: bytes that are not UTF-8", line,
                  at - line_start + 1);
    return fail(reader, err);
}

bool csv_fail_size(struct csv_reader *reader, struct err *err)
{
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ": larger than %zu bytes", reader->record_line,
                  reader->max_bytes);
    return fail(reader, err);
}

bool csv_fail_width(struct csv_reader *reader, struct err *err)
{
    (void)err_set(err, ERR_DATA, "line %" PRIu64 ": more than %d values", reader->record_line,
                  CSV_MAX_VALUES);
    return fail(reader, err);
}

bool csv_fail_open(struct csv_reader *reader, struct err *err)
{
    reader->in_doubt = true;
    (void)err_set(err, ERR_DATA, "the file ends inside a quoted value that began in line %" PRIu64,
                  reader->quote_line);
    return fail(reader, err);
}
