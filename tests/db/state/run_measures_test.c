/* load/run_measures: what the run table tells of each job's last run and last success. */
#include "db/state/fresh.h"
#include "state/run_measures.h"

/* 2026-11-01T00:00:00Z */
#define NIGHT "timestamptz '2026-11-01'"
#define NIGHT_MS INT64_C(1793491200000)
#define MINUTE_MS INT64_C(60000)

/* A chunk of runner 7: minutes since NIGHT at which it began and ended. */
static void add(struct pg *pg, const char *job, const char *contract, const char *status, int began,
                int ended)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql,
              "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid, started_at, "
              "finished_at, rows_read, rows_inserted, rows_updated, rows_unchanged, rows_deleted, requests) "
              "values ('%s', '%s', 'query', '%s', 'h', 7, " NIGHT " + interval '%d minutes', " NIGHT
              " + interval '%d minutes', 10, 1, 2, 3, 4, 5)",
              job, contract, status, began, ended);
    db_exec(pg, buf_text(&sql));
}

/* The measures of one job, of one contract. */
static struct run_measure only(struct pg *pg, struct arena *arena)
{
    struct err err = {0};
    struct run_measure *measures;
    size_t count;
    must(run_measures_read(pg, arena, &measures, &count, &err), &err);
    assert_int_equal(count, 1);
    return measures[0];
}

static void the_chunks_of_a_run_are_summed_up(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "succeeded", -1440, -1430);
    add(pg, "daily", "1", "succeeded", 0, 10);
    add(pg, "daily", "1", "skipped", 10, 10);
    add(pg, "daily", "1", "succeeded", 10, 25);
    struct run_measure measure = only(pg, arena);
    assert_string_equal(measure.job, "daily");
    assert_string_equal(measure.contract, "1");
    assert_int_equal(measure.success_ms, NIGHT_MS + 25 * MINUTE_MS);
    assert_int_equal(measure.failures, 0);
    assert_int_equal(measure.ended_ms, NIGHT_MS + 25 * MINUTE_MS);
    assert_int_equal(measure.elapsed_ms, 25 * MINUTE_MS);
    assert_int_equal(measure.succeeded, 1);
    assert_int_equal(measure.requests, 10);
    assert_int_equal(measure.rows_read, 20);
    assert_int_equal(measure.rows_inserted, 2);
    assert_int_equal(measure.rows_updated, 4);
    assert_int_equal(measure.rows_unchanged, 6);
    assert_int_equal(measure.rows_deleted, 8);
}

/* Else a job whose first month is loaded every night and whose second never is would look well. */
static void a_run_of_which_a_chunk_failed_is_no_success(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "succeeded", -1440, -1430);
    add(pg, "daily", "1", "succeeded", 0, 10);
    add(pg, "daily", "1", "failed", 10, 12);
    struct run_measure measure = only(pg, arena);
    assert_int_equal(measure.success_ms, NIGHT_MS - 1430 * MINUTE_MS);
    assert_int_equal(measure.failures, 1);
    assert_int_equal(measure.ended_ms, NIGHT_MS + 12 * MINUTE_MS);
    assert_int_equal(measure.elapsed_ms, 12 * MINUTE_MS);
    assert_int_equal(measure.succeeded, 0);
    assert_int_equal(measure.requests, 10);
}

static void failures_are_counted_since_the_last_success(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "failed", -7200, -7199);
    add(pg, "daily", "1", "succeeded", -5760, -5750);
    add(pg, "daily", "1", "failed", -4320, -4310);
    add(pg, "daily", "1", "failed", -2880, -2870);
    add(pg, "daily", "1", "succeeded", -1440, -1430);
    add(pg, "daily", "1", "failed", -1430, -1420);
    add(pg, "daily", "1", "failed", 0, 1);
    struct run_measure measure = only(pg, arena);
    assert_int_equal(measure.failures, 4);
    assert_int_equal(measure.success_ms, NIGHT_MS - 5750 * MINUTE_MS);
}

