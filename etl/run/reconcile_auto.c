#include "run/reconcile_auto.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/text.h"
#include "run/session.h"
#include "state/reconciliation.h"
#include "state/target_filter.h"

/* The time limit for connecting and finding out what is due; after a stop, for releasing claims. */
#define READ_TIMEOUT_MS 60000
#define RELEASE_AFTER_STOP_MS 1000

bool reconcile_auto_has(const struct job *job)
{
    struct totals_rule rule;
    const char *reason;
    return job->enabled && job->reconcile == JOB_RECONCILE_AUTO && totals_rule_of(job, &rule, &reason);
}

bool reconcile_auto_holds_month(const struct window *window, date_t today)
{
    date_t first = date_month_start(window->from);
    date_t month = first < window->from ? date_add_months(first, 1) : first;
    date_t end = date_add_months(month, 1);
    return !window->bounded || (end <= window->to && end <= today);
}

static void add_text(struct text_list *list, const char *text, struct arena *arena)
{
    if (!text_list_has(list, text))
        arena_add_text(arena, list, text);
}

/* The contracts for which the run has loaded a table that may be compared, or has found it unchanged. */
static struct text_list loaded_contracts(const struct run_outcome *outcome, struct arena *arena)
{
    struct text_list contracts = {0};
    for (size_t i = 0; i < outcome->count; i++) {
        const struct run_item *item = &outcome->items[i];
        if ((item->result.status == CHUNK_SUCCEEDED || item->result.is_unchanged) &&
            reconcile_auto_has(item->chunk.job))
            add_text(&contracts, item->chunk.contract, arena);
    }
    return contracts;
}

/* Appends the tables that may be compared, one per line. */
static void put_tables(const struct jobs *defined, struct buf *tables)
{
    for (size_t i = 0; i < defined->count; i++)
        if (reconcile_auto_has(&defined->items[i]))
            buf_print(tables, "%s%s", tables->length > 0 ? "\n" : "", defined->items[i].target.table);
}

bool reconcile_auto_is_due(const struct run_options *run, const char *contract, bool will_hold, struct pg *pg,
                           bool *is_due, struct err *err)
{
    SCOPED(buf) struct buf tables = buf_make(BUF_OWN_TEXT);
    put_tables(run->defined, &tables);
    struct reconciliation_due due = {contract, run->settings->database.schema, buf_text(&tables), will_hold};
    return reconciliation_is_due(pg, &due, is_due, err);
}

static struct pg *connect(const struct reconcile_auto *after, struct err *err)
{
    struct pg_options options = {
        .dsn = after->run->settings->database.dsn,
        .application_name = "tokenflex-etl reconcile",
        .limit_ms = stop_requested() ? RELEASE_AFTER_STOP_MS : READ_TIMEOUT_MS,
        .ignores_stop = stop_requested(),
    };
    struct pg *pg = pg_connect(&options, err);
    if (pg && !pg_set_lock_timeout(pg, err)) {
        pg_close(pg);
        return NULL;
    }
    return pg;
}

/* Claims the contracts whose summary this run may request. */
static bool claim(const struct reconcile_auto *after, struct pg *pg, struct arena *arena,
                  struct text_list *claimed, struct err *err)
{
    struct text_list contracts = loaded_contracts(after->outcome, arena);
    for (size_t i = 0; i < contracts.count; i++) {
        bool is_ours;
        if (!reconcile_auto_is_due(after->run, contracts.items[i], false, pg, &is_ours, err) ||
            (is_ours && !reconciliation_claim(pg, contracts.items[i], &is_ours, err)))
            return false;
        if (is_ours)
            add_text(claimed, contracts.items[i], arena);
    }
    return true;
}

/* Whether the job loads the contract: its list has it, or a run has loaded it into the job's table. That may
 * be another run: tables of jobs that another timer or host runs are compared too. */
