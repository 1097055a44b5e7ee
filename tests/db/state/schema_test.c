/* load/schema: the tool's own schema, from nothing and from what is there. */
#include "state/schema.h"
#include "support/db.h"

#include <pthread.h>

/* The level of the newest migration. */
#define NEWEST 26
#define NEWEST_TEXT "26"

static struct pg *db_without_schema(void)
{
    struct pg *pg = db_connect();
    db_exec(pg, "set client_min_messages = warning; drop schema if exists tokenflex_etl cascade");
    return pg;
}

static struct schema_change upgrade(struct pg *pg)
{
    struct err err = {0};
    struct schema_change change;
    must(schema_upgrade(pg, &change, &err), &err);
    return change;
}

static void the_schema_is_made_from_nothing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    struct schema_change change = upgrade(pg);
    assert_int_equal(change.from, 0);
    assert_int_equal(change.to, NEWEST);
    assert_string_equal(
        db_value(pg, "select string_agg(relname, ' ' order by relname) from pg_class "
                     "where relnamespace = 'tokenflex_etl'::regnamespace and relkind = 'r'"),
        "contract login migration reconciliation request_budget request_reservation restatement "
        "run service_summary source_change target target_filter target_history "
        "target_window usage_last work work_host work_round");
}

static void the_tables_have_the_pinned_columns(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    upgrade(pg);
    assert_string_equal(
        db_value(pg, "select string_agg(attname, ' ' order by attnum) from pg_attribute "
                     "where attrelid = 'tokenflex_etl.run'::regclass and attnum > 0"),
        "run_id job contract_number window_start window_end source status started_at finished_at "
        "rows_read rows_inserted rows_updated rows_unchanged rows_deleted requests error host pid "
        "target remote body_hash submitted_at ready_at ready_ms target_id question_hash "
        "source_reason export_name export_key query_hash timed_out_at timed_out_days requests_before "
        "error_kind error_hint requests_export invocation_id chunk chunks rows_vanished schema_changes "
        "accepted figures asked_at skip_reason requested_at window_given");
    assert_string_equal(
        db_value(pg, "select string_agg(attname, ' ' order by attnum) from pg_attribute "
                     "where attrelid = 'tokenflex_etl.request_budget'::regclass and attnum > 0"),
        "account tokens refilled_at blocked_until max_page_size max_page_size_at burst_at rate_share");
    assert_string_equal(
        db_value(pg, "select string_agg(attname, ' ' order by attnum) from pg_attribute "
                     "where attrelid = 'tokenflex_etl.work'::regclass and attnum > 0"),
        "work_id share round job contract_number window_start window_end chunk chunks requests_before state "
        "host lease_until member_id claim claimed_at ended_at run_id failed_host error error_kind "
        "error_hint");
}

static void what_was_applied_is_recorded(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    upgrade(pg);
    assert_string_equal(
        db_value(pg, "select string_agg(number || ' ' || name, ', ' order by number) "
                     "from tokenflex_etl.migration"),
        "1 001_tool_schema, 2 002_taking_up_again, 3 003_rebuild_and_backfill, "
        "4 004_exports, 5 005_query_memory, 6 006_contracts, 7 007_why_runs_fail, "
        "8 008_source_contract, 9 009_key_columns, 10 010_requests_of_exports, "
        "11 011_invocations, 12 012_vanished_rows, 13 013_one_question, 14 014_windows, "
        "15 015_checks, 16 016_figures, 17 017_limits, 18 018_reconciliation, 19 019_source_change, "
        "20 020_restatements, 21 021_history, "
        "22 022_login, 23 023_work, 24 024_usage_tables, 25 025_listing_handed_on, 26 026_comments");
}

