#include "state/run_list.h"

#include "base/text.h"
#include "sql/statements.h"

static enum run_status status_of(const char *text)
{
    if (text_equal(text, "running"))
        return RUN_RUNNING;
    if (text_equal(text, "succeeded"))
        return RUN_SUCCEEDED;
    return text_equal(text, "skipped") ? RUN_SKIPPED : RUN_FAILED;
}

/* NULL for null. Versions before 0.2 stored texts of the service as they came. */
static const char *copy(const PGresult *result, int row, const char *column, struct arena *arena)
{
    if (pg_null(result, row, column))
        return NULL;
    char *text = arena_copy_text(arena, pg_value(result, row, column));
    text_make_safe(text);
    return text;
}

static struct run_row read_row(const PGresult *result, int row, struct arena *arena)
{
    struct run_row read = {
        .run_id = pg_integer(result, row, "run_id"),
        .invocation_id = copy(result, row, "invocation_id", arena),
        .chunk = pg_count(result, row, "chunk"),
        .chunks = pg_count(result, row, "chunks"),
        .status = status_of(pg_value(result, row, "status")),
        .is_unchanged = pg_flag(result, row, "is_unchanged"),
        .runner_is_gone = pg_flag(result, row, "runner_is_gone"),
        .window_given = pg_flag(result, row, "window_given"),
        .source = copy(result, row, "source", arena),
        .started_ms = pg_integer(result, row, "started_ms"),
        .finished_ms = pg_integer(result, row, "finished_ms"),
        .rows_read = pg_count(result, row, "rows_read"),
        .counts = {.inserted = pg_count(result, row, "rows_inserted"),
                   .updated = pg_count(result, row, "rows_updated"),
                   .unchanged = pg_count(result, row, "rows_unchanged"),
                   .deleted = pg_count(result, row, "rows_deleted")},
        .requests = pg_count(result, row, "requests"),
        .schema_changes = copy(result, row, "schema_changes", arena),
        .error = copy(result, row, "error", arena),
        .error_kind = copy(result, row, "error_kind", arena),
        .error_hint = copy(result, row, "error_hint", arena),
        .host = copy(result, row, "host", arena),
        .pid = (int)pg_integer(result, row, "pid"),
    };
    read.window.bounded = pg_day(result, row, "window_start", &read.window.from) &&
                          pg_day(result, row, "window_end", &read.window.to);
    return read;
}

static bool is_of(const struct run_list_of_job *history, const PGresult *result, int row)
{
    return text_equal(history->job, pg_value(result, row, "job")) &&
           text_equal(history->contract, pg_value(result, row, "contract_number"));
}

static void add_rows(const PGresult *result, struct arena *arena, struct run_list *list)
{
    for (int row = 0; row < PQntuples(result); row++) {
        if (list->count == 0 || !is_of(&list->items[list->count - 1], result, row)) {
            struct run_list_of_job *begun = arena_push(arena, &list->items, &list->count, sizeof *begun);
            begun->job = copy(result, row, "job", arena);
            begun->contract = copy(result, row, "contract_number", arena);
        }
        struct run_list_of_job *history = &list->items[list->count - 1];
        struct run_row *slot = arena_push(arena, &history->rows, &history->row_count, sizeof *slot);
        *slot = read_row(result, row, arena);
    }
}

static bool fail_reading(struct err *err)
{
    if (err->kind == ERR_AUTH)
        err_hint(err, "grant the role usage on schema tokenflex_etl, and select on its tables");
    return err_wrap(err, "cannot read the run table");
}

bool run_list_read(struct pg *pg, const struct run_list_wanted *wanted, struct arena *arena,
                   struct run_list *list, struct err *err)
{
    char max_rows[PG_NUMBER];
    *list = (struct run_list){0};
    SCOPED(pg_result) PGresult *exists = pg_query(pg, SQL_RUN_TABLE_EXISTS, PG_NO_PARAMS, err);
    if (!exists)
        return err_wrap(err, "cannot read the run table");
    list->has_table = pg_flag(exists, 0, "has_table");
    list->now_ms = pg_integer(exists, 0, "now_ms");
    if (!list->has_table)
        return true;
    if (!pg_exec(pg, SQL_RUN_LIST_SETTINGS, err))
        return err_wrap(err, "cannot read the run table");
    SCOPED(pg_result)
    PGresult *found = pg_query(
        pg, SQL_RUN_LIST,
        PG_PARAMS(wanted->job, wanted->contract, pg_number((int64_t)wanted->max_rows, max_rows)), err);
    if (!found)
        return fail_reading(err);
    add_rows(found, arena, list);
    for (size_t i = 0; i < list->count; i++)
        list->items[i].is_whole = list->items[i].row_count < wanted->max_rows;
    return true;
}

bool run_list_read_data_through(struct pg *pg, struct run_list *list, struct err *err)
{
    if (!list->has_table)
        return true;
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_RUN_DATA_THROUGH, PG_NO_PARAMS, err);
    if (!found)
        return fail_reading(err);
    for (int row = 0; row < PQntuples(found); row++) {
        size_t i = 0;
        while (i < list->count && !is_of(&list->items[i], found, row))
            i++;
        if (i < list->count)
            list->items[i].has_data = pg_day(found, row, "data_through", &list->items[i].data_through);
    }
    return true;
}
