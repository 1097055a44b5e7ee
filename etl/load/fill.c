#include "load/fill.h"

#include "base/text.h"
#include "load/adoption.h"
#include "load/lost_rows.h"
#include "load/misplaced_rows.h"
#include "load/row_copy.h"
#include "sql/statements.h"
#include "state/lock.h"
#include "wire/pg/copy_format.h"

#include <string.h>

static bool checks_read_stage(const struct job_checks *checks)
{
    return checks->not_null.count > 0 || checks->value_list_count > 0 || checks->queries.count > 0;
}

static bool is_empty(const struct load_scope *scope, struct pg *pg, bool *empty, struct err *err)
{
    const struct target *target = scope->target;
    SCOPED(statement) struct statement statement = statement_make();
    /* Not `exists`: the nodes of a cluster would send every row of it to the coordinator. */
    statement_put(&statement, "select 1 from ");
    scope_put_table(scope, &statement);
    statement_put(&statement, " where ");
    scope_put(scope, &statement);
    statement_put(&statement, " limit 1");
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    *empty = found && PQntuples(found) == 0;
    /* If the table was dropped meanwhile, that is reported where the table is locked (load/grain). */
    bool is_gone = text_equal(err->sqlstate, "42P01") || text_equal(err->sqlstate, "3F000");
    if (!found && is_gone)
        err_clear(err);
    if (found || is_gone)
        return true;
    (void)err_wrap(err, "cannot read table %s.%s", target->schema, target->table);
    if (text_equal(err->sqlstate, "55P03"))
        lock_explain_wait(pg, target->schema, target->table, err);
    return false;
}

/* The tool's own columns, and the types in which their values are encoded. */
static const struct {
    const char *name;
    const char *type;
} own_columns[] = {
    {"contract_number", "text"}, {"window_start", "date"}, {"window_end", "date"},
    {"_row_key", "uuid"},        {"_run_id", "bigint"},    {"_synced_at", "timestamp with time zone"},
};

static const char *own_type(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(own_columns); i++)
        if (text_equal(own_columns[i].name, name))
            return own_columns[i].type;
    return NULL;
}

/* A binary COPY takes the bytes of a value as the column's type without any check. */
static bool has_own_types(const struct target *target, struct pg *pg, bool *has, struct err *err)
{
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(target->schema, target->table), err);
    *has = true;
    for (int row = 0; columns && row < PQntuples(columns); row++) {
        const char *type = own_type(pg_value(columns, row, "name"));
        *has = *has && (!type || text_equal(pg_value(columns, row, "type"), type));
    }
    return columns != NULL;
}

/* Whether the table stores the rows as they are written, each key once: it has no triggers, its own columns
 * have the types that the tool gives them, and its unique index is there. */
static bool keeps_rows(const struct target *target, struct pg *pg, bool *keeps, struct err *err)
{
    bool has_triggers;
    bool has_types;
    bool has_index = true;
    if (!target_has_triggers(target, pg, &has_triggers, err) || !has_own_types(target, pg, &has_types, err) ||
        (target->exists && !adoption_find_index(target, pg, &has_index, err)))
        return false;
    *keeps = !has_triggers && has_types && has_index;
    return true;
}

bool fill_is_possible(const struct target *target, const char *contract, const struct window *window,
                      struct pg *pg, bool *possible, struct err *err)
{
    struct window_days days;
    const struct load_scope scope = {.target = target, .contract = contract, .days = &days};
    window_put_days(window, &days);
    *possible = target->job->target.mode == JOB_UPSERT && !checks_read_stage(&target->job->checks) &&
                !(target->exists && (target->windowed || !target_key_has_day(target)));
    if (!*possible || !target->exists)
        return true;
    bool keeps;
    bool has_dateless;
    if (!is_empty(&scope, pg, possible, err))
        return false;
    if (!*possible)
        return true;
    if (!keeps_rows(target, pg, &keeps, err) || !misplaced_rows_has_dateless(&scope, pg, &has_dateless, err))
        return false;
    *possible = keeps && !has_dateless;
    return true;
}

bool fill_check_table(const struct target *target, struct pg *pg, struct err *err)
{
    bool keeps;
    if (!keeps_rows(target, pg, &keeps, err))
        return false;
    return keeps || err_set(err, ERR_DATA,
                            "table %s.%s has triggers or column types that may change written rows, or no "
                            "unique index on its key",
                            target->schema, target->table);
}

static bool put_window_day(struct buf *buf, const char *day)
{
    date_t date = 0;
    return !day || !date_parse(day, strlen(day), &date) ? copy_put_null(buf) : copy_put_date(buf, date);
}

static bool fill_frame(const struct load_scope *scope, int64_t run_id, int64_t now_us,
                       struct row_frame *frame)
{
    bool windowed = scope->target->windowed;
    frame->count = windowed ? 5 : 3;
    return copy_put_text(&frame->before, scope->contract, strlen(scope->contract)) &&
           (!windowed || (put_window_day(&frame->before, scope->days->from) &&
                          put_window_day(&frame->before, scope->days->to))) &&
           copy_put_bigint(&frame->after, run_id) && copy_put_timestamp(&frame->after, now_us);
}

/* The start of this transaction, as now() returns it: microseconds since 1970. */
static bool read_now(struct pg *pg, int64_t *now_us, struct err *err)
{
    SCOPED(pg_result) PGresult *now = pg_query(pg, SQL_TRANSACTION_TIME, PG_NO_PARAMS, err);
    if (now)
        *now_us = pg_integer(now, 0, "now_us");
    return now != NULL;
}

/* No other transaction sees a table that this one has created, so its rows can be written as frozen (FREEZE),
 * and vacuum need not freeze them later. PostgreSQL does not allow FREEZE if the rows go to partitions or
 * nodes. */
static void put_copy(const struct load_scope *scope, const char *standalone, struct statement *statement)
{
    const struct target *target = scope->target;
    bool freezes = standalone || (!target->exists && target->partition_by == JOB_PARTITION_NONE &&
                                  !target_distribution(target));
    statement_put(statement, "copy ");
    statement_put_identifier(statement, target->schema);
    statement_put(statement, ".");
    statement_put_identifier(statement, standalone ? standalone : target->table);
    statement_put(statement,
                  target->windowed ? " (contract_number, window_start, window_end, " : " (contract_number, ");
    scope_put_columns(scope, "", statement);
    statement_put(statement, ", _row_key, _run_id, _synced_at) from stdin (format binary");
    statement_put(statement, freezes ? ", freeze)" : ")");
}

bool fill_run(const struct fill *fill, struct pg *pg, uint64_t *rows, struct err *err)
{
    const struct load_scope *scope = fill->scope;
    int64_t now_us;
    const struct target *target = scope->target;
    SCOPED(row_frame) struct row_frame frame = row_frame_make();
    SCOPED(statement) struct statement statement = statement_make();
    if (!read_now(pg, &now_us, err))
        return false;
    if (!fill_frame(scope, fill->run_id, now_us, &frame))
        return err_set(err, ERR_BUG, "the tool's own values of a row do not fit their buffer");
    put_copy(scope, fill->standalone, &statement);
    return row_copy(stage_file(fill->stage), &frame, buf_text(&statement.sql), pg, rows, err) ||
           err_wrap(err, "cannot insert into table %s.%s", target->schema, target->table);
}
