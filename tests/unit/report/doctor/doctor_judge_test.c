#include "report/doctor/doctor_judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
/* 2026-11-22T00:00:00Z */
#define NOW_MS INT64_C(1795305600000)

static struct arena *arena;
static struct doctor_checks checks;

static int set_up(void **state)
{
    (void)state;
    arena = arena_make();
    checks = (struct doctor_checks){.arena = arena};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(arena);
    return 0;
}

/* The one check made since the last look. */
static void assert_check(const char *name, enum check_status status, const char *message)
{
    assert_int_equal(checks.count, 1);
    assert_string_equal(checks.items[0].name, name);
    assert_string_equal(checks.items[0].message, message);
    assert_int_equal(checks.items[0].status, status);
    checks = (struct doctor_checks){.arena = arena};
}

static void assert_failed(const char *name, enum err_kind kind, const char *message)
{
    assert_int_equal(checks.count, 1);
    assert_int_equal(checks.items[0].kind, kind);
    assert_check(name, CHECK_FAIL, message);
}

static void a_clock_may_be_off_for_half_a_minute(void **state)
{
    (void)state;
    judge_clock(&checks, "clock", "the service", -1400);
    assert_check("clock", CHECK_OK, "this machine's clock is within 2 s of the service's");
    judge_clock(&checks, "clock", "the service", 29900);
    assert_check("clock", CHECK_OK, "this machine's clock is within 30 s of the service's");
    judge_clock(&checks, "clock", "the service", -30000);
    assert_check("clock", CHECK_WARN, "this machine's clock is 30 s behind the service's");
    judge_clock(&checks, "clock", "the service", 299999);
    assert_check("clock", CHECK_WARN, "this machine's clock is 5 minutes ahead of the service's");
    judge_clock(&checks, "database_clock", "the database", 300000);
    assert_failed(
        "database_clock", ERR_CONFIG,
        "this machine's clock is 5 minutes ahead of the database's: tokens and windows would be wrong");
    judge_clock(&checks, "clock", "the service", -3 * DAY_MS);
    assert_failed("clock", ERR_CONFIG,
                  "this machine's clock is 3 days behind the service's: tokens and windows would be wrong");
}

static void judge_scope_text(const char *granted, const char *exporter)
{
    judge_scopes(&checks, &(struct scope_facts){granted, "the login", exporter});
}

static void without_data_write_there_are_no_exports(void **state)
{
    (void)state;
    judge_scope_text("data:read data:write", "sessions");
    assert_check("scopes", CHECK_OK, "the login has data:read data:write");
    judge_scope_text("data:read", NULL);
    assert_check("scopes", CHECK_WARN,
                 "the login lacks data:write: a query that is too large cannot be replaced by an export");
    judge_scope_text("data:read data:writes", "sessions");
    assert_failed("scopes", ERR_AUTH,
                  "the login lacks data:write, and the job sessions uses the Export API, which needs it");
    judge_scope_text("data:write", NULL);
    assert_failed("scopes", ERR_AUTH, "the login lacks data:read: no request is possible");
}

static void judge_login_of(const char *client, int64_t age_ms)
{
    const struct settings settings = {.auth = {.client_id = "etl", .token_file = "token.json"}};
    struct login login = login_make();
    assert_true(buf_append_text(&login.client_id, client));
    login.refresh_from_ms = NOW_MS - age_ms;
    login.access_until_ms = NOW_MS + HOUR_MS;
    judge_login(&checks, &settings, &login, NOW_MS);
    login_cleanup(&login);
}

