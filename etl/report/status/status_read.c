#include "base/log.h"
#include "load/reports.h"
#include "report/status/history.h"
#include "report/status/status.h"

/* Enough for many nights of a job with monthly chunks, and for some with daily chunks. */
#define ROWS_AT_FIRST 100

static bool read_budget(struct pg *pg, struct status *status, struct err *err)
{
    /* A block after a 429 response is stored even if there is no limit on our side. */
    return !status->has_table || budget_read(&status->budget, pg, 0, &status->level, err);
}

static bool read_kept_exports(struct pg *pg, struct arena *arena, struct status *status, struct err *err)
{
    return !status->has_table ||
           remote_exports_kept(pg, arena, &status->kept_exports, &status->kept_export_count, err);
}

static bool read_token_budgets(const struct status_options *options, struct pg *pg, struct arena *arena,
                               struct status *status, struct err *err)
{
    const struct settings *settings = options->settings;
    struct token_budget_request request = {&settings->budgets, settings->database.schema,
                                           date_of_wall(status->now_ms)};
    struct forecast forecast = {0};
    struct err ignored = {0};
    if (!status->has_table || options->names || settings->budgets.count == 0)
        return true;
    /* Without a forecast the use of the budgets is still shown. */
    if (!forecast_read(pg, settings->database.schema, arena, &forecast, &ignored))
        log_warn("no-forecast", "%s", ignored.text);
    return token_budget_uses_read(&request, &forecast, pg, arena, &status->token_budgets, err);
}

static bool read_stale_views(const struct status_options *options, struct pg *pg, struct arena *arena,
                             struct status *status, struct err *err)
{
    return options->names ||
           reports_find_stale(pg, options->settings->database.schema, arena, &status->stale_views, err);
}

static bool read_all(const struct status_options *options, struct pg *pg, struct arena *arena,
                     struct status *status, struct err *err)
{
    struct run_list histories;
    struct reconciliation_list differences;
    struct source_through_list through;
    struct history_wanted wanted = {.rows_at_first = ROWS_AT_FIRST, .invocations = STATUS_TREND};
    if (!history_read(&wanted, pg, arena, &histories, err) ||
        !run_list_read_data_through(pg, &histories, err) ||
        !status_make(options, &histories, arena, status, err) || !read_budget(pg, status, err) ||
        !read_kept_exports(pg, arena, status, err) || !reconciliation_list(pg, arena, &differences, err) ||
        !source_change_data_through(pg, arena, &through, err) ||
        !work_view_read(pg, options->settings->run.share, NULL, arena, &status->share, err))
        return false;
    status_take_differences(&differences, status);
    status_take_source(options, &through, status);
    return read_stale_views(options, pg, arena, status, err) &&
           read_token_budgets(options, pg, arena, status, err);
}

bool status_read(const struct status_options *options, struct pg *pg, struct arena *arena,
                 struct status *status, struct err *err)
{
    if (!pg_exec(pg, "begin read only", err))
        return false;
    bool read = read_all(options, pg, arena, status, err);
    pg_rollback(pg);
    return read;
}