/* A database that an earlier version has filled: history and budget stay. */
static void an_older_schema_is_brought_up_with_what_is_in_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    upgrade(pg);
    db_exec(
        pg,
        "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid) "
        "values ('daily', '1', 'query', 'succeeded', 'h', 1); "
        "drop view tokenflex_etl.usage_table; "
        "alter table tokenflex_etl.run drop column target, drop column remote, drop column body_hash, "
        "drop column submitted_at, drop column ready_at, drop column ready_ms, drop column target_id, "
        "drop column question_hash, drop column source_reason, drop column export_name, "
        "drop column export_key, drop column query_hash, drop column timed_out_at, "
        "drop column timed_out_days, drop column requests_before, drop column error_kind, "
        "drop column error_hint, drop column requests_export, drop column invocation_id, "
        "drop column chunk, drop column chunks, drop column rows_vanished, drop column schema_changes, drop "
        "column accepted, drop column figures, drop column asked_at, drop column skip_reason, "
        "drop column requested_at, drop column window_given; "
        "alter table tokenflex_etl.target drop column target_id, drop column rebuilds, drop column comments, "
        "drop column columns; "
        "alter table tokenflex_etl.request_budget drop column max_page_size, drop column "
        "max_page_size_at, drop column burst_at, drop column rate_share; "
        "drop table tokenflex_etl.work, tokenflex_etl.work_host, tokenflex_etl.work_round; "
        "drop table tokenflex_etl.request_reservation, tokenflex_etl.contract, tokenflex_etl.target_filter, "
        "tokenflex_etl.target_window, tokenflex_etl.reconciliation, tokenflex_etl.service_summary, "
        "tokenflex_etl.source_change, tokenflex_etl.usage_last, tokenflex_etl.restatement, "
        "tokenflex_etl.target_history, tokenflex_etl.login; "
        "delete from tokenflex_etl.migration where number > 1");
    struct schema_change change = upgrade(pg);
    assert_int_equal(change.from, 1);
    assert_int_equal(change.to, NEWEST);
    assert_string_equal(
        db_value(pg, "select concat_ws(' ', job, remote is null, num_nulls(invocation_id, chunk, chunks)) "
                     "from tokenflex_etl.run"),
        "daily t 3");
}

static void a_second_upgrade_changes_nothing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    upgrade(pg);
    db_exec(pg, "insert into tokenflex_etl.request_budget values ('kept', 1, now(), null)");
    struct schema_change change = upgrade(pg);
    assert_int_equal(change.from, NEWEST);
    assert_int_equal(change.to, NEWEST);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.request_budget"), "1");
}

struct upgrade {
    pthread_t thread;
    bool done;
    struct schema_change change;
    struct err err;
};

static void *upgrade_in_thread(void *context)
{
    struct upgrade *upgrade = context;
    SCOPED(pg) struct pg *pg = db_connect();
    upgrade->done = schema_upgrade(pg, &upgrade->change, &upgrade->err);
    return NULL;
}

static void runners_that_start_together_upgrade_once(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    struct upgrade upgrades[6] = {0};
    int made = 0;
    for (size_t i = 0; i < COUNT_OF(upgrades); i++)
        assert_int_equal(pthread_create(&upgrades[i].thread, NULL, upgrade_in_thread, &upgrades[i]), 0);
    for (size_t i = 0; i < COUNT_OF(upgrades); i++)
        pthread_join(upgrades[i].thread, NULL);
    for (size_t i = 0; i < COUNT_OF(upgrades); i++) {
        must(upgrades[i].done, &upgrades[i].err);
        assert_int_equal(upgrades[i].change.to, NEWEST);
        made += upgrades[i].change.from == 0;
    }
    assert_int_equal(made, 1);
    assert_string_equal(db_value(pg, "select max(number) from tokenflex_etl.migration"), NEWEST_TEXT);
}

/* The second one has seen that there is nothing, and waits for the first one's lock. */
static void a_runner_that_waited_for_another_finds_the_work_done(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    struct upgrade waiting = {0};
    db_exec(pg, "begin; select pg_advisory_xact_lock(hashtextextended('tokenflex-etl migration', 0))");
    assert_int_equal(pthread_create(&waiting.thread, NULL, upgrade_in_thread, &waiting), 0);
    SCOPED(pg) struct pg *watcher = db_connect();
    while (
        strcmp(db_value(watcher, "select count(*) from pg_locks where locktype = 'advisory' and not granted"),
               "0") == 0)
        ;
    db_exec(pg,
            "create schema tokenflex_etl; create table tokenflex_etl.migration (number integer, name text); "
            "insert into tokenflex_etl.migration values (" NEWEST_TEXT ", 'by the first'); commit");
    pthread_join(waiting.thread, NULL);
    must(waiting.done, &waiting.err);
    assert_int_equal(waiting.change.from, NEWEST);
    assert_int_equal(waiting.change.to, NEWEST);
    assert_string_equal(db_value(pg, "select string_agg(name, ' ') from tokenflex_etl.migration"),
                        "by the first");
}

