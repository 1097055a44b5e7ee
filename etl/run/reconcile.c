#include "run/reconcile.h"

#include "api/contract.h"
#include "base/clock.h"
#include "base/exit_code.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/text.h"
#include "run/service.h"
#include "run/session.h"
#include "run/workers.h"
#include "state/schema.h"

struct reconciling {
    const struct reconcile_options *options;
    struct arena *arena;
    struct reconcile_outcome *outcome;
    struct service service;
    struct session session;
    int64_t deadline_ms; /* of the contract that is compared now */
    bool has_listed;
    struct contracts contracts; /* valid if has_listed */
};

/* The comparison of a contract may take as long as the longest of the jobs. */
static void set_deadline(struct reconciling *reconciling)
{
    struct schedule_options schedule = {.jobs = reconciling->options->jobs,
                                        .job_count = reconciling->options->job_count};
    reconciling->deadline_ms = clock_deadline(runner_longest_timeout_ms(&schedule, false));
    session_set_deadline(&reconciling->session, reconciling->deadline_ms);
}

static struct api api_of(struct reconciling *reconciling)
{
    struct api api = service_api(&reconciling->service, reconciling->session.pg, reconciling->deadline_ms);
    /* After a run everything is loaded already: it is not worth keeping the process waiting after a 429. */
    api.is_optional = reconciling->options->after_run;
    return api;
}

/* A table is compared once, even if several jobs load it. */
static bool has_item(const struct reconcile_outcome *outcome, const struct job *job, const char *contract)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (text_equal(outcome->items[i].job->target.table, job->target.table) &&
            text_equal(outcome->items[i].contract, contract))
            return true;
    return false;
}

static void add_item(struct reconciling *reconciling, const struct job *job, const struct totals_rule *rule,
                     const char *contract)
{
    struct reconcile_outcome *outcome = reconciling->outcome;
    if (has_item(outcome, job, contract))
        return;
    struct reconcile_item *item =
        arena_push(reconciling->arena, &outcome->items, &outcome->count, sizeof *item);
    *item = (struct reconcile_item){.job = job, .contract = contract, .rule = *rule};
}

static bool list_contracts(struct reconciling *reconciling, struct err *err)
{
    if (reconciling->has_listed)
        return true;
    struct api api = api_of(reconciling);
    reconciling->has_listed = contract_list(&api, reconciling->arena, &reconciling->contracts, err);
    reconciling->outcome->requests += api.requests;
    return reconciling->has_listed;
}

static bool add_job(struct reconciling *reconciling, const struct job *job, struct err *err)
{
    struct totals_rule rule;
    const char *reason;
    if (!totals_rule_of(job, &rule, &reason)) {
        log_write(reconciling->options->after_run ? LOG_DEBUG : LOG_INFO, "not-compared",
                  "%s cannot be compared with the service's totals: %s", job->name, reason);
        return true;
    }
    for (size_t i = 0; i < job->contract_numbers.count; i++)
        add_item(reconciling, job, &rule, job->contract_numbers.items[i]);
    if (job->contracts == JOB_CONTRACTS_LISTED)
        return true;
    if (!list_contracts(reconciling, err))
        return false;
    for (size_t i = 0; i < reconciling->contracts.count; i++)
        if (job->contracts == JOB_CONTRACTS_ALL || reconciling->contracts.items[i].is_active)
            add_item(reconciling, job, &rule, reconciling->contracts.items[i].number);
    return true;
}

static bool add_jobs(struct reconciling *reconciling, struct err *err)
{
    const struct reconcile_options *options = reconciling->options;
    for (size_t i = 0; i < options->job_count; i++)
        if (!add_job(reconciling, options->jobs[i], err))
            return false;
    if (reconciling->outcome->count > 0)
        return true;
    err_set(err, ERR_CONFIG, "none of the jobs can be compared with the service's own totals");
    return err_hint(err, "the rows of a job must have tokensConsumed, and usageDate or usageMonth");
}

static void fail_item(const struct reconciling *reconciling, struct reconcile_item *item,
                      const struct err *err)
{
    SCOPED(log_scope)
    struct log_scope scope =
        log_enter(&(struct log_context){.job = item->job->name, .contract = item->contract});
    item->result = (struct totals_result){0};
    item->years = (struct years_result){0};
    item->lacks_years = false;
    item->err = *err;
    err_require(&item->err);
    if (reconciling->options->after_run)
        log_warn("not-compared", "not compared with the service's own totals: %s", item->err.text);
    else
        log_error("not-compared", &item->err);
}

