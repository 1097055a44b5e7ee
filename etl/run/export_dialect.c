#include "run/export_dialect.h"

#include "base/decimal.h"
#include "base/mem.h"
#include "wire/json/json_reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct export_dialect export_dialect_make(const struct text_list *names, size_t fields)
{
    return (struct export_dialect){
        .names = names,
        .fields = fields,
        .columns = mem_alloc(names->count, sizeof(struct export_column_dialect)),
    };
}

void export_dialect_cleanup(struct export_dialect *dialect)
{
    free(dialect->columns);
    *dialect = (struct export_dialect){0};
}

void export_dialect_clear(struct export_dialect *dialect)
{
    dialect->has_quoted_words = false;
    dialect->has_bare_words = false;
    memset(dialect->columns, 0, dialect->names->count * sizeof *dialect->columns);
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool export_is_word(const struct cell *cell)
{
    if (cell->length == 0 || !is_letter(cell->bytes[0]))
        return false;
    for (size_t i = 1; i < cell->length; i++)
        if ((unsigned char)cell->bytes[i] <= ' ' || cell->bytes[i] == ',' || cell->bytes[i] == '"')
            return false;
    return true;
}

static bool is(const struct cell *cell, const char *text)
{
    return cell->length == strlen(text) && memcmp(cell->bytes, text, cell->length) == 0;
}

static bool is_null(const struct cell *cell)
{
    return is(cell, "null");
}

/* Without quotes in every file, as a field's value or as a text. */
static bool is_boolean(const struct cell *cell)
{
    return is(cell, "true") || is(cell, "false");
}

/* `1` is the same as a text and as a number; `1.0` and `7.10` are not. */
static bool is_ambiguous_number(const struct cell *cell)
{
    char canonical[DECIMAL_CANONICAL];
    size_t length;
    return json_is_number(cell->bytes, cell->length) &&
           (!decimal_canonical(cell->bytes, cell->length, canonical, &length) || length != cell->length ||
            memcmp(canonical, cell->bytes, length) != 0);
}

static bool is_bare(const struct cell *cell)
{
    return cell->kind == CELL_TEXT && !cell->is_quoted;
}

static void note_bare(struct export_dialect *dialect, struct export_column_dialect *column,
                      const struct cell *cell, uint64_t line)
{
    if (is_null(cell) || (column->doubt_line == 0 && is_ambiguous_number(cell))) {
        column->doubt_line = column->doubt_line ? column->doubt_line : line;
    } else if (column->bare_line == 0 && is_letter(cell->bytes[0]) && !is_boolean(cell)) {
        column->bare_line = line;
        dialect->has_bare_words = true;
    }
}

void export_dialect_note(struct export_dialect *dialect, const struct cell *cells, uint64_t line)
{
    for (size_t i = 0; i < dialect->fields; i++) {
        struct export_column_dialect *column = &dialect->columns[i];
        if (is_bare(&cells[i])) {
            note_bare(dialect, column, &cells[i], line);
        } else if (column->quoted_line == 0 && cells[i].kind == CELL_TEXT && export_is_word(&cells[i])) {
            column->quoted_line = line;
            dialect->has_quoted_words = true;
        }
    }
}

static bool fail_doubt(const struct export_dialect *dialect, size_t place, struct err *err)
{
    const struct export_column_dialect *column = &dialect->columns[place];
    err_set(err, ERR_DATA,
            "the export's file: `%s` has a value without quotes in line %" PRIu64
            ", and nothing shows whether it is a text",
            dialect->names->items[place], column->doubt_line);
    if (column->quoted_line && column->bare_line)
        return err_wrap(err, "its texts are in quotes in line %" PRIu64 " and without them in line %" PRIu64,
                        column->quoted_line, column->bare_line);
    return err_wrap(err, "texts of the file are without quotes first, and in quotes later, or the reverse");
}

/* *is_quoting: the texts of the column are in quotes. ERR_DATA if that is contradictory. */
static bool judge(struct export_dialect *dialect, size_t place, bool *is_quoting, struct err *err)
{
    struct export_column_dialect *column = &dialect->columns[place];
    bool has_word = column->quoted_line || column->bare_line;
    if (has_word)
        *is_quoting = column->quoted_line > 0;
    else if (dialect->has_quoted_words || dialect->has_bare_words)
        *is_quoting = dialect->has_quoted_words;
    else
        *is_quoting = dialect->header_is_quoted;
    if ((column->quoted_line && column->bare_line) ||
        (column->is_judged && column->was_quoting != *is_quoting))
        return fail_doubt(dialect, place, err);
    column->is_judged = true;
    column->was_quoting = *is_quoting;
    return true;
}

static void convert(struct row_block *block, size_t place)
{
    for (size_t row = 0; row < block->rows; row++) {
        struct cell *cell = &block->cells[row * block->width + place];
        if (!is_bare(cell))
            continue;
        if (is_null(cell))
            *cell = (struct cell){.kind = CELL_NULL, .bytes = ""};
        else if (json_is_number(cell->bytes, cell->length))
            cell->kind = CELL_NUMBER;
    }
}

bool export_dialect_convert(struct export_dialect *dialect, struct row_block *block, struct err *err)
{
    for (size_t i = 0; i < dialect->names->count; i++) {
        bool is_quoting = true;
        bool is_doubtful = i < dialect->fields && dialect->columns[i].doubt_line > 0;
        if (is_doubtful && !judge(dialect, i, &is_quoting, err))
            return false;
        if (is_quoting && (is_doubtful || i >= dialect->fields))
            convert(block, i);
    }
    return true;
}
