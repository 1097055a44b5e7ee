#include "base/readable.h"
#include "base/text.h"
#include "load/adoption.h"
#include "load/reports.h"
#include "load/target.h"
#include "report/doctor/doctor_inner.h"
#include "state/citus.h"

/* A healthy server answers these statements in milliseconds. */
#define STATEMENT_LIMIT_MS 5000

static bool read_facts(struct doctor *doctor, struct database_facts *facts, struct err *err)
{
    return database_facts_read(doctor->pg, &doctor->settings.database, doctor->checks->arena, facts, err);
}

/* *is_current: the schema is at the level of this program or a newer one. */
static void examine_schema(struct doctor *doctor, const struct database_facts *facts, bool *is_current)
{
    struct err err;
    struct schema_change levels = {0};
    if (!citus_refuse_worker(doctor->pg, &err) || !citus_refuse_schema("tokenflex_etl", doctor->pg, &err))
        check_error(doctor->checks, "schema", &err);
    else if (facts->has_tool_schema && !facts->may_use_tool_schema)
        check_skip(doctor->checks, "schema", "see privileges");
    else if (schema_read_level(doctor->pg, &levels, &err))
        judge_schema(doctor->checks, facts, &levels);
    else if (err.kind == ERR_AUTH)
        check_skip(doctor->checks, "schema", "see privileges");
    else
        check_error(doctor->checks, "schema", &err);
    *is_current = levels.from > 0 && levels.from >= levels.to;
}

/* Whether the tables that hold the request budget, and a block after a 429 response, exist and can be used.
 */
static bool has_budget_table(const struct database_facts *facts)
{
    return facts->has_tool_schema && facts->may_use_tool_schema && !*facts->tool_tables_lacking;
}

/* A block after a 429 response is stored even if there is no limit on our side. */
static void examine_budget(struct doctor *doctor, const struct database_facts *facts, bool schema_is_current)
{
    struct err err;
    struct budget_level level;
    struct budget budget = budget_of(&doctor->settings);
    bool is_well = check_has_not_failed(doctor->checks, "database");
    bool is_readable = is_well && has_budget_table(facts);
    bool looked = is_readable && budget_read(&budget, doctor->pg, 0, &level, &err);
    doctor->has_budget_table = looked;
    if (!is_well) {
        check_skip(doctor->checks, "budget", "see database");
        doctor->budget_wait_ms = DOCTOR_NO_BUDGET;
    } else if (!looked && budget.per_minute <= 0) {
        judge_budget(doctor->checks, &budget, &(struct budget_level){0}, 0);
    } else if (!is_readable) {
        check_skip(doctor->checks, "budget", facts->has_tool_schema ? "see privileges" : "see schema");
    } else if (!looked && !schema_is_current) {
        check_skip(doctor->checks, "budget", "see schema");
    } else if (!looked) {
        check_error(doctor->checks, "budget", &err);
    } else {
        doctor->budget_wait_ms = judge_budget_wait_ms(&budget, &level);
        judge_budget(doctor->checks, &budget, &level, clock_wall_ms());
    }
}

/* Adds the statement for the table's unique index, once, if somebody has dropped it. */
static bool find_missing_index(struct doctor *doctor, const struct target *target,
                               struct text_list *statements, struct err *err)
{
    bool found;
    SCOPED(buf) struct buf statement = buf_make(BUF_OWN_TEXT);
    if (!target->exists)
        return true;
    if (!adoption_find_index(target, doctor->pg, &found, err))
        return false;
    adoption_put_index(target, &statement);
    if (found || text_list_has(statements, buf_text(&statement)))
        return true;
    struct arena *arena = doctor->checks->arena;
    arena_add_text(arena, statements, arena_copy_text(arena, buf_text(&statement)));
    return true;
}

/* contract: NULL: its filter is not compared. */
static bool examine_table_of(struct doctor *doctor, const struct job *job, const char *contract,
                             struct text_list *missing_indexes, struct err *err)
{
    struct target target;
    static const struct text_list no_readers;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = job_result_columns(job, arena);
    if (!target_derive(job, doctor->settings.database.schema, &names, arena, &target, err))
        return false;
    target.contract = contract;
    return target_inspect(&target, &no_readers, doctor->pg, err) &&
           find_missing_index(doctor, &target, missing_indexes, err);
}

/* Makes the checks that a run makes of the table of an enabled job before its first request, for the
 * contracts that the job names. */
static bool examine_table(struct doctor *doctor, const struct job *job, struct text_list *missing_indexes,
                          struct err *err)
{
    const struct text_list *contracts = &job->contract_numbers;
    if (job->contracts != JOB_CONTRACTS_LISTED || contracts->count == 0)
        return examine_table_of(doctor, job, NULL, missing_indexes, err);
    for (size_t i = 0; i < contracts->count; i++)
        if (!examine_table_of(doctor, job, contracts->items[i], missing_indexes, err))
            return false;
    return true;
}