static void log_differences(const struct reconcile_item *item)
{
    char month[DATE_TEXT];
    SCOPED(log_scope)
    struct log_scope scope =
        log_enter(&(struct log_context){.job = item->job->name, .contract = item->contract});
    for (size_t i = 0; i < item->result.count; i++) {
        const struct reconciliation_line *line = &item->result.lines[i];
        if (totals_is_difference(line->status))
            log_warn("totals-differ", "%.7s%s%s: the table has %s tokens, the service's total is %s: %s%s",
                     date_format(line->key.month, month), line->key.category ? " " : "",
                     line->key.category ? line->key.category : "", line->loaded, line->service,
                     totals_status_name(line->status),
                     line->is_stuck || item->was_reloaded ? "; loading the month again did not help" : "");
    }
}

/* Whether the item's table has to be compared with a new summary. */
static bool is_due(const struct reconcile_item *item, bool after_repair)
{
    return item->err.kind == ERR_NONE &&
           (!after_repair || (item->reload.count > 0 && item->result.differences > 0));
}

/*
 * Compares the item's table with the summary that the item has. After a repair the table may be equal to this
 * older summary: then the result is stored. If it is not, the service may have changed meanwhile: then only a
 * comparison with a newer summary is stored (is_last).
 */
static void compare_item(struct reconciling *reconciling, struct reconcile_item *item, bool is_last)
{
    struct err err = {0};
    const struct reconcile_options *options = reconciling->options;
    struct pg *pg;
    struct reconcile_item_facts facts = {
        .schema = options->settings->database.schema,
        .tolerance = options->settings->reconcile_tolerance,
        .today = options->today,
        .invocation_id = options->invocation_id,
        .defined = options->after_run ? NULL : options->defined,
        .after_run = options->after_run,
    };
    bool compared = session_connect(&reconciling->session, &err);
    pg = reconciling->session.pg;
    compared = compared && reconcile_item_compare(item, &facts, pg, reconciling->arena, &err);
    bool is_kept = is_last || item->result.differences == 0;
    if (!compared || (is_kept && !reconcile_item_remember(item, &facts, pg, &err)))
        fail_item(reconciling, item, &err);
    else if (is_kept)
        log_differences(item);
}

/* Compares all tables of a contract, with one request. `first` is the index of the contract's first item. */
static void compare_contract(struct reconciling *reconciling, size_t first, bool after_repair)
{
    struct err err = {0};
    struct summary summary;
    struct reconcile_outcome *outcome = reconciling->outcome;
    const char *contract = outcome->items[first].contract;
    set_deadline(reconciling);
    bool asked = session_connect(&reconciling->session, &err);
    struct api api = api_of(reconciling);
    asked = asked && summary_fetch(&api, contract, reconciling->arena, &summary, &err);
    outcome->requests += api.requests;
    for (size_t i = first; i < outcome->count; i++) {
        struct reconcile_item *item = &outcome->items[i];
        if (!text_equal(item->contract, contract) || !is_due(item, after_repair))
            continue;
        if (!asked) {
            fail_item(reconciling, item, &err);
            continue;
        }
        item->summary = summary;
        item->has_summary = true;
        compare_item(reconciling, item, true);
    }
}

static void compare_all(struct reconciling *reconciling, bool after_repair)
{
    struct reconcile_outcome *outcome = reconciling->outcome;
    SCOPED(mem) bool *due = mem_alloc(outcome->count, sizeof *due);
    for (size_t i = 0; i < outcome->count; i++)
        due[i] = is_due(&outcome->items[i], after_repair);
    for (size_t i = 0; i < outcome->count && !stop_requested(); i++) {
        bool is_first = due[i];
        for (size_t k = 0; k < i && is_first; k++)
            is_first = !due[k] || !text_equal(outcome->items[k].contract, outcome->items[i].contract);
        if (is_first)
            compare_contract(reconciling, i, after_repair);
    }
}

static void compare_repaired(struct reconciling *reconciling)
{
    struct reconcile_outcome *outcome = reconciling->outcome;
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].reload.count > 0) {
            set_deadline(reconciling);
            compare_item(reconciling, &outcome->items[i], false);
        }
    compare_all(reconciling, true);
}

/* What a repair runs: jobs of one contract each, and their windows. */
struct repair {
    const struct job **jobs;
    struct windows *windows;
    struct reconcile_item **items;
    size_t count;
};

static void add_repair(struct repair *repair, struct reconcile_item *item, struct arena *arena)
{
    const char **contract = arena_alloc(arena, 1, sizeof *contract);
    struct job *job = arena_alloc(arena, 1, sizeof *job);
    *contract = item->contract;
    *job = *item->job;
    job->contracts = JOB_CONTRACTS_LISTED;
    job->contract_numbers = (struct text_list){.items = contract, .count = 1};
    repair->jobs[repair->count] = job;
    repair->windows[repair->count] = item->reload;
    repair->items[repair->count++] = item;
}

