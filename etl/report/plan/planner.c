#include "report/plan/planner.h"

#include "base/exit_code.h"
#include "base/mem.h"
#include "base/readable.h"
#include "base/text.h"
#include "load/grain.h"
#include "load/history.h"
#include "load/partitions.h"
#include "report/plan/duration.h"
#include "report/plan/plan_changes.h"
#include "report/plan/plan_rebuild.h"
#include "report/plan/plan_share.h"
#include "report/plan/plan_skip.h"
#include "run/reconcile_auto.h"
#include "run/source_facts.h"
#include "state/contracts.h"
#include "state/schema.h"
#include "state/source_change.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Flat figures for what is not simulated: the round trip of a request, and the load of a chunk. */
#define REQUEST_MS 150
#define LOAD_MS 100
#define ROWS_A_MS 150

/* A plan has left no work at the service. */
static const char no_invocation[] = "00000000-0000-0000-0000-000000000000";

/* How much is known of the database. */
enum knowledge {
    KNOWS_NOTHING, /* it cannot be reached, or the tool's schema is at another level */
    KNOWS_EMPTY,   /* it has no tool schema yet */
    KNOWS_ALL,
};

struct planning {
    const struct run_options *options;
    struct arena *arena;
    struct plan *plan;
    enum knowledge knowledge;
    struct session session;
    struct api api;
    struct chunk_context context;
    struct schedule schedule;
    struct duration_chunk *chunks; /* as many as the plan has items */
    struct plan_rebuild rebuild;   /* with --rebuild, if all is known */
    struct plan_share share;
    bool makes_schema; /* the changes of an earlier chunk create the schema of the target tables */
};

static void note(struct planning *planning, const char *text)
{
    struct text_list *notes = &planning->plan->notes;
    for (size_t i = 0; i < notes->count; i++)
        if (text_equal(notes->items[i], text))
            return;
    arena_add_text(planning->arena, notes, arena_copy_text(planning->arena, text));
}

/* Past runs can be read if the tool's schema is at the level of this program. */
static bool read_schema(struct planning *planning, struct err *err)
{
    struct schema_change level;
    char text[160];
    if (!schema_read_level(planning->session.pg, &level, err))
        return false;
    planning->knowledge = level.from == level.to ? KNOWS_ALL : level.from ? KNOWS_NOTHING : KNOWS_EMPTY;
    if (planning->knowledge == KNOWS_ALL)
        return true;
    if (level.from > level.to)
        snprintf(text, sizeof text,
                 "run will refuse the schema tokenflex_etl, because a newer program has upgraded it: install "
                 "the newer tokenflex-etl here too");
    else
        snprintf(text, sizeof text, "run will first %s the tool's schema tokenflex_etl, to level %d%s",
                 level.from ? "upgrade" : "create", level.to,
                 level.from ? ": the history of past runs is not known before" : "");
    note(planning, text);
    return true;
}

static void connect_or_note(struct planning *planning)
{
    struct err err;
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    if (session_connect_first(&planning->session, &err) && read_schema(planning, &err)) {
        planning->api.pg = planning->session.pg;
        return;
    }
    session_close(&planning->session);
    buf_print(&text, "%s: past runs, the request budget and the tables are not known", err.text);
    note(planning, buf_text(&text));
}

/* struct contract_lister: the list that the service returned last. *requests: the run itself asks the
 * service, with one request. */
static bool list_contracts(void *context, struct arena *arena, struct contracts *contracts,
                           uint64_t *requests, struct err *err)
{
    static struct contract unknown = {.number = "?", .name = "", .is_active = true};
    struct planning *planning = context;
    *requests = 1;
    *contracts = (struct contracts){0};
    if (planning->knowledge == KNOWS_ALL &&
        !contracts_known(planning->session.pg, planning->plan->budget.account, arena, contracts, err))
        return false;
    if (contracts->count > 0)
        return true;
    note(planning, "`run` reads the list of contracts from the service: here `?` stands for all of them");
    *contracts = (struct contracts){&unknown, 1};
    return true;
}

/* The table that the run would rebuild, or refuse to, for this chunk; NULL: neither. */
static const struct plan_rebuild_table *find_rebuild(struct planning *planning, const struct planned *planned)
{
    if (!planning->options->rebuild || planning->knowledge != KNOWS_ALL)
        return NULL;
    const struct plan_rebuild_table *table = plan_rebuild_look(&planning->rebuild, planned->chunk->job);
    return table->is_rebuilt || table->refused.kind != ERR_NONE ? table : NULL;
}

