#include "run/source_changes.h"

#include "api/usage_last.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/text.h"

/* The answer only saves requests: a longer wait would cost more than loading everything. */
#define ASK_TIMEOUT_MS 300000

bool source_changes_concern(const struct work_unit *unit)
{
    return unit->job->window.present && unit->job->window.skip_unchanged && !unit->rebuild &&
           unit->refused.kind == ERR_NONE;
}

/* The shortest timeout of the jobs that wait for the contract's answer. */
static int64_t timeout_ms(const struct schedule *schedule, const char *contract)
{
    int64_t shortest_ms = ASK_TIMEOUT_MS;
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct work_unit *unit = &schedule->units[i];
        if (source_changes_concern(unit) && text_equal(unit->contract, contract) &&
            unit->job->timeout_ms < shortest_ms)
            shortest_ms = unit->job->timeout_ms;
    }
    return shortest_ms;
}

static bool ask(struct api *api, const char *contract, struct arena *arena, struct err *err)
{
    struct source_pairs pairs;
    progress_begin("usage changes", contract);
    progress_phase("asking");
    bool answered = usage_last_fetch(api, contract, arena, &pairs, err);
    progress_leave();
    return answered && source_change_remember(api->pg, contract, &pairs, err);
}

/* Whether another contract would have no answer either: the service cannot be reached, or asks to wait. */
static bool concerns_all(const struct err *err)
{
    return err->kind == ERR_UNAVAILABLE || err->kind == ERR_LATER;
}

/* Returns whether the contract's answer is there. */
static bool ask_for(struct api *api, const char *contract, struct arena *arena, struct err *err)
{
    SCOPED(log_scope) struct log_scope scope = log_enter(&(struct log_context){.contract = contract});
    if (ask(api, contract, arena, err))
        return true;
    if (!stop_requested())
        log_warn("changes-unknown", "cannot ask the service what has changed, so everything is loaded%s: %s",
                 concerns_all(err) ? ", and no other contract is asked for" : "", err->text);
    return false;
}

void source_changes_ask(struct api *api, const struct schedule *schedule, struct arena *arena,
                        struct source_changes *changes)
{
    struct text_list asked = {0};
    bool goes_on = true;
    *changes = (struct source_changes){0};
    for (size_t i = 0; i < schedule->unit_count && !stop_requested() && goes_on; i++) {
        struct err err = {0};
        const char *contract = schedule->units[i].contract;
        if (!source_changes_concern(&schedule->units[i]) || text_list_has(&asked, contract))
            continue;
        arena_add_text(arena, &asked, contract);
        api->deadline_ms = clock_deadline(timeout_ms(schedule, contract));
        pg_set_deadline(api->pg, api->deadline_ms);
        bool answered = ask_for(api, contract, arena, &err);
        goes_on = answered || !concerns_all(&err);
        if (answered)
            arena_add_text(arena, &changes->contracts, contract);
    }
    changes->requests = api->requests;
}