static void a_login_is_good_for_fifteen_days(void **state)
{
    (void)state;
    judge_login_of("etl", DAY_MS);
    assert_check("token", CHECK_OK,
                 "client `etl`, login good until 2026-12-06T00:00:00.000Z, access token until "
                 "2026-11-22T01:00:00.000Z (token.json, mode 0600)");
    judge_login_of("etl", 13 * DAY_MS);
    assert_check("token", CHECK_WARN,
                 "the login of client `etl` ends in 2.0 days: 2026-11-24T00:00:00.000Z (token.json)");
    judge_login_of("etl", 15 * DAY_MS);
    assert_failed(
        "token", ERR_AUTH,
        "the login of client `etl` has ended: its refresh token was good until 2026-11-22T00:00:00.000Z");
}

static void a_login_belongs_to_the_settings_client(void **state)
{
    (void)state;
    const struct settings settings = {.auth = {.client_id = "etl", .token_file = "token.json"}};
    judge_login_of("other", 0);
    assert_failed("token", ERR_AUTH,
                  "the token file token.json belongs to client `other`, the settings name `etl`");
    judge_login(&checks, &settings, NULL, NOW_MS);
    assert_failed("token", ERR_AUTH, "no administrator has logged in yet: there is no token file token.json");
}

static void judge_level(double requests, int64_t blocked_ms)
{
    const struct budget budget = {.account = "etl", .per_minute = 5, .burst = 50};
    const struct budget_level level = {.requests = requests, .blocked_ms = blocked_ms};
    judge_budget(&checks, &budget, &level, NOW_MS);
}

static void a_budget_is_spent_below_one_request(void **state)
{
    (void)state;
    judge_level(49, 0);
    assert_check("budget", CHECK_OK, "49 of 49 requests left of account `etl`, 5 more a minute");
    judge_level(1.5, 0);
    assert_check("budget", CHECK_OK, "1 of 49 requests left of account `etl`, 5 more a minute");
    judge_level(-4, 0);
    assert_check("budget", CHECK_WARN,
                 "spent: the next request of account `etl` may be made at 2026-11-22T00:01:00.001Z");
    judge_level(30, 90000);
    assert_check("budget", CHECK_WARN,
                 "the service has asked the account `etl` to wait until 2026-11-22T00:01:30.000Z");
    judge_budget(&checks, &(struct budget){.account = "etl"}, &(struct budget_level){0}, NOW_MS);
    assert_check("budget", CHECK_OK, "no limit on our side (api.rate_limit.per_minute: 0)");
}

static void a_server_is_to_be_15_or_later(void **state)
{
    (void)state;
    judge_database_version(&checks, 150000);
    assert_check("database_version", CHECK_OK, "PostgreSQL 15.0");
    judge_database_version(&checks, 140009);
    assert_failed("database_version", ERR_CONFIG, "PostgreSQL 14, tokenflex-etl needs 15 or later");
}

static struct database_facts all_is_well(void)
{
    return (struct database_facts){
        .database = "finance",
        .encoding = "UTF8",
        .role = "etl",
        .server = "a unix socket",
        .schema = "tokenflex",
        .may_create_schemas = true,
        .may_create_temporary = true,
        .has_tool_schema = true,
        .may_use_tool_schema = true,
        .may_create_in_tool_schema = true,
        .owns_tool_tables = true,
        .tool_tables_lacking = "",
        .has_schema = true,
        .may_use_schema = true,
        .may_create_in_schema = true,
        .tables_lacking = "",
        .unknown_roles = "",
    };
}

static void a_database_that_only_reads_is_of_no_use(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    judge_database(&checks, &facts);
    assert_check("database", CHECK_OK, "database finance on a unix socket, as role etl");
    facts.encoding = "LATIN1";
    judge_database(&checks, &facts);
    assert_check("database", CHECK_WARN,
                 "database finance on a unix socket has the encoding LATIN1, which cannot store every text "
                 "of the service");
    facts.read_only = (struct read_only){.is_read_only = true, .is_standby = true, .database = "finance"};
    judge_database(&checks, &facts);
    assert_failed("database", ERR_UNAVAILABLE, "database finance is read-only: its server is a standby");
}