static bool find_contract(const struct reconcile_auto *after, const struct job *job, const char *contract,
                          struct pg *pg, bool *found, struct err *err)
{
    const struct target_filter *filter;
    struct target_name table = {after->run->settings->database.schema, job->target.table};
    if (job->contracts == JOB_CONTRACTS_LISTED) {
        *found = text_list_has(&job->contract_numbers, contract);
        return true;
    }
    SCOPED(arena) struct arena *arena = arena_make();
    bool read = target_filter_read(pg, &table, contract, arena, &filter, err);
    *found = read && filter;
    return read;
}

/* The jobs that may be compared, each with those of the claimed contracts that it loads. */
struct choice {
    const struct job **jobs;
    size_t count;
};

static bool choose(const struct reconcile_auto *after, const struct text_list *claimed, struct pg *pg,
                   struct arena *arena, struct choice *choice, struct err *err)
{
    const struct jobs *defined = after->run->defined;
    for (size_t i = 0; i < defined->count; i++) {
        bool found;
        struct job *job = arena_alloc(arena, 1, sizeof *job);
        *job = defined->items[i];
        job->contracts = JOB_CONTRACTS_LISTED;
        job->contract_numbers = (struct text_list){0};
        for (size_t k = 0; k < claimed->count && reconcile_auto_has(job); k++) {
            if (!find_contract(after, &defined->items[i], claimed->items[k], pg, &found, err))
                return false;
            if (found)
                add_text(&job->contract_numbers, claimed->items[k], arena);
        }
        if (job->contract_numbers.count > 0)
            *(const struct job **)arena_push(arena, &choice->jobs, &choice->count, sizeof job) = job;
    }
    return true;
}

static bool begin(const struct reconcile_auto *after, struct arena *arena, struct text_list *claimed,
                  struct choice *choice, struct err *err)
{
    if (loaded_contracts(after->outcome, arena).count == 0)
        return true;
    SCOPED(pg) struct pg *pg = connect(after, err);
    return pg && claim(after, pg, arena, claimed, err) && choose(after, claimed, pg, arena, choice, err);
}

static bool has_summary(const struct reconcile_outcome *outcome, const char *contract)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].has_summary && text_equal(outcome->items[i].contract, contract))
            return true;
    return false;
}

/* Releases the contracts whose summary was not received, so that a later run of the day may request it. */
static void release(const struct reconcile_auto *after, const struct text_list *claimed,
                    const struct reconcile_outcome *outcome)
{
    struct err err;
    SCOPED(pg) struct pg *pg = NULL;
    for (size_t i = 0; i < claimed->count; i++) {
        if (has_summary(outcome, claimed->items[i]))
            continue;
        pg = pg ? pg : connect(after, &err);
        if (pg && reconciliation_release(pg, claimed->items[i], &err))
            continue;
        log_warn("not-compared", "the contract's summary will not be requested again today: %s", err.text);
        return;
    }
}

void reconcile_after_run(const struct reconcile_auto *after, struct arena *arena,
                         struct reconcile_outcome *outcome)
{
    struct err err = {0};
    char invocation_id[UUID_TEXT];
    struct text_list claimed = {0};
    struct choice choice = {0};
    *outcome = (struct reconcile_outcome){0};
    if (stop_requested())
        return;
    bool begun = begin(after, arena, &claimed, &choice, &err);
    struct reconcile_options options = {
        .settings = after->run->settings,
        .jobs = choice.jobs,
        .job_count = choice.count,
        .defined = after->run->defined,
        .repair = true,
        .after_run = true,
        .today = date_of_wall(clock_wall_ms()),
        .host = after->run->host,
        .invocation_id = invocation_id,
        .user_agent = after->run->user_agent,
    };
    if (begun && choice.count > 0)
        begun = random_uuid(invocation_id, &err) && reconcile(&options, arena, outcome, &err);
    if (!begun)
        log_warn("not-compared", "what is loaded is not compared with the service's own totals: %s",
                 err.text);
    release(after, &claimed, outcome);
}
