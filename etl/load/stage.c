#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "load/proof.h"
#include "load/stage_inner.h"
#include "wire/pg/copy_format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_key_prefix(struct stage *stage, const char *contract, const struct window *window)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    bool windowed = stage->target->windowed && window->bounded;
    const char *parts[] = {contract, windowed ? date_format(window->from, from) : "",
                           windowed ? date_format(window->to, to) : ""};
    row_key_set_prefix(stage->key, parts, stage->target->windowed ? 3 : 1);
}

struct stage *stage_make(struct pg *pg, const struct target *target, const char *contract,
                         const struct window *window, enum stage_place place, struct err *err)
{
    struct stage *stage = mem_alloc(1, sizeof *stage);
    stage->pg = pg;
    stage->target = target;
    stage->contract = contract;
    stage->rows = buf_make(STAGE_MAX_ROW_BYTES);
    stage->filter = key_filter_make();
    stage->proof = proof_make(target);
    stage->days = day_set_make();
    stage->values = mem_alloc(target->count, sizeof *stage->values);
    stage->empty_values = mem_alloc(target->count, sizeof *stage->empty_values);
    stage->types = mem_alloc(target->count, sizeof *stage->types);
    for (size_t i = 0; i < target->count; i++)
        stage->types[i] = target->columns[i].type;
    stage->file = place == STAGE_IN_FILE ? row_file_make(ROW_FILE_RUN_BYTES) : NULL;
    stage->key = row_key_make(err);
    if (!stage->key || (!stage->file && !stage_create_table(stage, err))) {
        stage_release(stage);
        return NULL;
    }
    set_key_prefix(stage, contract, window);
    return stage;
}

const char *stage_name(const struct stage *stage)
{
    return stage->name;
}

const char *stage_difference_name(const struct stage *stage)
{
    return stage->difference;
}

void stage_release(struct stage *stage)
{
    if (!stage)
        return;
    if (stage->copying)
        pg_copy_abandon(stage->pg, "the rows cannot be loaded");
    stage_drop_table(stage);
    row_key_release(stage->key);
    key_filter_release(stage->filter);
    proof_release(stage->proof);
    day_set_release(stage->days);
    buf_release(&stage->rows);
    row_file_release(stage->file);
    free(stage->types);
    free(stage->values);
    free(stage->empty_values);
    free(stage->rooms);
    free(stage->copy_sql);
    free(stage);
}

void stage_cleanup(struct stage **stage)
{
    stage_release(*stage);
}

static bool refuse_size(const struct stage *stage, struct err *err)
{
    return err_set(err, ERR_DATA, "row %" PRIu64 " is larger than %zu bytes", stage->rows_added + 1,
                   STAGE_MAX_ROW_BYTES);
}

bool stage_begin_page(struct stage *stage, struct err *err)
{
    stage->keys_are_unique = false;
    if (stage->file)
        return true;
    if (!pg_copy_begin(stage->pg, stage->copy_sql, err))
        return err_wrap(err, "cannot copy into the stage table");
    stage->copying = true;
    return copy_begin(&stage->rows) || refuse_size(stage, err);
}

static bool refuse_value(const struct stage *stage, size_t column, const struct cell *cell,
                         const char *problem, struct err *err)
{
    char shown[80];
    bool is_text = cell->kind == CELL_TEXT;
    bool is_bare = is_text || cell->kind == CELL_NUMBER;
    const char *bytes = is_bare ? cell->bytes : cell->kind == CELL_TRUE ? "true" : "false";
    size_t length = is_bare ? cell->length : strlen(bytes);
    const char *quote = is_text ? "\"" : "";
    return err_set(err, ERR_DATA, "row %" PRIu64 ", column %s: %s%s%s %s", stage->rows_added + 1,
                   stage->target->columns[column].api_name, quote,
                   text_excerpt(bytes, length, shown, sizeof shown), quote, problem);
}

