#include "run/report_views.h"

#include "base/log.h"
#include "base/stop.h"
#include "load/reports.h"

/* The time limit for connecting, and for each answer. */
#define LIMIT_MS 60000

static bool has_loaded(const struct run_outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].result.status == CHUNK_SUCCEEDED)
            return true;
    return false;
}

static const char *join(const struct text_list *names, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < names->count; i++)
        text = arena_print(arena, "%s%s%s", text, i > 0 ? ", " : "", names->items[i]);
    return text;
}

static void renew(const struct settings *settings, struct pg *pg, const struct text_list *stale,
                  struct arena *arena)
{
    struct err err;
    const struct target_schema target = {settings->database.schema, &settings->database.grant_select_to};
    if (reports_renew(pg, &target, stale, arena, &err))
        log_info("views-renewed", "%s: now of the tables that exist", join(stale, arena));
    else
        log_warn("views-old",
                 "%s: not of the tables that exist now, until their owner runs "
                 "`tokenflex-etl init --reports`: %s",
                 join(stale, arena), err.text);
}

void report_views_after_run(const struct settings *settings, const struct run_outcome *outcome)
{
    struct err err;
    struct text_list stale;
    struct pg_options options = {
        .dsn = settings->database.dsn, .application_name = "tokenflex-etl views", .limit_ms = LIMIT_MS};
    if (!has_loaded(outcome) || stop_requested())
        return;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = pg_connect(&options, &err);
    if (!pg || !reports_find_stale(pg, settings->database.schema, arena, &stale, &err))
        log_warn("views-unknown", "cannot look at the report views: %s", err.text);
    else if (stale.count > 0)
        renew(settings, pg, &stale, arena);
}
