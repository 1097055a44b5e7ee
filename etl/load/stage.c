#include "load/stage.h"

#include "base/mem.h"
#include "base/text.h"
#include "load/key_filter.h"
#include "load/row_key.h"
#include "load/value.h"
#include "sql/statements.h"
#include "wire/pg/copy_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEND_BYTES ((size_t)64 << 10)
#define MAX_ROW_BYTES ((size_t)64 << 20)

/* How a column of the key had no value. */
struct absence {
    bool was_empty; /* an empty text */
    bool was_null;
};

struct stage {
    struct pg *pg;
    const struct target *target;
    struct row_key *key;
    struct value *values;     /* of the row under way */
    struct absence *absences; /* of each column */
    char *rooms;     /* VALUE_ROOM bytes a column, where a value may stay; NULL until one is wanted */
    struct buf rows; /* encoded, not sent yet */
    struct key_filter *filter;
    struct proof *proof;
    struct window part; /* that the rows under way are of */
    struct stage_days days;
    uint64_t rows_added;
    uint64_t rows_confirmed;
    bool copying;
    char *copy_sql;
    char name[96];
};

/* The key stands first: most of what is asked of the stage is asked of it alone. */
static bool create_table(struct stage *stage, struct err *err)
{
    const struct target *target = stage->target;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "drop table if exists %s; create table %s (_row_key uuid", stage->name, stage->name);
    for (size_t i = 0; i < target->count; i++) {
        buf_put(&sql, ", ");
        pg_put_identifier(&sql, target->columns[i].name);
        buf_print(&sql, " %s", column_type_name(target->columns[i].type));
    }
    buf_put(&sql, ")");
    if (!pg_exec(stage->pg, buf_text(&sql), err))
        return err_wrap(err, "cannot create the temporary stage table");
    return true;
}

static char *copy_statement(const struct stage *stage)
{
    const struct target *target = stage->target;
    struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "copy %s (", stage->name);
    for (size_t i = 0; i < target->count; i++) {
        pg_put_identifier(&sql, target->columns[i].name);
        buf_put(&sql, ", ");
    }
    buf_put(&sql, "_row_key) from stdin (format binary)");
    return buf_take(&sql);
}

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
                         const struct window *window, struct err *err)
{
    struct stage *stage = mem_alloc(1, sizeof *stage);
    stage->pg = pg;
    stage->target = target;
    snprintf(stage->name, sizeof stage->name, "pg_temp.tokenflex_stage_%s", pg_nonce(pg));
    stage->rows = buf_make(MAX_ROW_BYTES);
    stage->filter = key_filter_make();
    stage->proof = proof_make(target);
    stage->values = mem_alloc(target->count, sizeof *stage->values);
    stage->absences = mem_alloc(target->count, sizeof *stage->absences);
    stage->key = row_key_make(err);
    if (!stage->key || !create_table(stage, err)) {
        stage_release(stage);
        return NULL;
    }
    set_key_prefix(stage, contract, window);
    stage->copy_sql = copy_statement(stage);
    return stage;
}

static void drop_table(const struct stage *stage)
{
    struct err ignored;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "drop table if exists %s", stage->name);
    if (!pg_is_lost(stage->pg) && !pg_exec(stage->pg, buf_text(&sql), &ignored))
        err_clear(&ignored); /* the session's end drops it */
}

const char *stage_name(const struct stage *stage)
{
    return stage->name;
}

void stage_release(struct stage *stage)
{
    if (!stage)
        return;
    if (stage->copying)
        pg_copy_abandon(stage->pg, "the rows cannot be loaded");
    drop_table(stage);
    row_key_release(stage->key);
    key_filter_release(stage->filter);
    proof_release(stage->proof);
    buf_release(&stage->rows);
    free(stage->values);
    free(stage->absences);
    free(stage->rooms);
    free(stage->copy_sql);
    free(stage);
}

void stage_cleanup(struct stage **stage)
{
    stage_release(*stage);
}

/* The column's type in the stage; what is there is asked, since a rollback may have taken a change back. */
static bool retype(struct stage *stage, const char *name, const char *type_name, struct buf *sql,
                   struct err *err)
{
    const struct target *target = stage->target;
    for (size_t i = 0; i < target->count; i++) {
        const struct target_column *column = &target->columns[i];
        enum column_type type;
        if (strcmp(column->name, name) != 0)
            continue;
        if (!column_type_parse(type_name, &type))
            return err_set(err, ERR_BUG, "the stage has a column %s of type %s", name, type_name);
        if (type == column->type)
            continue;
        if (sql->length > 0)
            buf_put(sql, ", ");
        else
            buf_print(sql, "alter table %s ", stage->name);
        target_put_retype(column, type, sql);
    }
    return true;
}

