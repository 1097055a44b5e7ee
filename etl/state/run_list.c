#include "state/run_list.h"

#include "base/text.h"
#include "sql/statements.h"

#include <string.h>

/* The columns of run_list.sql. */
enum column {
    COLUMN_JOB,
    COLUMN_CONTRACT,
    COLUMN_RUNS,
    COLUMN_THROUGH,
    COLUMN_RUN_ID,
    COLUMN_WINDOW_START,
    COLUMN_WINDOW_END,
    COLUMN_SOURCE,
    COLUMN_STATUS,
    COLUMN_STARTED,
    COLUMN_FINISHED,
    COLUMN_READ,
    COLUMN_INSERTED,
    COLUMN_UPDATED,
    COLUMN_UNCHANGED,
    COLUMN_DELETED,
    COLUMN_REQUESTS,
    COLUMN_ERROR,
    COLUMN_ERROR_KIND,
    COLUMN_ERROR_HINT,
    COLUMN_HOST,
    COLUMN_PID,
    COLUMN_GONE,
};

static enum run_status status_of(const char *text)
{
    if (text_equal(text, "running"))
        return RUN_RUNNING;
    if (text_equal(text, "succeeded"))
        return RUN_SUCCEEDED;
    return text_equal(text, "skipped") ? RUN_SKIPPED : RUN_FAILED;
}

static bool read_date(const PGresult *result, int row, enum column column, date_t *date)
{
    const char *text = pg_text(result, row, (int)column);
    return date_parse(text, strlen(text), date);
}

static const char *copy(const PGresult *result, int row, enum column column, struct arena *arena)
{
    return pg_is_null(result, row, (int)column) ? NULL
                                                : arena_copy_text(arena, pg_text(result, row, (int)column));
}

static uint64_t count(const PGresult *result, int row, enum column column)
{
    return (uint64_t)pg_int(result, row, (int)column);
}

static struct run_row read_row(const PGresult *result, int row, struct arena *arena)
{
    struct run_row read = {
        .run_id = pg_int(result, row, COLUMN_RUN_ID),
        .status = status_of(pg_text(result, row, COLUMN_STATUS)),
        .runner_is_gone = text_equal(pg_text(result, row, COLUMN_GONE), "t"),
        .source = copy(result, row, COLUMN_SOURCE, arena),
        .started_ms = pg_int(result, row, COLUMN_STARTED),
        .finished_ms = pg_int(result, row, COLUMN_FINISHED),
        .rows_read = count(result, row, COLUMN_READ),
        .counts = {.inserted = count(result, row, COLUMN_INSERTED),
                   .updated = count(result, row, COLUMN_UPDATED),
                   .unchanged = count(result, row, COLUMN_UNCHANGED),
                   .deleted = count(result, row, COLUMN_DELETED)},
        .requests = count(result, row, COLUMN_REQUESTS),
        .error = copy(result, row, COLUMN_ERROR, arena),
        .error_kind = copy(result, row, COLUMN_ERROR_KIND, arena),
        .error_hint = copy(result, row, COLUMN_ERROR_HINT, arena),
        .host = copy(result, row, COLUMN_HOST, arena),
        .pid = (int)pg_int(result, row, COLUMN_PID),
    };
    read.window.bounded = read_date(result, row, COLUMN_WINDOW_START, &read.window.from) &&
                          read_date(result, row, COLUMN_WINDOW_END, &read.window.to);
    return read;
}

static bool is_of(const struct run_list *histories, const PGresult *result, int row)
{
    if (histories->count == 0)
        return false;
    const struct run_list_of_job *last = &histories->items[histories->count - 1];
    return text_equal(last->job, pg_text(result, row, COLUMN_JOB)) &&
           text_equal(last->contract, pg_text(result, row, COLUMN_CONTRACT));
}

static void add_rows(const PGresult *result, struct arena *arena, struct run_list *histories)
{
    for (int row = 0; row < PQntuples(result); row++) {
        if (!is_of(histories, result, row)) {
            struct run_list_of_job *begun =
                arena_push(arena, &histories->items, &histories->count, sizeof *begun);
            begun->job = copy(result, row, COLUMN_JOB, arena);
            begun->contract = copy(result, row, COLUMN_CONTRACT, arena);
            begun->has_data = read_date(result, row, COLUMN_THROUGH, &begun->data_through);
        }
        struct run_list_of_job *history = &histories->items[histories->count - 1];
        struct run_row *slot = arena_push(arena, &history->rows, &history->row_count, sizeof *slot);
        *slot = read_row(result, row, arena);
        history->is_whole = history->row_count == count(result, row, COLUMN_RUNS);
    }
}

bool run_list_read(struct pg *pg, const struct run_list_wanted *wanted, struct arena *arena,
                   struct run_list *histories, struct err *err)
{
    char most_rows[PG_NUMBER];
    *histories = (struct run_list){0};
    SCOPED(pg_result) PGresult *exists = pg_query(pg, SQL_RUN_TABLE_EXISTS, PG_NO_PARAMS, err);
    if (!exists)
        return err_wrap(err, "cannot read the run table");
    histories->has_table = text_equal(pg_text(exists, 0, 0), "t");
    histories->now_ms = pg_int(exists, 0, 1);
    if (!histories->has_table)
        return true;
    SCOPED(pg_result)
    PGresult *found =
        pg_query(pg, SQL_RUN_HISTORIES,
                 PG_PARAMS(wanted->job, wanted->contract, pg_number(wanted->most_rows, most_rows)), err);
    if (!found) {
        if (err->kind == ERR_AUTH)
            err_hint(err, "grant the role usage on schema tokenflex_etl, and select on its tables");
        return err_wrap(err, "cannot read the run table");
    }
    add_rows(found, arena, histories);
    return true;
}
