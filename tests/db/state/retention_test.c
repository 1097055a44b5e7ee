/* load/retention_apply: old runs go, but for those that somebody may ask for. */
#include "db/state/fresh.h"
#include "state/retention.h"

#define KEEP_DAYS 30

/*
 * A run that is old, named by its host: columns of status, window_start, window_end, target_id, and an offset
 * of its start in days, as SQL. Runs are the older, the earlier they are added.
 */
static void add(struct pg *pg, const char *name, const char *columns)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "insert into tokenflex_etl.run (host, pid, job, contract_number, source, status, window_start, "
             "window_end, target_id, started_at, question_hash) select '%s', 1, 'daily', '" CONTRACT "', "
             "'query', status, from_day::date, to_day::date, target, timestamptz '2025-06-10 01:00Z' + day * "
             "interval '1 day', 'q' from (values (%s)) v (status, from_day, to_day, target, day)",
             name, columns);
    db_exec(pg, sql);
}

/* So many runs of today. */
static void add_new(struct pg *pg, const char *status, const char *source, int count)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "insert into tokenflex_etl.run (host, pid, job, contract_number, source, status) "
             "select 'new', 1, 'daily', '" CONTRACT "', '%s', '%s' from generate_series(1, %d)",
             source, status, count);
    db_exec(pg, sql);
}

/* All that history and status are content with. */
static void add_enough(struct pg *pg)
{
    add_new(pg, "succeeded", "query", 10);
    add_new(pg, "succeeded", "export", 10);
    add_new(pg, "failed", "query", 80);
}

static uint64_t prune(struct pg *pg)
{
    struct err err = {0};
    uint64_t deleted;
    must(retention_apply(pg, KEEP_DAYS, &deleted, &err), &err);
    return deleted;
}

static const char *left(struct pg *pg)
{
    return db_value(pg, "select coalesce(string_agg(host, ' ' order by run_id), '') from tokenflex_etl.run "
                        "where host <> 'new'");
}

static void old_runs_are_deleted(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "failed", "'failed', null, null, null::bigint, 0");
    add(pg, "succeeded", "'succeeded', null, null, 7, 1");
    add(pg, "skipped", "'skipped', '2025-05-01', '2025-06-01', null::bigint, 2");
    add_enough(pg);
    assert_int_equal(prune(pg), 3);
    assert_string_equal(left(pg), "");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.run"), "100");
}

static void runs_that_are_not_old_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "old", "'failed', null, null, null::bigint, 0");
    add(pg, "young", "'failed', null, null, null::bigint, 0");
    db_exec(pg, "update tokenflex_etl.run set started_at = clock_timestamp() - case host when 'old' then "
                "interval '721 hours' else interval '719 hours' end");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "young");
}

static void runs_that_are_running_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "running", "'running', null, null, null::bigint, 0");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "running");
}

/* Of each job and contract, whatever became of them. */
static void the_newest_hundred_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "older", "'failed', null, null, null::bigint, 0");
    add(pg, "newer", "'failed', null, null, null::bigint, 1");
    add_new(pg, "failed", "query", 99);
    prune(pg);
    assert_string_equal(left(pg), "newer");
}

static void the_runs_of_other_contracts_do_not_count(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "here", "'failed', null, null, null::bigint, 0");
    add(pg, "there", "'failed', null, null, null::bigint, 1");
    db_exec(pg, "update tokenflex_etl.run set contract_number = '2' where host = 'there'");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "there");
}

/* What run_history.sql and export_history.sql ask for. */
static void the_newest_ten_that_succeeded_stay_by_query_and_by_export(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "query1", "'succeeded', null, null, 7, 0");
    add(pg, "query2", "'succeeded', null, null, 7, 1");
    add(pg, "export1", "'succeeded', null, null, 7, 2");
    add(pg, "export2", "'succeeded', null, null, 7, 3");
    db_exec(pg, "update tokenflex_etl.run set source = 'export' where host like 'export%'");
    add_new(pg, "succeeded", "query", 9);
    add_new(pg, "succeeded", "export", 9);
    add_new(pg, "failed", "query", 100);
    prune(pg);
    assert_string_equal(left(pg), "query2 export2");
}