/* A table that is rebuilt is loaded beside the old one. */
static const char *find_table(struct planning *planning, struct planned *planned)
{
    const char *name = planned->chunk->job->target.table;
    const struct plan_rebuild_table *table = find_rebuild(planning, planned);
    if (!table)
        return name;
    plan_changes_add(planned,
                     arena_print(planning->arena, "-- %s is loaded, and replaces %s when it is complete",
                                 table->successor, name),
                     planning->arena);
    return table->successor;
}

static void note_types(struct planning *planning, const struct target *target)
{
    for (size_t i = 0; i < target->count; i++)
        if (!target->columns[i].type_is_known)
            note(planning, arena_print(planning->arena,
                                       "table %s: the type of column %s is derived from its first values",
                                       target->table, target->columns[i].name));
}

/* Finds which windows of the table the chunk would replace. If the table cannot be read, only the job's own
 * window can be a reason to refuse the chunk. */
static bool plan_windows(struct planning *planning, struct planned *planned, const struct target *target,
                         struct err *err)
{
    struct snapshot_decision decision;
    struct snapshot_load load = chunk_snapshot_load(planned->chunk, target);
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    if (!snapshots_decide(&load, planning->session.pg, planning->arena, &decision, err))
        return false;
    if (decision.replaced.count == 0)
        return true;
    snapshots_put_names(&decision.replaced, &names);
    planned->reason =
        arena_print(planning->arena, "%s; replaces %" PRIu64 " row%s of %s", planned->reason,
                    decision.rows_replaced, readable_plural(decision.rows_replaced), buf_text(&names));
    return true;
}

/* What would be changed for the chunk's rows to fit the table. */
static bool plan_ddl(struct planning *planning, struct planned *planned, struct err *err)
{
    struct target target;
    const struct job *job = planned->chunk->job;
    const struct database_settings *database = &planning->options->settings->database;
    struct text_list names = job_result_columns(job, planning->arena);
    if (!target_derive(job, database->schema, &names, planning->arena, &target, err))
        return false;
    if (planning->knowledge == KNOWS_NOTHING)
        return plan_windows(planning, planned, &target, err);
    target.table = find_table(planning, planned);
    target.contract = planned->chunk->contract;
    target.readers = database->grant_select_to;
    if (planning->knowledge == KNOWS_ALL &&
        (!target_inspect(&target, &database->grant_select_to, planning->session.pg, err) ||
         !partitions_check(&target, &planned->chunk->window, err)))
        return false;
    if (!plan_windows(planning, planned, &target, err))
        return false;
    bool is_later = plan_changes_has_earlier(planning->plan, planned);
    if (is_later)
        planned->ddl = (struct text_list){0};
    else
        note_types(planning, &target);
    target.schema_exists |= planning->makes_schema;
    planning->makes_schema |= !target.schema_exists;
    plan_changes_find(planning->plan, planned, &target, planning->arena);
    return is_later || history_plan(&target, planning->session.pg, planning->arena, &planned->ddl, err);
}

/* How long past runs have waited for the result. */
static int64_t expected_ready_ms(const struct planning *planning, const struct source_facts *facts,
                                 enum fallback_step step)
{
    int64_t ready_ms =
        step == FALLBACK_EXPORT ? facts->history.export_ready_ms : facts->history.query_ready_ms;
    if (ready_ms == 0 && step != FALLBACK_CONTRACT)
        return planning->options->settings->api.poll_first_ms;
    return ready_ms;
}

static const char *reason_of(const struct planning *planning, const struct source_facts *facts,
                             enum fallback_reason reason)
{
    char text[FALLBACK_TEXT];
    struct fallback_numbers numbers = {facts->history.rows, facts->history.remembered_until};
    if (reason == REASON_NONE)
        return "a query is the default";
    return arena_copy_text(planning->arena, fallback_explain(reason, &numbers, text));
}

static bool plan_requests(struct planning *planning, struct planned *planned, struct err *err)
{
    struct duration_chunk *duration = &planning->chunks[planned - planning->plan->items];
    const struct chunk *chunk = planned->chunk;
    struct source_facts facts = source_facts_of_settings(&planning->context, chunk);
    if (planning->knowledge == KNOWS_ALL && !source_facts_read(&planning->context, chunk, 0, &facts, err))
        return false;
    struct fallback_facts first = source_facts_of_part(&facts, chunk, &chunk->window);
    struct fallback next = fallback_next(&first);
    planned->source = source_name(next.step);
    planned->reason = reason_of(planning, &facts, next.reason);
    planned->estimate = estimate_chunk(chunk, &facts, next.step);
    planned->requests = planned->estimate.requests + chunk->requests_before;
    duration->requests = planned->requests;
    duration->pages = planned->estimate.pages;
    duration->ready_ms = expected_ready_ms(planning, &facts, next.step);
    duration->load_ms = LOAD_MS + (int64_t)(facts.history.rows / ROWS_A_MS);
    return true;
}