static void what_the_role_lacks_is_said_with_the_grants(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    judge_privileges(&checks, &facts);
    assert_check("privileges", CHECK_OK, "the role etl may create and fill tables in the schema tokenflex");
    facts.role = "et\"l";
    facts.has_schema = false;
    facts.may_create_schemas = false;
    facts.may_create_temporary = false;
    judge_privileges(&checks, &facts);
    assert_string_equal(checks.items[0].advice, "grant create on database \"finance\" to \"et\"\"l\"; "
                                                "grant temporary on database \"finance\" to \"et\"\"l\";");
    assert_failed("privileges", ERR_CREATE,
                  "the role et\"l: may not create the schema tokenflex; may not create temporary tables");
}

static void privileges_on_what_is_there_are_looked_at_too(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    facts.may_create_in_schema = false;
    facts.tool_tables_lacking = "run (insert, update)";
    facts.unknown_roles = "reporting";
    judge_privileges(&checks, &facts);
    assert_string_equal(
        checks.items[0].advice,
        "grant usage, create on schema \"tokenflex\" to \"etl\"; "
        "grant select, insert, update, delete on all tables in schema tokenflex_etl to \"etl\";");
    assert_failed(
        "privileges", ERR_CREATE,
        "the role etl: may not create tables in the schema tokenflex; lacks privileges on tables of "
        "tokenflex_etl: run (insert, update); database.grant_select_to names roles that do not exist: "
        "reporting");
}

static void privileges_on_target_tables_are_looked_at_too(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    facts.tables_lacking = "usage (update)";
    judge_privileges(&checks, &facts);
    assert_string_equal(
        checks.items[0].advice,
        "grant select, insert, update, delete on all tables in schema \"tokenflex\" to \"etl\";");
    assert_failed("privileges", ERR_CREATE,
                  "the role etl: lacks privileges on tables of tokenflex: usage (update)");
}

static void a_pooler_that_changes_sessions_fails(void **state)
{
    (void)state;
    judge_pooler(&checks, PG_POOLER_NONE);
    assert_check("pooler", CHECK_OK, "each connection has a server session of its own");
    judge_pooler(&checks, PG_POOLER_TRANSACTION);
    assert_string_equal(
        checks.items[0].advice,
        "connect to the server itself (database.dsn or PGHOST and PGPORT), or to a pool in session "
        "mode (PgBouncer: pool_mode = session)");
    assert_failed(
        "pooler", ERR_CONFIG,
        "the database is behind a pooler in transaction mode: locks, temporary tables and settings need "
        "one server session");
    judge_pooler(&checks, PG_POOLER_STATEMENT);
    assert_failed(
        "pooler", ERR_CONFIG,
        "the database is behind a pooler in statement mode: locks, temporary tables and settings need one "
        "server session");
}

static void fewer_connections_than_parallel_jobs_are_worth_a_look(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    struct settings settings = {.run.parallel_jobs = 4};
    facts.max_connections = 4;
    judge_connections(&checks, &facts, &settings);
    assert_check("connections", CHECK_OK, "the role etl may have 4 connections at once, for 4 jobs");
    facts.max_connections = 3;
    judge_connections(&checks, &facts, &settings);
    assert_check(
        "connections", CHECK_WARN,
        "the role etl may have 3 connections at once, and run.parallel_jobs is 4: fewer jobs run at once");
}

static void a_login_in_the_database_needs_one_more_connection(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    struct settings settings = {.run.parallel_jobs = 4, .auth.token_store = TOKEN_STORE_DATABASE};
    facts.max_connections = 5;
    judge_connections(&checks, &facts, &settings);
    assert_check("connections", CHECK_OK, "the role etl may have 5 connections at once, for 4 jobs");
    facts.max_connections = 4;
    judge_connections(&checks, &facts, &settings);
    assert_check("connections", CHECK_WARN,
                 "the role etl may have 4 connections at once, and run.parallel_jobs is 4: the login in the "
                 "database (auth.token_store) needs one more");
}

