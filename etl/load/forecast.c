#include "load/forecast.h"

#include "load/report_text.h"
#include "load/reports.h"
#include "sql/statements.h"

#include <stdio.h>

static struct forecast_day day_of(const PGresult *rows, int row, const char *column)
{
    struct forecast_day day;
    day.is_known = pg_day(rows, row, column, &day.day);
    return day;
}

static void add(const PGresult *rows, int row, struct arena *arena, struct forecast *forecast)
{
    struct forecast_item *item = arena_push(arena, &forecast->items, &forecast->count, sizeof *item);
    *item = (struct forecast_item){
        .contract = pg_copy(rows, row, "contract_number", arena),
        .contract_year = pg_copy(rows, row, "contract_year", arena),
        .state = pg_copy(rows, row, "state", arena),
        .start_date = day_of(rows, row, "start_date"),
        .end_date = day_of(rows, row, "end_date"),
        .as_of = day_of(rows, row, "as_of"),
        .tokens_left = pg_copy(rows, row, "tokens_left", arena),
        .tokens_a_day = pg_copy(rows, row, "tokens_a_day", arena),
        .tokens_a_day_until_end = pg_copy(rows, row, "tokens_a_day_until_end", arena),
        .runs_out_on = day_of(rows, row, "runs_out_on"),
        .runs_out_early = day_of(rows, row, "runs_out_early"),
        .runs_out_late = day_of(rows, row, "runs_out_late"),
        .left_at_end = pg_copy(rows, row, "left_at_end", arena),
        .left_at_end_low = pg_copy(rows, row, "left_at_end_low", arena),
        .left_at_end_high = pg_copy(rows, row, "left_at_end_high", arena),
        .usage_through = day_of(rows, row, "usage_through"),
        .usage_days = pg_count(rows, row, "usage_days"),
        .remark = pg_copy(rows, row, "remark", arena),
    };
}

/* Sets ERR_AUTH, with the SQLSTATE that PostgreSQL has for a table that the role may not read. Returns false.
 */
static bool refuse_schema(const char *schema, struct err *err)
{
    err_set(err, ERR_AUTH, "the role may not use the schema %s", schema);
    snprintf(err->sqlstate, sizeof err->sqlstate, "42501");
    return false;
}

static bool read_rows(struct pg *pg, const char *schema, struct arena *arena, struct forecast *forecast,
                      struct err *err)
{
    const struct sql_report *view = report_text_find("report_forecast");
    struct report_tables needed;
    struct report_tables used;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (!reports_split_tables(pg, schema, view->needs, arena, &needed, err) ||
        !reports_split_tables(pg, schema, view->uses, arena, &used, err))
        return false;
    if (needed.is_forbidden)
        return refuse_schema(schema, err);
    forecast->missing = needed.missing;
    if (needed.missing.count > 0)
        return true;
    reports_put_search_path(schema, &sql);
    /* Compiling the statement takes longer than running it. */
    buf_put(&sql, "; set local jit to off");
    if (!pg_exec(pg, buf_text(&sql), err))
        return false;
    buf_clear(&sql);
    report_text_put_query(view, &used.existing, &sql);
    SCOPED(pg_result) PGresult *rows = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    if (!rows)
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        add(rows, row, arena, forecast);
    return true;
}

bool forecast_read(struct pg *pg, const char *schema, struct arena *arena, struct forecast *forecast,
                   struct err *err)
{
    struct err failed;
    bool is_inside = pg_in_transaction(pg);
    *forecast = (struct forecast){0};
    if (!pg_exec(pg, is_inside ? "savepoint forecast" : "begin read only", err))
        return false;
    bool read = read_rows(pg, schema, arena, forecast, err) || err_wrap(err, "cannot make the forecast");
    if (!is_inside)
        pg_rollback(pg);
    else if (!pg_exec(pg, "rollback to savepoint forecast; release savepoint forecast", &failed) && read) {
        *err = failed;
        return false;
    }
    return read;
}