/* What run_finished.sql asks for. */
static void the_newest_success_of_a_window_and_table_stays(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "first", "'succeeded', '2025-05-01', '2025-06-01', 7, 0");
    add(pg, "second", "'succeeded', '2025-05-01', '2025-06-01', 7, 1");
    add(pg, "failed", "'failed', '2025-05-01', '2025-06-01', 7, 2");
    add(pg, "other_month", "'succeeded', '2025-04-01', '2025-05-01', 7, 3");
    add(pg, "other_table", "'succeeded', '2025-05-01', '2025-06-01', 8, 4");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "second other_month other_table");
}

/* The window's last days were still to come: run_finished.sql does not take it for finished. */
static void a_success_of_a_window_that_was_not_over_is_deleted(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "too_early", "'succeeded', '2025-06-01', '2025-07-01', 7, 0");
    add(pg, "just_over", "'succeeded', '2025-06-03', '2025-06-10', 7, 0");
    add(pg, "asked_before", "'succeeded', '2025-06-04', '2025-06-11', 8, 1");
    db_exec(pg,
            "update tokenflex_etl.run set submitted_at = '2025-06-10 23:59Z' where host = 'asked_before'");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "just_over");
}

/* Every night cuts the days anew; the last of the nights is all that a backfill could go on from. */
static void windows_that_move_with_the_days_are_deleted(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "night1", "'succeeded', '2025-05-07', '2025-06-08', 7, 0");
    add(pg, "night2", "'succeeded', '2025-05-08', '2025-06-09', 7, 1");
    add(pg, "night3", "'succeeded', '2025-05-09', '2025-06-10', 7, 2");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "night3");
}

/* The pieces that backfills have, even where nights went over them since. */
static void whole_months_weeks_and_days_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "month", "'succeeded', '2025-04-01', '2025-05-01', 7, 0");
    add(pg, "week", "'succeeded', '2025-04-07', '2025-04-14', 7, 1");
    add(pg, "day", "'succeeded', '2025-04-09', '2025-04-10', 7, 2");
    add(pg, "piece", "'succeeded', '2025-04-15', '2025-05-01', 7, 3");
    add(pg, "night", "'succeeded', '2025-04-02', '2025-06-06', 7, 4");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "month week day night");
}

/* The pieces at the ends of a backfill that begins and ends in the middle of months. */
static void pieces_whose_days_no_later_run_has_cut_otherwise_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "begin", "'succeeded', '2025-01-15', '2025-02-01', 7, 0");
    add(pg, "end", "'succeeded', '2025-04-01', '2025-04-20', 7, 1");
    add(pg, "between", "'succeeded', '2025-02-01', '2025-03-31', 7, 2");
    add(pg, "behind", "'succeeded', '2025-04-20', '2025-05-15', 7, 3");
    add(pg, "over_the_last", "'succeeded', '2025-05-14', '2025-06-09', 7, 4");
    add(pg, "elsewhere", "'succeeded', '2025-01-03', '2025-06-09', 8, 5");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "begin end between over_the_last elsewhere");
}

/* What export_find.sql asks for, and what the service may still have. */
static void an_export_that_is_left_at_the_service_stays(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "asked", "'failed', '2025-05-07', '2025-06-08', null::bigint, 0");
    add(pg, "undeleted", "'succeeded', '2025-05-08', '2025-06-08', 7, 1");
    add(pg, "forgotten", "'failed', '2025-05-09', '2025-06-08', null::bigint, 2");
    db_exec(pg, "update tokenflex_etl.run set source = 'export', submitted_at = started_at, "
                "export_name = case host when 'forgotten' then null else host end, "
                "export_key = case host when 'undeleted' then 'key' end");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "asked undeleted");
}

/* Without the success, the export would be taken up, and bring rows of long ago. */
static void the_newest_run_of_a_chunk_with_an_export_stays(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "asked", "'failed', '2025-05-07', '2025-06-08', null::bigint, 0");
    db_exec(pg,
            "update tokenflex_etl.run set source = 'export', submitted_at = started_at, export_name = 'x'");
    add(pg, "between", "'succeeded', '2025-05-07', '2025-06-08', 7, 1");
    add(pg, "newest", "'succeeded', '2025-05-07', '2025-06-08', 7, 2");
    add(pg, "elsewhere", "'succeeded', '2025-05-08', '2025-06-08', 7, 3");
    add(pg, "after", "'succeeded', '2025-05-08', '2025-06-09', 7, 4");
    add_enough(pg);
    prune(pg);
    assert_string_equal(left(pg), "asked newest after");
}