static void judge_levels(const struct database_facts *facts, int from)
{
    judge_schema(&checks, facts, &(struct schema_change){.from = from, .to = 4});
}

static void an_old_schema_is_a_failure_only_where_it_cannot_be_upgraded(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    judge_levels(&facts, 4);
    assert_check("schema", CHECK_OK, "tokenflex_etl is up to date (level 4)");
    judge_levels(&facts, 2);
    assert_check("schema", CHECK_WARN, "tokenflex_etl is at level 2, this program wants 4");
    judge_levels(&facts, 5);
    assert_failed("schema", ERR_CONFIG, "tokenflex_etl is at level 5, this program knows 4");
    facts.owns_tool_tables = false;
    judge_levels(&facts, 2);
    assert_failed("schema", ERR_CREATE,
                  "tokenflex_etl is at level 2, this program wants 4, and the role etl may not upgrade it");
}

static void a_schema_that_is_not_there_is_a_failure_only_where_it_cannot_be_made(void **state)
{
    (void)state;
    struct database_facts facts = all_is_well();
    judge_levels(&facts, 0);
    assert_check("schema", CHECK_WARN, "tokenflex_etl is still empty");
    facts.may_create_in_tool_schema = false;
    judge_levels(&facts, 0);
    assert_failed("schema", ERR_CREATE,
                  "tokenflex_etl is empty, and the role etl may not create tables in it");
    facts.has_tool_schema = false;
    judge_levels(&facts, 0);
    assert_check("schema", CHECK_WARN, "tokenflex_etl does not exist yet");
    facts.may_create_schemas = false;
    judge_levels(&facts, 0);
    assert_failed("schema", ERR_CREATE,
                  "tokenflex_etl is not there, and the role etl may not create schemas");
}

static void a_job_whose_contract_is_not_seen_fails(void **state)
{
    (void)state;
    const char *numbers[] = {"1", "2"};
    struct job jobs[] = {
        {.name = "good", .enabled = true, .contract_numbers = {numbers, 1}},
        {.name = "off", .contract_numbers = {numbers, 2}},
        {.name = "bad", .enabled = false, .contract_numbers = {numbers, 2}},
    };
    struct contract one = {.number = "1"};
    judge_contracts(&checks, &(struct jobs){jobs, 3}, &(struct contracts){&one, 1});
    assert_check("contracts", CHECK_OK, "1 seen, with all that enabled jobs name");
    jobs[2].enabled = true;
    judge_contracts(&checks, &(struct jobs){jobs, 3}, &(struct contracts){&one, 1});
    assert_failed("contracts", ERR_AUTH, "the job bad names contract 2, which the user does not see");
}

static void timers_are_named_and_missing_ones_are_no_failure(void **state)
{
    (void)state;
    const char *units[] = {"tokenflex-etl@nightly.timer", "tokenflex-etl@weekly.timer"};
    const char *files[] = {"/etc/cron.d/usage"};
    judge_timers(&checks, &(struct timers){{units, 2}, {files, 1}});
    assert_check("timers", CHECK_OK,
                 "enabled: tokenflex-etl@nightly.timer, tokenflex-etl@weekly.timer, cron: /etc/cron.d/usage");
    judge_timers(&checks, &(struct timers){0});
    assert_check("timers", CHECK_WARN,
                 "no enabled tokenflex-etl@*.timer and no line of /etc/crontab or /etc/cron.d starts runs");
}

