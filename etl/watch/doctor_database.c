#include "base/json_text.h"
#include "sql/statements.h"
#include "watch/doctor_inner.h"

/* A server that is well answers these statements in milliseconds. */
#define STATEMENT_PATIENCE_MS 5000

static bool is_true(const PGresult *result, int column)
{
    return text_equal(pg_text(result, 0, column), "t");
}

static struct database_facts read_facts(const PGresult *result, const char *schema)
{
    return (struct database_facts){
        .database = pg_text(result, 0, 0),
        .role = pg_text(result, 0, 1),
        .server = pg_text(result, 0, 2),
        .schema = schema,
        .read_only = is_true(result, 3),
        .wall_ms = pg_int(result, 0, 4),
        .may_create_schemas = is_true(result, 5),
        .may_create_temporary = is_true(result, 6),
        .has_tool_schema = is_true(result, 7),
        .may_use_tool_schema = is_true(result, 8),
        .may_create_in_tool_schema = is_true(result, 9),
        .owns_tool_tables = is_true(result, 10),
        .tool_tables_lacking = pg_text(result, 0, 11),
        .has_schema = is_true(result, 12),
        .may_use_schema = is_true(result, 13),
        .may_create_in_schema = is_true(result, 14),
        .unknown_roles = pg_text(result, 0, 15),
        .tables_lacking = pg_text(result, 0, 16),
    };
}

static PGresult *ask_facts(struct doctor *doctor, struct err *err)
{
    const struct database_settings *database = &doctor->settings.database;
    SCOPED(buf) struct buf roles = buf_make(BUF_OWN_TEXT);
    json_text_put_list(&roles, &database->grant_select_to);
    return pg_query(doctor->pg, SQL_DOCTOR_DATABASE, PG_PARAMS(database->schema, buf_text(&roles)), err);
}

static void examine_schema(struct doctor *doctor, const struct database_facts *facts)
{
    struct err err;
    struct schema_change levels;
    if (facts->has_tool_schema && !facts->may_use_tool_schema)
        check_skip(doctor->checks, "schema", "see privileges");
    else if (schema_look(doctor->pg, &levels, &err))
        judge_schema(doctor->checks, facts, &levels);
    else if (err.kind == ERR_AUTH)
        check_skip(doctor->checks, "schema", "see privileges");
    else
        check_error(doctor->checks, "schema", &err);
}

static void examine_budget(struct doctor *doctor, const struct database_facts *facts)
{
    struct err err;
    struct budget_level level;
    struct budget budget = budget_of(&doctor->settings);
    if (!facts->has_tool_schema || !facts->may_use_tool_schema || *facts->tool_tables_lacking) {
        check_skip(doctor->checks, "budget", facts->has_tool_schema ? "see privileges" : "see schema");
    } else if (!budget_look(&budget, doctor->pg, &level, &err)) {
        check_error(doctor->checks, "budget", &err);
    } else {
        doctor->budget_wait_ms = judge_budget_wait_ms(&budget, &level);
        judge_budget(doctor->checks, &budget, &level, clock_wall_ms());
    }
}

static void examine_connected(struct doctor *doctor, const struct database_facts *facts, int64_t ahead_ms)
{
    judge_database(doctor->checks, facts);
    judge_database_version(doctor->checks, pg_server_version(doctor->pg));
    judge_clock(doctor->checks, "database_clock", "the database", ahead_ms);
    judge_privileges(doctor->checks, facts);
    examine_schema(doctor, facts);
    if (doctor->settings.api.per_minute > 0)
        examine_budget(doctor, facts);
}

static void skip_without_database(struct doctor *doctor)
{
    static const char *const names[] = {"database_version", "database_clock", "privileges", "schema"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        check_skip(doctor->checks, names[i], "no database");
    if (doctor->settings.api.per_minute > 0)
        check_skip(doctor->checks, "budget", "no database, which keeps it");
}

void doctor_examine_database(struct doctor *doctor)
{
    struct err err;
    struct pg_options options = {.dsn = doctor->settings.database.dsn,
                                 .application_name = "tokenflex-etl doctor"};
    bool is_limited = doctor->settings.api.per_minute > 0;
    doctor->budget_wait_ms = is_limited ? DOCTOR_NO_BUDGET : 0;
    doctor->pg = pg_connect(&options, &err);
    int64_t asked_ms = clock_wall_ms();
    SCOPED(pg_result) PGresult *result = NULL;
    if (doctor->pg) {
        pg_limit(doctor->pg, STATEMENT_PATIENCE_MS);
        result = ask_facts(doctor, &err);
    }
    int64_t middle_ms = asked_ms + (clock_wall_ms() - asked_ms) / 2;
    if (result) {
        struct database_facts facts = read_facts(result, doctor->settings.database.schema);
        examine_connected(doctor, &facts, middle_ms - facts.wall_ms);
    } else {
        check_error(doctor->checks, "database", &err);
        skip_without_database(doctor);
    }
    if (!is_limited)
        judge_budget(doctor->checks, NULL, NULL, 0);
}
