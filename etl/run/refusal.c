#include "run/refusal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "run/chunk_record.h"
#include "run/session.h"
#include "state/budget.h"
#include "state/contracts.h"

/* The time for connecting and writing. */
#define RECORD_MS 10000

/* False for a word that stands for contracts that are not known: `active` or `all`. */
static bool is_contract_number(const char *contract)
{
    return !text_equal(contract, "active") && !text_equal(contract, "all");
}

/* Does nothing for contracts that are not known. */
static bool record(const struct run_options *options, const struct work_unit *unit, struct pg *pg,
                   struct err *err)
{
    int64_t run_id;
    if (!is_contract_number(unit->contract))
        return true;
    const struct run_item *item = &unit->items[0];
    struct chunk_context context = {
        .settings = options->settings,
        .host = options->host,
        .invocation_id = options->invocation_id,
        .window_given = schedule_window_given(&options->schedule),
    };
    struct request_counts requests = {.total = item->chunk.requests_before};
    SCOPED(chunk_record) struct chunk_record chunk;
    chunk_record_make(&chunk, &context, &item->chunk, item->result.source);
    return run_record_start(pg, &chunk.entry, &run_id, err) &&
           run_record_fail(pg, run_id, requests, &unit->refused, err);
}

void refusal_record(const struct run_options *options, const struct work_unit *unit, struct pg *pg)
{
    struct err err = {0};
    if (!record(options, unit, pg, &err))
        log_warn("run-log", "%s: `status` will not show that it failed", err.text);
}

/* The context of list_known(), the struct contract_lister of a run that cannot begin. */
struct known_contracts {
    const struct run_options *options;
    const struct err *reason;
    struct pg *pg;
};

static bool list_known(void *context, struct arena *arena, struct contracts *contracts, uint64_t *requests,
                       struct err *err)
{
    struct err ignored;
    const struct known_contracts *known = context;
    struct budget budget = budget_of(known->options->settings);
    *requests = 0;
    if (!contracts_known(known->pg, budget.account, arena, contracts, &ignored))
        *contracts = (struct contracts){0};
    *err = *known->reason;
    return false;
}

static bool record_all(const struct run_options *options, struct pg *pg, const struct err *reason,
                       struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct schedule schedule;
    struct known_contracts known = {options, reason, pg};
    struct contract_lister source = {list_known, &known};
    schedule_make(&options->schedule, &source, arena, &schedule);
    for (size_t i = 0; i < schedule.unit_count; i++) {
        schedule.units[i].refused = *reason;
        if (!record(options, &schedule.units[i], pg, err))
            return false;
    }
    return true;
}

void refusal_record_run(const struct run_options *options, const struct err *reason)
{
    struct err err;
    struct session session = {.settings = options->settings};
    if (run_is_shared(options))
        return;
    session_set_deadline(&session, clock_deadline(RECORD_MS));
    if (!session_connect(&session, &err) || !record_all(options, session.pg, reason, &err))
        log_debug("run-log", "%s: the run table does not say that the run could not begin", err.text);
    session_close(&session);
}