static void findings_are_counted_by_settings_and_jobs(void **state)
{
    (void)state;
    struct job job = {.name = "usage", .enabled = true};
    struct jobs jobs = {&job, 1};
    struct findings findings = {.arena = arena};
    struct inspected_files files = {&findings, "s.yaml", true, &jobs, "jobs"};
    judge_settings(&checks, &files);
    assert_check("settings", CHECK_OK, "s.yaml");
    judge_jobs(&checks, &files);
    assert_check("jobs", CHECK_OK, "1 in jobs, 1 enabled");
    finding_warning(&findings, (struct place){"s.yaml", 3, 1}, "odd");
    finding_warning(&findings, (struct place){"jobs/usage.yaml", 1, 1}, "unknown field");
    finding_error(&findings, (struct place){"jobs/usage.yaml", 2, 5}, "no contract");
    finding_error(&findings, (struct place){"jobs/usage.yaml", 4, 1}, "no fields");
    judge_settings(&checks, &files);
    assert_check("settings", CHECK_WARN, "1 warning, the first: s.yaml:3:1: odd");
    judge_jobs(&checks, &files);
    assert_failed("jobs", ERR_CONFIG, "2 errors, the first: jobs/usage.yaml:2:5: no contract");
}

static void missing_jobs_are_not_sent_to_check_which_says_the_same(void **state)
{
    (void)state;
    struct jobs none = {0};
    struct findings findings = {.arena = arena};
    struct inspected_files files = {&findings, "s.yaml", true, &none, "jobs"};
    finding_error(&findings, (struct place){.file = "jobs"}, "has no job definition (*.yaml)");
    judge_jobs(&checks, &files);
    assert_non_null(strstr(checks.items[0].advice, "copy jobs from /usr/share/tokenflex-etl/jobs"));
    assert_null(strstr(checks.items[0].advice, "tokenflex-etl check"));
    assert_failed("jobs", ERR_CONFIG, "1 error, the first: jobs: has no job definition (*.yaml)");
}

static void no_settings_file_is_fine_and_no_enabled_job_is_odd(void **state)
{
    (void)state;
    struct job job = {.name = "usage"};
    struct jobs jobs = {&job, 1};
    struct findings findings = {.arena = arena};
    struct inspected_files files = {&findings, "settings", false, &jobs, "jobs"};
    judge_settings(&checks, &files);
    assert_check("settings", CHECK_OK, "no settings file: the defaults and the environment variables apply");
    judge_jobs(&checks, &files);
    assert_check("jobs", CHECK_WARN, "1 in jobs, none of them enabled: `run` would do nothing");
}

#define JUDGE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(a_clock_may_be_off_for_half_a_minute),
        JUDGE_TEST(a_pooler_that_changes_sessions_fails),
        JUDGE_TEST(fewer_connections_than_parallel_jobs_are_worth_a_look),
        JUDGE_TEST(a_login_in_the_database_needs_one_more_connection),
        JUDGE_TEST(without_data_write_there_are_no_exports),
        JUDGE_TEST(a_login_is_good_for_fifteen_days),
        JUDGE_TEST(a_login_belongs_to_the_settings_client),
        JUDGE_TEST(a_budget_is_spent_below_one_request),
        JUDGE_TEST(a_server_is_to_be_15_or_later),
        JUDGE_TEST(a_database_that_only_reads_is_of_no_use),
        JUDGE_TEST(what_the_role_lacks_is_said_with_the_grants),
        JUDGE_TEST(privileges_on_what_is_there_are_looked_at_too),
        JUDGE_TEST(privileges_on_target_tables_are_looked_at_too),
        JUDGE_TEST(an_old_schema_is_a_failure_only_where_it_cannot_be_upgraded),
        JUDGE_TEST(a_schema_that_is_not_there_is_a_failure_only_where_it_cannot_be_made),
        JUDGE_TEST(a_job_whose_contract_is_not_seen_fails),
        JUDGE_TEST(timers_are_named_and_missing_ones_are_no_failure),
        JUDGE_TEST(findings_are_counted_by_settings_and_jobs),
        JUDGE_TEST(missing_jobs_are_not_sent_to_check_which_says_the_same),
        JUDGE_TEST(no_settings_file_is_fine_and_no_enabled_job_is_odd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