/* Whether the run would skip the chunk. */
static bool find_skip(const struct planning *planning, struct planned *planned, struct err *err)
{
    struct plan_skipped skipped;
    struct plan_skip skip = {planning->options, &planning->context, planned->chunk, planned->source,
                             planning->arena};
    if (planning->knowledge != KNOWS_ALL)
        return true;
    if (!plan_skip(&skip, &skipped, err))
        return false;
    planned->skipped = skipped.skipped;
    planned->is_unchanged = skipped.is_unchanged;
    planned->not_skipped = skipped.not_skipped;
    if (planned->skipped) {
        planned->reason = skipped.reason;
        planned->requests = planned->chunk->requests_before;
    }
    return true;
}

static void add_not_skipped(const struct planning *planning, struct planned *planned)
{
    if (planned->not_skipped)
        planned->reason =
            arena_print(planning->arena, "%s; not skipped: %s", planned->reason, planned->not_skipped);
}

static void plan_item(struct planning *planning, struct planned *planned)
{
    struct err *err = &planned->refused;
    const struct job *job = planned->chunk->job;
    planned->source = source_of_job(job);
    planned->reason = "";
    const struct plan_rebuild_table *rebuilt = find_rebuild(planning, planned);
    if (rebuilt && err->kind == ERR_NONE)
        *err = rebuilt->refused;
    if (err->kind != ERR_NONE || (!rebuilt && !find_skip(planning, planned, err)) || planned->skipped)
        return;
    if (plan_requests(planning, planned, err) && plan_ddl(planning, planned, err))
        planning->plan->requests += planned->requests;
    add_not_skipped(planning, planned);
}

static size_t place_of_target(const struct schedule *schedule, size_t unit)
{
    for (size_t i = 0; i < unit; i++)
        if (text_equal(schedule->units[i].job->target.table, schedule->units[unit].job->target.table) &&
            text_equal(schedule->units[i].contract, schedule->units[unit].contract))
            return i;
    return unit;
}

static void plan_unit(struct planning *planning, size_t number)
{
    const struct work_unit *unit = &planning->schedule.units[number];
    size_t first = (size_t)(unit->items - planning->schedule.items);
    for (size_t i = 0; i < unit->count; i++) {
        struct planned *planned = &planning->plan->items[first + i];
        struct duration_chunk *duration = &planning->chunks[first + i];
        *planned = (struct planned){.chunk = &unit->items[i].chunk, .refused = unit->refused};
        if (planned->refused.kind == ERR_NONE)
            planned->refused = planning->share.refused;
        *duration =
            (struct duration_chunk){.unit = number, .target = place_of_target(&planning->schedule, number)};
        plan_item(planning, planned);
        if (planned->refused.kind != ERR_NONE)
            *duration = (struct duration_chunk){.unit = number, .target = duration->target};
    }
}

static bool read_budget(struct planning *planning, struct err *err)
{
    struct plan *plan = planning->plan;
    plan->level = budget_full(&plan->budget);
    plan->knows_level = planning->knowledge == KNOWS_EMPTY && plan->budget.per_minute > 0;
    if (planning->knowledge != KNOWS_ALL || plan->budget.per_minute <= 0)
        return true;
    plan->knows_level = true;
    return budget_read(&plan->budget, planning->session.pg, 0, &plan->level, err);
}

static void estimate_end(const struct planning *planning)
{
    struct plan *plan = planning->plan;
    const struct settings *settings = planning->options->settings;
    struct duration_facts facts = {
        .budget = plan->budget,
        .level = plan->level,
        .result_lifetime_ms = settings->api.result_lifetime_ms,
        .parallel = settings->run.parallel_jobs,
        .request_ms = REQUEST_MS,
        .chunks = planning->chunks,
        .count = plan->count,
    };
    SCOPED(mem) int64_t *done_ms = mem_alloc(plan->count + 1, sizeof *done_ms);
    plan->done_ms = duration_simulate(&facts, done_ms);
    for (size_t i = 0; i < plan->count; i++)
        plan->items[i].done_ms = done_ms[i];
}