/* What run_resume.sql asks for: a result that could be there still, whatever the settings promise. */
static void a_query_that_may_live_stays(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    uint64_t deleted;
    add(pg, "long_ago", "'failed', '2025-05-07', '2025-06-08', null::bigint, 0");
    add(pg, "lately", "'failed', '2025-05-08', '2025-06-08', null::bigint, 1");
    add(pg, "done_with", "'failed', '2025-05-09', '2025-06-08', null::bigint, 2");
    db_exec(pg, "update tokenflex_etl.run set remote = case when host <> 'done_with' then '/query/1' end, "
                "started_at = clock_timestamp() - case host when 'long_ago' then interval '40 days' "
                "else interval '3 days' end");
    db_exec(pg, "update tokenflex_etl.run set submitted_at = started_at");
    add_enough(pg);
    must(retention_apply(pg, 2, &deleted, &err), &err);
    assert_string_equal(left(pg), "lately");
}

static void no_more_than_a_batch_is_deleted_and_the_oldest_first(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add(pg, "oldest", "'failed', null, null, null::bigint, 0");
    db_exec(pg, "insert into tokenflex_etl.run (host, pid, job, contract_number, source, status, started_at) "
                "select 'old', 1, 'daily', '" CONTRACT "', 'query', 'failed', '2025-06-11' "
                "from generate_series(2, 10000)");
    add(pg, "next", "'failed', null, null, null::bigint, 2");
    add_enough(pg);
    assert_int_equal(prune(pg), RETENTION_MAX);
    assert_string_equal(left(pg), "next");
    assert_int_equal(prune(pg), 1);
    assert_int_equal(prune(pg), 0);
}

/* Rows that another run is at are not waited for. */
static void a_row_that_somebody_holds_is_left_for_another_time(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other = db_connect();
    add(pg, "held", "'failed', null, null, null::bigint, 0");
    add(pg, "free", "'failed', null, null, null::bigint, 1");
    add_enough(pg);
    db_exec(other, "begin");
    db_exec(other, "update tokenflex_etl.run set requests = 1 where host = 'held'");
    db_exec(pg, "set lock_timeout = '5min'");
    assert_int_equal(prune(pg), 1);
    assert_string_equal(left(pg), "held");
}

static void a_role_that_may_not_delete_is_told_when_there_is_something_to_delete(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    uint64_t deleted;
    db_exec(pg, "create role loader; grant usage on schema tokenflex_etl to loader; "
                "grant select, insert, update on tokenflex_etl.run to loader; set role loader");
    add_new(pg, "failed", "query", 1);
    must(retention_apply(pg, KEEP_DAYS, &deleted, &err), &err);
    db_exec(pg, "update tokenflex_etl.run set started_at = '2025-06-10'");
    must_fail(retention_apply(pg, KEEP_DAYS, &deleted, &err), &err, ERR_AUTH,
              "cannot delete old runs: permission denied for table run");
    db_exec(pg, "reset role; drop owned by loader; drop role loader");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_runs_are_deleted),
        cmocka_unit_test(runs_that_are_not_old_stay),
        cmocka_unit_test(runs_that_are_running_stay),
        cmocka_unit_test(the_newest_hundred_stay),
        cmocka_unit_test(the_runs_of_other_contracts_do_not_count),
        cmocka_unit_test(the_newest_ten_that_succeeded_stay_by_query_and_by_export),
        cmocka_unit_test(the_newest_success_of_a_window_and_table_stays),
        cmocka_unit_test(a_success_of_a_window_that_was_not_over_is_deleted),
        cmocka_unit_test(windows_that_move_with_the_days_are_deleted),
        cmocka_unit_test(whole_months_weeks_and_days_stay),
        cmocka_unit_test(pieces_whose_days_no_later_run_has_cut_otherwise_stay),
        cmocka_unit_test(an_export_that_is_left_at_the_service_stays),
        cmocka_unit_test(the_newest_run_of_a_chunk_with_an_export_stays),
        cmocka_unit_test(a_query_that_may_live_stays),
        cmocka_unit_test(no_more_than_a_batch_is_deleted_and_the_oldest_first),
        cmocka_unit_test(a_row_that_somebody_holds_is_left_for_another_time),
        cmocka_unit_test(a_role_that_may_not_delete_is_told_when_there_is_something_to_delete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