static bool put_value(struct buf *rows, const struct value *value, enum column_type type)
{
    if (value->is_null)
        return copy_put_null(rows);
    switch (type) {
    case COLUMN_BOOLEAN:
        return copy_put_boolean(rows, value->number != 0);
    case COLUMN_INTEGER:
        return copy_put_bigint(rows, value->number);
    case COLUMN_NUMERIC:
        return copy_put_numeric(rows, value->bytes, value->length);
    case COLUMN_DATE:
        return copy_put_date(rows, (date_t)value->number);
    case COLUMN_TIMESTAMP:
        return copy_put_timestamp(rows, value->number);
    case COLUMN_TEXT:
        break;
    }
    return copy_put_text(rows, value->bytes, value->length);
}

static char *room_of(struct stage *stage, size_t column)
{
    if (!stage->rooms)
        stage->rooms = mem_alloc(stage->target->count, VALUE_ROOM);
    return stage->rooms + column * VALUE_ROOM;
}

static void note_empty_value(struct empty_values *empty, const struct cell *cell)
{
    empty->was_empty |= cell->kind == CELL_TEXT;
    empty->was_null |= cell->kind == CELL_NULL;
}

bool stage_has_empty_and_null(const struct stage *stage, size_t column)
{
    return stage->empty_values[column].was_empty && stage->empty_values[column].was_null;
}

static bool add_value(struct stage *stage, size_t column, const struct cell *cell, struct err *err)
{
    const char *problem;
    struct value *value = &stage->values[column];
    enum column_type type = stage->target->columns[column].type;
    if (!value_read(cell, type, value, &problem))
        return refuse_value(stage, column, cell, problem, err);
    const struct target_column *target = &stage->target->columns[column];
    if (value->is_null && target->in_key)
        note_empty_value(&stage->empty_values[column], cell);
    if (type == COLUMN_TEXT && target->in_key && !value->is_null)
        value_canonicalise(cell, target->is_open, value, room_of(stage, column));
    return put_value(&stage->rows, value, type) || refuse_size(stage, err);
}

static bool add_key(struct stage *stage, unsigned char bytes[static ROW_KEY_BYTES], struct err *err)
{
    const struct target *target = stage->target;
    row_key_begin(stage->key);
    for (size_t i = 0; i < target->key_count; i++) {
        size_t column = target->key[i];
        if (!row_key_add(stage->key, &stage->values[column], target->columns[column].type, err))
            return err_wrap(err, "row %" PRIu64, stage->rows_added + 1);
    }
    if (!row_key_end(stage->key, bytes, err))
        return false;
    key_filter_add(stage->filter, bytes);
    if (!proof_add(stage->proof, stage->values, bytes, err))
        return false;
    return copy_put_uuid(&stage->rows, bytes) || refuse_size(stage, err);
}

static date_t day_of(const struct value *value, enum column_type type)
{
    if (type != COLUMN_TIMESTAMP)
        return (date_t)value->number;
    return (date_t)((value->number - (value->number < 0 ? DATE_DAY_US - 1 : 0)) / DATE_DAY_US);
}

void stage_begin_part(struct stage *stage, const struct window *part)
{
    stage->part = *part;
    proof_keep(stage->proof);
}

const struct day_set *stage_days(const struct stage *stage)
{
    return stage->days;
}

const struct proof *stage_proof(const struct stage *stage)
{
    return stage->proof;
}

static bool refuse_day(const struct stage *stage, const char *text, struct err *err)
{
    char part[WINDOW_TEXT];
    const char *name = stage->target->columns[stage->target->day].api_name;
    if (!text)
        err_set(err, ERR_DATA, "row %" PRIu64 " has no %s", stage->rows_added + 1, name);
    else
        err_set(err, ERR_DATA, "row %" PRIu64 ", column %s: %s is not within %s, the requested days",
                stage->rows_added + 1, name, text, window_format(&stage->part, part));
    return err_hint(err,
                    "it may be a totals line, or the job's `where` admits other days; nothing was loaded");
}

/* A row must belong to the requested days: no later load would find it again. */
static bool check_day(const struct stage *stage, struct err *err)
{
    char shown[80];
    size_t day = stage->target->day;
    if (!stage->part.bounded || day == stage->target->count)
        return true;
    const struct value *value = &stage->values[day];
    enum column_type type = stage->target->columns[day].type;
    if (value->is_null)
        return refuse_day(stage, NULL, err);
    date_t date;
    bool is_day = type == COLUMN_DATE || type == COLUMN_TIMESTAMP;
    if (is_day)
        date = day_of(value, type);
    else
        is_day = date_parse(value->bytes, value->length, &date);
    if (!is_day || date < stage->part.from || date >= stage->part.to)
        return refuse_day(stage, text_excerpt(value->bytes, value->length, shown, sizeof shown), err);
    day_set_add(stage->days, date);
    return true;
}