/* Whether another try would have the same outcome: the chunk was loaded, or its data was refused. */
static bool is_tried(const struct chunk_result *result)
{
    return result->status == CHUNK_SUCCEEDED ||
           (result->status == CHUNK_FAILED && result->err.kind == ERR_DATA);
}

static void take_results(const struct repair *repair, const struct run_outcome *ran)
{
    for (size_t i = 0; i < repair->count; i++) {
        repair->items[i]->was_reloaded = true;
        for (size_t k = 0; k < ran->count; k++)
            if (ran->items[k].chunk.job == repair->jobs[i] && !is_tried(&ran->items[k].result))
                repair->items[i]->was_reloaded = false;
    }
}

/* Loads again what differs; returns the exit code of the loads. */
static int repair_all(struct reconciling *reconciling)
{
    struct err err = {0};
    struct run_outcome ran;
    struct arena *arena = reconciling->arena;
    const struct reconcile_options *options = reconciling->options;
    struct reconcile_outcome *outcome = reconciling->outcome;
    struct repair repair = {
        .jobs = arena_alloc(arena, outcome->count, sizeof(struct job *)),
        .windows = arena_alloc(arena, outcome->count, sizeof(struct windows)),
        .items = arena_alloc(arena, outcome->count, sizeof(struct reconcile_item *)),
    };
    for (size_t i = 0; i < outcome->count; i++) {
        struct reconcile_item *item = &outcome->items[i];
        /* An empty summary (no usage at all) is more likely to be wrong than the table: nothing is reloaded.
         */
        if (item->summary.count > 0)
            item->reload = totals_windows_to_reload(&item->result, arena);
        if (item->reload.count > 0)
            add_repair(&repair, item, arena);
    }
    struct run_options run = {
        .settings = options->settings,
        .schedule = {.jobs = repair.jobs,
                     .job_count = repair.count,
                     .today = options->today,
                     .reload = repair.windows},
        .defined = options->defined,
        .again = true,
        .host = options->host,
        .invocation_id = options->invocation_id,
        .user_agent = options->user_agent,
    };
    if (repair.count == 0)
        return 0;
    if (!run_jobs(&run, arena, &ran, &err)) {
        err_require(&err);
        log_error("not-repaired", &err);
        return err_kind_info(err.kind)->exit_code;
    }
    take_results(&repair, &ran);
    compare_repaired(reconciling);
    return ran.exit_code;
}

static int exit_code_of(const struct reconcile_outcome *outcome, int repair_code)
{
    int exit_code = repair_code;
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].err.kind != ERR_NONE)
            exit_code = exit_code_join(exit_code, err_kind_info(outcome->items[i].err.kind)->exit_code);
    if (outcome->differences > 0)
        exit_code = exit_code_join(exit_code, err_kind_info(ERR_DATA)->exit_code);
    return stop_requested() ? err_kind_info(ERR_STOPPED)->exit_code : exit_code;
}

static bool work(struct reconciling *reconciling, struct err *err)
{
    int repair_code = 0;
    struct reconcile_outcome *outcome = reconciling->outcome;
    if (!add_jobs(reconciling, err))
        return false;
    compare_all(reconciling, false);
    if (reconciling->options->repair && !stop_requested())
        repair_code = repair_all(reconciling);
    for (size_t i = 0; i < outcome->count; i++)
        outcome->differences += outcome->items[i].result.differences;
    outcome->exit_code = exit_code_of(outcome, repair_code);
    return true;
}

static void reconciling_cleanup(struct reconciling *reconciling)
{
    session_close(&reconciling->session);
    service_close(&reconciling->service);
}

bool reconcile(const struct reconcile_options *options, struct arena *arena,
               struct reconcile_outcome *outcome, struct err *err)
{
    struct schema_change change;
    struct http_options http = service_http_options(options->settings, options->user_agent);
    SCOPED(reconciling)
    struct reconciling reconciling = {.options = options, .arena = arena, .outcome = outcome};
    reconciling.session.settings = options->settings;
    set_deadline(&reconciling);
    *outcome = (struct reconcile_outcome){0};
    return settings_check_auth(options->settings, err) && session_connect_first(&reconciling.session, err) &&
           schema_upgrade(reconciling.session.pg, &change, err) &&
           service_open(options->settings, &http, &reconciling.service, err) && work(&reconciling, err);
}