static bool is_compared(const struct planned *planned)
{
    return planned->refused.kind == ERR_NONE && (!planned->skipped || planned->is_unchanged) &&
           reconcile_auto_has(planned->chunk->job);
}

/* Whether the run will load a whole month of the contract that is over. */
static bool will_hold_month(const struct planning *planning, const char *contract)
{
    const struct schedule *schedule = &planning->schedule;
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct work_unit *unit = &schedule->units[i];
        struct window all = unit->items[0].chunk.window;
        all.to = unit->items[unit->count - 1].chunk.window.to;
        if (text_equal(unit->contract, contract) && unit->refused.kind == ERR_NONE &&
            reconcile_auto_has(unit->job) &&
            reconcile_auto_holds_month(&all, planning->options->schedule.today))
            return true;
    }
    return false;
}

/* Counts one summary request for each contract that the run would load and then compare. */
static bool plan_summaries(struct planning *planning, struct err *err)
{
    struct plan *plan = planning->plan;
    for (size_t i = 0; i < plan->count; i++) {
        const char *contract = plan->items[i].chunk->contract;
        bool is_due = is_compared(&plan->items[i]);
        for (size_t k = 0; k < i && is_due; k++)
            is_due = !is_compared(&plan->items[k]) || !text_equal(plan->items[k].chunk->contract, contract);
        if (!is_due)
            continue;
        is_due = will_hold_month(planning, contract);
        if (planning->knowledge == KNOWS_ALL &&
            !reconcile_auto_is_due(planning->options, contract, is_due, planning->session.pg, &is_due, err))
            return false;
        plan->summaries += is_due;
    }
    return true;
}

/* struct window_begin */
static bool find_first_skipped(void *context, const struct job *job, const char *contract, date_t *first_day)
{
    struct err err;
    bool found;
    struct planning *planning = context;
    struct source_job of = {job->name, contract};
    if (planning->knowledge != KNOWS_ALL)
        return false;
    if (source_change_first_skipped(planning->session.pg, &of, &found, first_day, &err))
        return found;
    note(planning, err.text);
    return false;
}

static bool make_plan(struct planning *planning, struct err *err)
{
    struct plan *plan = planning->plan;
    struct contract_lister source = {list_contracts, planning};
    struct window_begin begin = {find_first_skipped, planning};
    struct schedule_options schedule = planning->options->schedule;
    schedule.begin = &begin;
    connect_or_note(planning);
    if (!read_budget(planning, err) ||
        !plan_share_read(planning->options, planning->session.pg, planning->arena, &planning->share, err))
        return false;
    plan->share = planning->share.view;
    schedule.today = planning->share.today;
    schedule_make(&schedule, &source, planning->arena, &planning->schedule);
    planning->rebuild = (struct plan_rebuild){
        .options = planning->options,
        .schedule = &planning->schedule,
        .pg = planning->session.pg,
        .arena = planning->arena,
    };
    plan->change_requests = plan_skip_requests(planning->options, &planning->schedule);
    plan->count = planning->schedule.item_count;
    plan->items = arena_alloc(planning->arena, plan->count, sizeof *plan->items);
    planning->chunks = arena_alloc(planning->arena, plan->count, sizeof *planning->chunks);
    for (size_t i = 0; i < planning->schedule.unit_count; i++)
        plan_unit(planning, i);
    estimate_end(planning);
    return plan_summaries(planning, err);
}

bool planner_make(const struct run_options *options, struct arena *arena, struct plan *plan, struct err *err)
{
    *plan = (struct plan){.budget = budget_of(options->settings)};
    struct planning planning = {
        .options = options,
        .arena = arena,
        .plan = plan,
        .session = {.settings = options->settings},
        .api = {.settings = options->settings},
    };
    planning.context = (struct chunk_context){.settings = options->settings,
                                              .api = &planning.api,
                                              .session = &planning.session,
                                              .host = options->host,
                                              .invocation_id = no_invocation,
                                              .is_fresh = run_wants_fresh(options)};
    bool made = make_plan(&planning, err);
    session_close(&planning.session);
    return made;
}

int planner_exit_code(const struct plan *plan)
{
    int exit_code = 0;
    for (size_t i = 0; i < plan->count; i++)
        exit_code = exit_code_join(exit_code, err_kind_info(plan->items[i].refused.kind)->exit_code);
    return exit_code;
}