bool stage_follow_types(struct stage *stage, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *columns = pg_query(stage->pg, SQL_STAGE_COLUMNS, PG_PARAMS(stage->name), err);
    if (!columns)
        return false;
    for (int row = 0; row < PQntuples(columns); row++)
        if (!retype(stage, pg_value(columns, row, "name"), pg_value(columns, row, "type"), &sql, err))
            return false;
    return sql.length == 0 || pg_exec(stage->pg, buf_text(&sql), err) ||
           err_wrap(err, "cannot widen the stage table");
}

static bool refuse_size(const struct stage *stage, struct err *err)
{
    return err_set(err, ERR_DATA, "row %" PRIu64 " is larger than %zu bytes", stage->rows_added + 1,
                   MAX_ROW_BYTES);
}

bool stage_begin_page(struct stage *stage, struct err *err)
{
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

static void note_absence(struct absence *absence, const struct cell *cell)
{
    absence->was_empty |= cell->kind == CELL_TEXT;
    absence->was_null |= cell->kind == CELL_NULL;
}

bool stage_has_empty_and_null(const struct stage *stage, size_t column)
{
    return stage->absences[column].was_empty && stage->absences[column].was_null;
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
        note_absence(&stage->absences[column], cell);
    if (type == COLUMN_TEXT && target->in_key && !value->is_null)
        value_canonicalise(cell, target->is_open, value, room_of(stage, column));
    return put_value(&stage->rows, value, type) || refuse_size(stage, err);
}

static bool add_key(struct stage *stage, struct err *err)
{
    unsigned char bytes[ROW_KEY_BYTES];
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
    const int64_t day_us = INT64_C(86400000000);
    if (type != COLUMN_TIMESTAMP)
        return (date_t)value->number;
    return (date_t)((value->number - (value->number < 0 ? day_us - 1 : 0)) / day_us);
}

void stage_begin_part(struct stage *stage, const struct window *part)
{
    stage->part = *part;
    proof_keep(stage->proof);
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
        err_set(err, ERR_DATA,
                "row %" PRIu64 ", column %s: %s is not within %s, the days that were asked for",
                stage->rows_added + 1, name, text, window_format(&stage->part, part));
    return err_hint(err,
                    "is it a totals line, or does the job's `where` let other days in? Nothing was loaded");
}

/* A row must be of the days that were asked for: nothing else would ever find it again. */
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
    return (is_day && date >= stage->part.from && date < stage->part.to) ||
           refuse_day(stage, text_excerpt(value->bytes, value->length, shown, sizeof shown), err);
}

static void note_day(struct stage *stage)
{
    struct stage_days *days = &stage->days;
    size_t lead = stage->target->lead;
    if (lead == stage->target->count)
        return;
    const struct value *value = &stage->values[lead];
    if (value->is_null) {
        days->some_null = true;
        return;
    }
    date_t day = day_of(value, stage->target->columns[lead].type);
    days->first = days->any && days->first < day ? days->first : day;
    days->last = days->any && days->last > day ? days->last : day;
    days->any = true;
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
    for (size_t i = 0; i < count; i++)
        if (!add_value(stage, i, &cells[i], err))
            return false;
    if (!check_day(stage, err) || !add_key(stage, err))
        return false;
    note_day(stage);
    stage->rows_added++;
    return stage->rows.length < SEND_BYTES || send_rows(stage, err);
}

bool stage_end_page(struct stage *stage, struct err *err)
{
    uint64_t rows;
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

static const struct target_column *column_of(const struct target *target, const char *api_name)
{
    for (size_t i = 0; i < target->count; i++)
        if (text_same_name(target->columns[i].api_name, api_name))
            return &target->columns[i];
    return NULL;
}

bool stage_take_back(struct stage *stage, const char *date_name, const struct window *part, uint64_t keep,
                     struct err *err)
{
    struct window_days days;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    const struct target_column *column = column_of(stage->target, date_name);
    window_put_days(part, &days);
    if (!column)
        return err_set(err, ERR_DATA, "the result has no column %s, which it was asked for", date_name);
    buf_print(&sql, "delete from %s where ", stage->name);
    pg_put_identifier(&sql, column->name);
    buf_put(&sql, " >= $1::date and ");
    pg_put_identifier(&sql, column->name);
    buf_put(&sql, " < $2::date");
    SCOPED(pg_result)
    PGresult *deleted = pg_query(stage->pg, buf_text(&sql), PG_PARAMS(days.from, days.to), err);
    if (!deleted)
        return err_wrap(err, "cannot take rows back from the stage table");
    stage->rows_confirmed -= pg_rows_affected(deleted);
    stage->rows_added = stage->rows_confirmed;
    proof_restore(stage->proof);
    return stage->rows_confirmed == keep ||
           err_set(err, ERR_DATA, "a result has rows of other days than %s to %s, which it was asked for",
                   days.from, days.to);
}

struct stage_days stage_days(const struct stage *stage)
{
    return stage->days;
}

bool stage_suspects(const struct stage *stage, const unsigned char **keys, size_t *count)
{
    return key_filter_suspects(stage->filter, keys, count);
}

uint64_t stage_rows(const struct stage *stage)
{
    return stage->rows_confirmed;
}