static void a_schema_that_a_dba_has_made_is_filled(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    db_exec(pg, "create role filler; create schema tokenflex_etl authorization filler; set role filler");
    struct schema_change change = upgrade(pg);
    assert_int_equal(change.from, 0);
    assert_int_equal(change.to, NEWEST);
    db_exec(pg, "reset role; drop owned by filler cascade; drop role filler");
}

static void reading_returns_the_levels_and_changes_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    struct schema_change change;
    SCOPED(pg) struct pg *pg = db_without_schema();
    must(schema_read_level(pg, &change, &err), &err);
    assert_int_equal(change.from, 0);
    assert_int_equal(change.to, NEWEST);
    assert_string_equal(db_value(pg, "select count(*) from pg_namespace where nspname = 'tokenflex_etl'"),
                        "0");
    upgrade(pg);
    db_exec(pg, "delete from tokenflex_etl.migration where number > 2");
    must(schema_read_level(pg, &change, &err), &err);
    assert_int_equal(change.from, 2);
    assert_int_equal(change.to, NEWEST);
}

static void without_permission_nothing_is_made_and_init_is_hinted_at(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    struct err err = {0};
    struct schema_change change;
    db_exec(pg, "create role newcomer; set role newcomer");
    must_fail(schema_upgrade(pg, &change, &err), &err, ERR_CREATE,
              "cannot create or upgrade the schema tokenflex_etl: permission denied for database");
    assert_non_null(strstr(err.hint, "tokenflex-etl init"));
    assert_false(pg_in_transaction(pg));
    db_exec(pg, "reset role; drop role newcomer");
    assert_string_equal(db_value(pg, "select to_regnamespace('tokenflex_etl') is null"), "t");
}

static void a_role_without_rights_in_the_schema_is_told_which(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    struct err err = {0};
    struct schema_change change;
    upgrade(pg);
    db_exec(pg, "create role outsider; set role outsider");
    must_fail(schema_upgrade(pg, &change, &err), &err, ERR_AUTH,
              "permission denied for schema tokenflex_etl");
    assert_non_null(strstr(err.hint, "grant the role usage on schema tokenflex_etl"));
    db_exec(pg, "reset role; grant usage on schema tokenflex_etl to outsider; set role outsider");
    must_fail(schema_upgrade(pg, &change, &err), &err, ERR_AUTH, "permission denied for table migration");
    assert_non_null(strstr(err.hint, "select, insert, update and delete on its tables"));
    db_exec(pg, "reset role; drop owned by outsider; drop role outsider");
}

static void a_newer_schema_is_left_alone(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    struct err err = {0};
    struct schema_change change;
    upgrade(pg);
    db_exec(pg, "insert into tokenflex_etl.migration values (1000, '1000_of_the_future')");
    must_fail(schema_upgrade(pg, &change, &err), &err, ERR_CONFIG,
              "the schema tokenflex_etl is at level 1000, this program knows " NEWEST_TEXT);
    assert_non_null(strstr(err.hint, "a newer tokenflex-etl has upgraded it"));
}

static void an_upgrade_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_without_schema();
    struct err err = {0};
    struct schema_change change;
    db_exec(pg, "create schema tokenflex_etl; create table tokenflex_etl.target ()");
    must_fail(schema_upgrade(pg, &change, &err), &err, ERR_CREATE, "migration 001_tool_schema");
    assert_string_equal(db_value(pg, "select to_regclass('tokenflex_etl.run') is null"), "t");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_is_made_from_nothing),
        cmocka_unit_test(the_tables_have_the_pinned_columns),
        cmocka_unit_test(what_was_applied_is_recorded),
        cmocka_unit_test(an_older_schema_is_brought_up_with_what_is_in_it),
        cmocka_unit_test(a_second_upgrade_changes_nothing),
        cmocka_unit_test(runners_that_start_together_upgrade_once),
        cmocka_unit_test(a_runner_that_waited_for_another_finds_the_work_done),
        cmocka_unit_test(a_schema_that_a_dba_has_made_is_filled),
        cmocka_unit_test(reading_returns_the_levels_and_changes_nothing),
        cmocka_unit_test(without_permission_nothing_is_made_and_init_is_hinted_at),
        cmocka_unit_test(a_role_without_rights_in_the_schema_is_told_which),
        cmocka_unit_test(a_newer_schema_is_left_alone),
        cmocka_unit_test(an_upgrade_that_fails_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