static void a_job_that_never_succeeded_has_no_success(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "failed", -1440, -1430);
    add(pg, "daily", "1", "failed", 0, 10);
    struct run_measure measure = only(pg, arena);
    assert_int_equal(measure.success_ms, 0);
    assert_int_equal(measure.failures, 2);
}

/* In a container every runner may be the same process of the same host. */
static void runs_of_one_host_and_process_are_told_apart_by_time(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "succeeded", 0, 10);
    add(pg, "daily", "1", "succeeded", 12, 13);
    assert_int_equal(only(pg, arena).rows_read, 10);
    assert_int_equal(only(pg, arena).elapsed_ms, MINUTE_MS);
}

static void runs_of_other_hosts_and_processes_are_others_however_soon(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "succeeded", 0, 10);
    db_exec(pg, "update tokenflex_etl.run set host = 'other'");
    add(pg, "daily", "1", "succeeded", 10, 11);
    assert_int_equal(only(pg, arena).rows_read, 10);
    db_exec(pg, "update tokenflex_etl.run set host = 'h', pid = run_id");
    assert_int_equal(only(pg, arena).rows_read, 10);
    db_exec(pg, "update tokenflex_etl.run set host = 'h', pid = 7");
    assert_int_equal(only(pg, arena).rows_read, 20);
}

/* Such a row has ended when the next run found it. */
static void a_run_that_died_is_none_with_the_one_that_found_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "failed", -1440, 0);
    add(pg, "daily", "1", "succeeded", 0, 10);
    struct run_measure measure = only(pg, arena);
    assert_int_equal(measure.succeeded, 1);
    assert_int_equal(measure.failures, 0);
    assert_int_equal(measure.elapsed_ms, 10 * MINUTE_MS);
}

static void a_run_that_goes_on_and_one_that_had_nothing_to_do_change_nothing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    add(pg, "daily", "1", "failed", 0, 10);
    add(pg, "daily", "1", "skipped", 100, 100);
    add(pg, "daily", "1", "running", 200, 200);
    db_exec(pg, "update tokenflex_etl.run set finished_at = null where status = 'running'");
    struct run_measure measure = only(pg, arena);
    assert_int_equal(measure.ended_ms, NIGHT_MS + 10 * MINUTE_MS);
    assert_int_equal(measure.failures, 1);
}

static void each_contract_of_each_job_has_its_own_in_their_order(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct run_measure *measures;
    size_t count;
    must(run_measures_read(pg, arena, &measures, &count, &err), &err);
    assert_int_equal(count, 0);
    add(pg, "weekly", "1", "succeeded", 0, 1);
    add(pg, "daily", "2", "failed", 1, 2);
    add(pg, "daily", "1", "succeeded", 2, 3);
    must(run_measures_read(pg, arena, &measures, &count, &err), &err);
    assert_int_equal(count, 3);
    assert_string_equal(measures[0].job, "daily");
    assert_string_equal(measures[0].contract, "1");
    assert_int_equal(measures[0].ended_ms, NIGHT_MS + 3 * MINUTE_MS);
    assert_string_equal(measures[1].contract, "2");
    assert_int_equal(measures[1].succeeded, 0);
    assert_string_equal(measures[2].job, "weekly");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chunks_of_a_run_are_summed_up),
        cmocka_unit_test(a_run_of_which_a_chunk_failed_is_no_success),
        cmocka_unit_test(failures_are_counted_since_the_last_success),
        cmocka_unit_test(a_job_that_never_succeeded_has_no_success),
        cmocka_unit_test(runs_of_one_host_and_process_are_told_apart_by_time),
        cmocka_unit_test(runs_of_other_hosts_and_processes_are_others_however_soon),
        cmocka_unit_test(a_run_that_died_is_none_with_the_one_that_found_it),
        cmocka_unit_test(a_run_that_goes_on_and_one_that_had_nothing_to_do_change_nothing),
        cmocka_unit_test(each_contract_of_each_job_has_its_own_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