static void judge_tables(struct doctor_checks *checks, size_t enabled,
                         const struct text_list *missing_indexes)
{
    SCOPED(buf) struct buf statements = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < missing_indexes->count; i++)
        buf_print(&statements, "%s%s", i ? "; " : "", missing_indexes->items[i]);
    if (missing_indexes->count)
        check_warn(
            checks, "tables", buf_text(&statements),
            "the tables of %zu enabled job%s can be loaded, but %zu of them %s no unique index on the key: "
            "loads take longer, and the database accepts a second row with one key from others",
            enabled, readable_plural(enabled), missing_indexes->count,
            missing_indexes->count == 1 ? "has" : "have");
    else
        check_ok(checks, "tables", "the tables of %zu enabled job%s can be loaded", enabled,
                 readable_plural(enabled));
}

static void examine_tables(struct doctor *doctor, const struct database_facts *facts)
{
    const struct jobs *jobs = doctor->options->files.jobs;
    struct text_list missing_indexes = {0};
    size_t enabled = 0;
    if (!facts->has_tool_schema || !check_has_not_failed(doctor->checks, "schema") ||
        !check_has_not_failed(doctor->checks, "privileges")) {
        check_skip(doctor->checks, "tables", "see privileges and schema");
        return;
    }
    for (size_t i = 0; i < jobs->count; i++) {
        struct err err = {0};
        if (!jobs->items[i].enabled)
            continue;
        enabled++;
        if (!examine_table(doctor, &jobs->items[i], &missing_indexes, &err)) {
            err_wrap(&err, "job %s", jobs->items[i].name);
            check_error(doctor->checks, "tables", &err);
            return;
        }
    }
    judge_tables(doctor->checks, enabled, &missing_indexes);
}

static void examine_views(struct doctor *doctor)
{
    struct err err;
    struct text_list stale;
    const char *schema = doctor->settings.database.schema;
    if (reports_find_stale(doctor->pg, schema, doctor->checks->arena, &stale, &err))
        judge_views(doctor->checks, &stale);
    else
        check_error(doctor->checks, "report_views", &err);
}

static struct pg_options connection_options(const struct doctor *doctor)
{
    return (struct pg_options){.dsn = doctor->settings.database.dsn,
                               .application_name = "tokenflex-etl doctor"};
}

bool doctor_connect(struct doctor *doctor, struct err *err)
{
    struct pg_options options = connection_options(doctor);
    if (doctor->pg)
        return true;
    doctor->pg = pg_connect(&options, err);
    if (doctor->pg)
        pg_limit(doctor->pg, STATEMENT_LIMIT_MS);
    return doctor->pg != NULL;
}

static void examine_pooler(struct doctor *doctor)
{
    struct err err;
    enum pg_pooler pooler;
    struct pg_options options = connection_options(doctor);
    if (pg_pooler_find(doctor->pg, &options, &pooler, &err))
        judge_pooler(doctor->checks, pooler);
    else
        check_error(doctor->checks, "pooler", &err);
}

static void examine_connected(struct doctor *doctor, const struct database_facts *facts, int64_t ahead_ms)
{
    judge_database(doctor->checks, facts);
    judge_database_version(doctor->checks, pg_server_version(doctor->pg));
    judge_connections(doctor->checks, facts, &doctor->settings);
    examine_pooler(doctor);
    judge_clock(doctor->checks, "database_clock", "the database", ahead_ms);
    judge_privileges(doctor->checks, facts);
    bool schema_is_current;
    examine_schema(doctor, facts, &schema_is_current);
    examine_tables(doctor, facts);
    examine_views(doctor);
    examine_budget(doctor, facts, schema_is_current);
}

static void skip_without_database(struct doctor *doctor)
{
    static const char *const names[] = {"database_version", "connections", "pooler", "database_clock",
                                        "privileges",       "schema",      "tables"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        check_skip(doctor->checks, names[i], "no database");
    struct budget budget = budget_of(&doctor->settings);
    if (budget.per_minute > 0)
        check_skip(doctor->checks, "budget", "no database, which keeps it");
    else
        judge_budget(doctor->checks, &budget, &(struct budget_level){0}, 0);
}

void doctor_examine_database(struct doctor *doctor)
{
    struct err err;
    struct database_facts facts;
    bool is_limited = doctor->settings.api.per_minute > 0;
    doctor->budget_wait_ms = is_limited ? DOCTOR_NO_BUDGET : 0;
    bool connected = doctor_connect(doctor, &err);
    int64_t asked_ms = clock_wall_ms();
    bool answered = connected && read_facts(doctor, &facts, &err);
    int64_t middle_ms = asked_ms + (clock_wall_ms() - asked_ms) / 2;
    if (answered) {
        examine_connected(doctor, &facts, middle_ms - facts.wall_ms);
    } else {
        check_error(doctor->checks, "database", &err);
        skip_without_database(doctor);
    }
}