/* If the file cannot take a row, it goes to the table, together with all that were kept before. */
static bool leave_file(struct stage *stage, struct err *err)
{
    struct buf row = stage->rows;
    log_info("rows-to-stage", "cannot keep rows in a temporary file: %s; they go to the database",
             strerror(errno));
    stage->rows = buf_make(STAGE_MAX_ROW_BYTES);
    bool left = stage_move_to_table(stage, err) && stage_begin_page(stage, err) &&
                (buf_append(&stage->rows, row.bytes, row.length) || refuse_size(stage, err));
    buf_release(&row);
    return left;
}

/* The place of the current row in the order of the table's unique index. */
static struct row_order order_of(const struct stage *stage, const unsigned char key[static ROW_KEY_BYTES])
{
    const struct target *target = stage->target;
    size_t lead = target->lead;
    bool has_lead =
        lead < target->count && target->columns[lead].type != COLUMN_TEXT && !stage->values[lead].is_null;
    return row_order_make(has_lead ? stage->values[lead].number : ROW_ORDER_NO_LEAD, key);
}

static bool keep_row(struct stage *stage, const unsigned char key[static ROW_KEY_BYTES], struct err *err)
{
    struct row_order order = order_of(stage, key);
    if (!row_file_add(stage->file, &order, &stage->rows))
        return leave_file(stage, err);
    stage->rows_filed = stage->rows_added;
    buf_clear(&stage->rows);
    return true;
}

static bool send_rows(struct stage *stage, struct err *err)
{
    bool sent = pg_copy_put(stage->pg, buf_text(&stage->rows), stage->rows.length, err);
    buf_clear(&stage->rows);
    if (!sent) {
        stage->copying = false;
        return err_wrap(err, "cannot copy into the stage table");
    }
    return true;
}

bool stage_add_row(struct stage *stage, const struct cell *cells, size_t count, struct err *err)
{
    if (count != stage->target->count)
        return err_set(err, ERR_DATA, "row %" PRIu64 " has %zu values, the result has %zu columns",
                       stage->rows_added + 1, count, stage->target->count);
    if (!copy_begin_row(&stage->rows, count + 1))
        return refuse_size(stage, err);
    unsigned char key[ROW_KEY_BYTES];
    for (size_t i = 0; i < count; i++)
        if (!add_value(stage, i, &cells[i], err))
            return false;
    if (!check_day(stage, err) || !add_key(stage, key, err))
        return false;
    stage->rows_added++;
    if (stage->file)
        return keep_row(stage, key, err);
    return stage->rows.length < STAGE_SEND_BYTES || send_rows(stage, err);
}

bool stage_end_page(struct stage *stage, struct err *err)
{
    uint64_t rows;
    if (stage->file) {
        stage->rows_confirmed = stage->rows_filed;
        return true;
    }
    if (!copy_end(&stage->rows))
        return refuse_size(stage, err);
    if (!send_rows(stage, err))
        return false;
    stage->copying = false;
    if (!pg_copy_end(stage->pg, &rows, err))
        return err_wrap(err, "cannot copy into the stage table");
    stage->rows_confirmed += rows;
    if (stage->rows_confirmed != stage->rows_added)
        return err_set(err, ERR_BUG, "%" PRIu64 " rows were sent to the stage table, %" PRIu64 " arrived",
                       stage->rows_added, stage->rows_confirmed);
    return true;
}

bool stage_candidates(const struct stage *stage, const unsigned char **keys, size_t *count)
{
    *count = 0;
    return stage->keys_are_unique || key_filter_candidates(stage->filter, keys, count);
}

void stage_note_unique(struct stage *stage)
{
    stage->keys_are_unique = true;
}

struct row_file *stage_file(const struct stage *stage)
{
    return stage->file;
}

uint64_t stage_rows(const struct stage *stage)
{
    return stage->rows_confirmed;
}
