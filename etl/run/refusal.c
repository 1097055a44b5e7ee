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

static bool record(const struct run_options *options, const struct work_unit *unit, struct pg *pg,
                   const struct err *reason, struct err *err)
{
    int64_t run_id;
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
           run_record_fail(pg, run_id, requests, reason, err);
}

void refusal_record(const struct run_options *options, const struct work_unit *unit, struct pg *pg)
{
    struct err err = {0};
    if (is_contract_number(unit->contract) && !record(options, unit, pg, &unit->refused, &err))
        log_warn("run-log", "%s: `status` will not show that it failed", err.text);
}

/* struct contract_lister of a run that cannot begin. */
struct knowing {
    const struct run_options *options;
    const struct err *reason;
    struct pg *pg;
};

static bool list_known(void *context, struct arena *arena, struct contracts *contracts, uint64_t *requests,
                       struct err *err)
{
    struct err ignored;
    const struct knowing *knowing = context;
    struct budget budget = budget_of(knowing->options->settings);
    *requests = 0;
    if (!contracts_known(knowing->pg, budget.account, arena, contracts, &ignored))
        *contracts = (struct contracts){0};
    *err = *knowing->reason;
    return false;
}

static void record_all(const struct run_options *options, struct pg *pg, const struct err *reason)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct schedule schedule;
    struct knowing knowing = {options, reason, pg};
    struct contract_lister source = {list_known, &knowing};
    schedule_make(&options->schedule, &source, arena, &schedule);
    for (size_t i = 0; i < schedule.unit_count; i++) {
        schedule.units[i].refused = *reason;
        refusal_record(options, &schedule.units[i], pg);
    }
}

void refusal_record_run(const struct run_options *options, const struct err *reason)
{
    struct err err;
    struct session session = {.settings = options->settings};
    if (run_is_shared(options))
        return;
    session_set_deadline(&session, clock_deadline(RECORD_MS));
    if (!session_connect(&session, &err)) {
        log_debug("run-log", "%s: the run table does not say that the run could not begin", err.text);
        return;
    }
    record_all(options, session.pg, reason);
    session_close(&session);
}
