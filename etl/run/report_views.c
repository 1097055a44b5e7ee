#include "run/report_views.h"

#include "base/log.h"
#include "base/stop.h"
#include "load/reports.h"

/* The time limit of all work, connecting included. */
#define LIMIT_MS 60000

static bool has_loaded(const struct run_outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].result.status == CHUNK_SUCCEEDED)
            return true;
    return false;
}

static void renew(const struct settings *settings, struct pg *pg, const struct text_list *stale,
                  struct arena *arena)
{
    struct err err;
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    const struct target_schema target = {settings->database.schema, &settings->database.grant_select_to};
    buf_put_list(&names, stale);
    if (reports_renew(pg, &target, stale, arena, &err))
        log_info("views-renewed", "%s: updated, because other tables exist now", buf_text(&names));
    else
        log_warn("views-old",
                 "%s: cannot be updated to the tables that exist now; let the owner of the views run "
                 "`tokenflex-etl init --reports`: %s",
                 buf_text(&names), err.text);
}

void report_views_after_run(const struct settings *settings, const struct run_outcome *outcome)
{
    struct err err;
    struct text_list stale;
    struct pg_options options = {
        .dsn = settings->database.dsn, .application_name = "tokenflex-etl views", .limit_ms = LIMIT_MS};
    if (!outcome->has_reports || !has_loaded(outcome) || stop_requested())
        return;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = pg_connect(&options, &err);
    if (!pg || !pg_set_lock_timeout(pg, &err) ||
        !reports_find_stale(pg, settings->database.schema, arena, &stale, &err))
        log_warn("views-unknown", "cannot look at the report views: %s", err.text);
    else if (stale.count > 0)
        renew(settings, pg, &stale, arena);
}
