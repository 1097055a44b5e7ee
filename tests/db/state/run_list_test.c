/* state/run_list: what the run table tells of each job and contract. */
#include "db/state/fresh.h"
#include "state/lock.h"
#include "state/run_list.h"

struct reading {
    struct arena *arena;
    struct run_list histories;
};

static void reading_cleanup(struct reading *reading)
{
    arena_release(reading->arena);
}

static struct reading read_some(struct pg *pg, struct run_list_wanted wanted)
{
    struct err err = {0};
    struct reading reading = {.arena = arena_make()};
    must(run_list_read(pg, &wanted, reading.arena, &reading.histories, &err), &err);
    must(run_list_read_data_through(pg, &reading.histories, &err), &err);
    return reading;
}

static struct reading read_all(struct pg *pg)
{
    return read_some(pg, (struct run_list_wanted){.max_rows = 100});
}

/* A night's run, `days` ago: windows end on the day of the run. */
static void add_nights(struct pg *pg, const char *job, const char *status, int from, int to)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, status, "
             "started_at, finished_at, rows_read, requests, error, error_kind, error_hint, host, pid) "
             "select '%s', '" CONTRACT "', date '2026-11-22' - n - 35, date '2026-11-22' - n, 'query', '%s', "
             "timestamptz '2026-11-22 01:00Z' - n * interval '1 day', "
             "timestamptz '2026-11-22 01:00:10.5Z' - n * interval '1 day', 100 + n, 2, "
             "case '%s' when 'failed' then 'no' end, case '%s' when 'failed' then 'data' end, "
             "case '%s' when 'failed' then 'look' end, 'etl-7', 42 "
             "from generate_series(%d, %d, -1) n",
             job, status, status, status, status, from, to);
    db_exec(pg, sql);
}

static void rows_come_newest_first_with_all_that_they_say(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "daily", "succeeded", 2, 1);
    add_nights(pg, "daily", "failed", 0, 0);
    SCOPED(reading) struct reading reading = read_all(pg);
    assert_int_equal(reading.histories.count, 1);
    const struct run_list_of_job *history = reading.histories.items;
    assert_string_equal(history->job, "daily");
    assert_string_equal(history->contract, CONTRACT);
    assert_int_equal(history->row_count, 3);
    assert_true(history->is_whole);
    const struct run_row *newest = history->rows;
    assert_int_equal(newest->status, RUN_FAILED);
    assert_true(newest->run_id > newest[1].run_id);
    assert_string_equal(newest->error, "no");
    assert_string_equal(newest->error_kind, "data");
    assert_string_equal(newest->error_hint, "look");
    assert_true(newest->started_ms == INT64_C(1795309200000) &&
                newest->finished_ms == INT64_C(1795309210500));
    assert_int_equal(newest->window.to, 20779);
    assert_int_equal(newest->window.from, 20744);
    assert_string_equal(newest->host, "etl-7");
    assert_int_equal(newest->pid, 42);
    assert_null(newest->invocation_id);
    assert_int_equal(newest->chunks, 0);
    assert_null(newest[1].error);
    assert_int_equal(newest[1].rows_read, 101);
}

static void the_newest_rows_of_each_job_and_contract_are_read(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "b", "succeeded", 4, 0);
    add_nights(pg, "a", "succeeded", 1, 0);
    SCOPED(reading) struct reading reading = read_some(pg, (struct run_list_wanted){.max_rows = 3});
    assert_int_equal(reading.histories.count, 2);
    assert_string_equal(reading.histories.items[0].job, "a");
    assert_int_equal(reading.histories.items[0].row_count, 2);
    assert_true(reading.histories.items[0].is_whole);
    assert_string_equal(reading.histories.items[1].job, "b");
    assert_int_equal(reading.histories.items[1].row_count, 3);
    assert_false(reading.histories.items[1].is_whole);
    assert_int_equal(reading.histories.items[1].rows[0].rows_read, 100);
}

static void the_invocation_and_the_place_in_it_are_read(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "daily", "succeeded", 0, 0);
    db_exec(pg, "update tokenflex_etl.run set invocation_id = '00112233-4455-4677-8899-aabbccddeeff', "
                "chunk = 2, chunks = 3");
    SCOPED(reading) struct reading reading = read_all(pg);
    const struct run_row *row = reading.histories.items[0].rows;
    assert_string_equal(row->invocation_id, "00112233-4455-4677-8899-aabbccddeeff");
    assert_int_equal(row->chunk, 2);
    assert_int_equal(row->chunks, 3);
}

/* Its connection was lost between two chunks, and with it the lock, which another start had meanwhile. */
static void the_rows_of_an_invocation_come_together(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "daily", "succeeded", 4, 0);
    db_exec(pg, "update tokenflex_etl.run set invocation_id = case rows_read when 103 then "
                "'00000000-0000-4000-8000-000000000001' when 102 then '00000000-0000-4000-8000-000000000002' "
                "when 101 then '00000000-0000-4000-8000-000000000001' end::uuid");
    SCOPED(reading) struct reading reading = read_all(pg);
    const struct run_row *rows = reading.histories.items[0].rows;
    assert_int_equal(reading.histories.items[0].row_count, 5);
    assert_int_equal(rows[0].rows_read, 100);
    assert_int_equal(rows[1].rows_read, 101);
    assert_int_equal(rows[2].rows_read, 103);
    assert_int_equal(rows[3].rows_read, 102);
    assert_int_equal(rows[4].rows_read, 104);
}

/* Contracts and jobs whose names begin alike, and many of them: none is passed over. */
static void every_job_and_contract_is_found(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid) "
                "select 'job' || job, contract::text, 'query', 'succeeded', 'h', 1 "
                "from generate_series(1, 12) job, generate_series(1, 12) contract, generate_series(1, 3)");
    SCOPED(reading) struct reading reading = read_some(pg, (struct run_list_wanted){.max_rows = 2});
    assert_int_equal(reading.histories.count, 144);
    for (size_t i = 0; i < reading.histories.count; i++)
        assert_int_equal(reading.histories.items[i].row_count, 2);
    SCOPED(reading) struct reading one = read_some(pg, (struct run_list_wanted){"job12", NULL, 2});
    assert_int_equal(one.histories.count, 12);
    SCOPED(reading) struct reading contract = read_some(pg, (struct run_list_wanted){NULL, "12", 2});
    assert_int_equal(contract.histories.count, 12);
}

static void one_job_and_contract_may_be_read_alone(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "b", "succeeded", 4, 0);
    add_nights(pg, "a", "succeeded", 1, 0);
    SCOPED(reading) struct reading one = read_some(pg, (struct run_list_wanted){"b", CONTRACT, 100});
    assert_int_equal(one.histories.count, 1);
    assert_string_equal(one.histories.items[0].job, "b");
    SCOPED(reading) struct reading none = read_some(pg, (struct run_list_wanted){"b", "2", 100});
    assert_int_equal(none.histories.count, 0);
}

/* Of all successes, also of those that are not read; and no day that had not begun when it was asked for. */
static void data_is_there_up_to_the_last_day_that_was_loaded(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "daily", "succeeded", 3, 2);
    add_nights(pg, "daily", "failed", 1, 0);
    SCOPED(reading) struct reading past = read_some(pg, (struct run_list_wanted){.max_rows = 1});
    assert_true(past.histories.items[0].has_data);
    assert_int_equal(past.histories.items[0].data_through, 20776); /* 2026-11-19 */
    db_exec(pg, "update tokenflex_etl.run set window_end = '2026-12-01'");
    SCOPED(reading) struct reading month = read_all(pg);
    assert_int_equal(month.histories.items[0].data_through,
                     20776); /* 2026-11-19, the day before it was asked */
    db_exec(pg, "update tokenflex_etl.run set window_start = null, window_end = null");
    SCOPED(reading) struct reading none = read_all(pg);
    assert_false(none.histories.items[0].has_data);
    assert_false(none.histories.items[0].rows[0].window.bounded);
}

static void a_runner_is_gone_when_nobody_holds_its_lock(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *runner = db_connect();
    struct err err = {0};
    add_nights(pg, "daily", "running", 0, 0);
    db_exec(pg, "update tokenflex_etl.run set target = 'tokenflex.daily', finished_at = null");
    must(lock_take(runner, "tokenflex", "daily", CONTRACT, &err), &err);
    SCOPED(reading) struct reading alive = read_all(pg);
    assert_int_equal(alive.histories.items[0].rows[0].status, RUN_RUNNING);
    assert_int_equal(alive.histories.items[0].rows[0].finished_ms, 0);
    assert_false(alive.histories.items[0].rows[0].runner_is_gone);
    lock_release(runner, "tokenflex", "daily", CONTRACT);
    SCOPED(reading) struct reading gone = read_all(pg);
    assert_true(gone.histories.items[0].rows[0].runner_is_gone);
}

/* Between two chunks there is no row that says running. */
static void a_runner_between_two_chunks_holds_its_lock(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *runner = db_connect();
    struct err err = {0};
    add_nights(pg, "daily", "succeeded", 0, 0);
    add_nights(pg, "other", "succeeded", 0, 0);
    db_exec(pg, "update tokenflex_etl.run set target = 'tokenflex.' || job");
    must(lock_take(runner, "tokenflex", "daily", CONTRACT, &err), &err);
    SCOPED(reading) struct reading reading = read_all(pg);
    assert_false(reading.histories.items[0].rows[0].runner_is_gone);
    assert_true(reading.histories.items[1].rows[0].runner_is_gone);
    lock_release(runner, "tokenflex", "daily", CONTRACT);
}

static void a_database_without_the_schema_has_no_table_and_a_clock(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "drop schema tokenflex_etl cascade");
    SCOPED(reading) struct reading reading = read_all(pg);
    assert_false(reading.histories.has_table);
    assert_int_equal(reading.histories.count, 0);
    assert_true(reading.histories.now_ms > INT64_C(1700000000000));
}

/* As the first version made the table. */
static void a_schema_that_nobody_has_upgraded_is_read_too(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "daily", "failed", 0, 0);
    db_exec(pg,
            "begin; alter table tokenflex_etl.run drop column target, drop column remote, "
            "drop column submitted_at, drop column error_kind, drop column error_hint, "
            "drop column invocation_id, drop column chunk, drop column chunks, drop column schema_changes");
    SCOPED(reading) struct reading reading = read_all(pg);
    const struct run_row *row = reading.histories.items[0].rows;
    assert_string_equal(row->error, "no");
    assert_int_equal(row->rows_read, 100);
    assert_null(row->error_kind);
    assert_null(row->invocation_id);
    assert_int_equal(row->chunk, 0);
    assert_false(row->runner_is_gone);
    pg_rollback(pg);
}

static void a_role_that_may_select_can_read_in_a_transaction_that_only_reads(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    add_nights(pg, "daily", "succeeded", 0, 0);
    db_exec(pg, "create role watcher; grant usage on schema tokenflex_etl to watcher; "
                "grant select on tokenflex_etl.run to watcher; set role watcher");
    db_exec(pg, "begin read only");
    SCOPED(reading) struct reading reading = read_all(pg);
    assert_int_equal(reading.histories.count, 1);
    db_exec(pg, "rollback");
    db_exec(pg, "reset role; drop owned by watcher; drop role watcher");
}

static void a_role_that_may_not_is_told_what_to_grant(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct run_list histories;
    struct run_list_wanted wanted = {.max_rows = 1};
    db_exec(pg, "create role outsider; set role outsider");
    must_fail(run_list_read(pg, &wanted, arena, &histories, &err), &err, ERR_AUTH,
              "cannot read the run table: permission denied for schema tokenflex_etl");
    assert_string_equal(err.hint, "grant the role usage on schema tokenflex_etl, and select on its tables");
    db_exec(pg, "reset role; drop role outsider");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_newest_first_with_all_that_they_say),
        cmocka_unit_test(the_newest_rows_of_each_job_and_contract_are_read),
        cmocka_unit_test(the_invocation_and_the_place_in_it_are_read),
        cmocka_unit_test(the_rows_of_an_invocation_come_together),
        cmocka_unit_test(every_job_and_contract_is_found),
        cmocka_unit_test(one_job_and_contract_may_be_read_alone),
        cmocka_unit_test(data_is_there_up_to_the_last_day_that_was_loaded),
        cmocka_unit_test(a_runner_is_gone_when_nobody_holds_its_lock),
        cmocka_unit_test(a_runner_between_two_chunks_holds_its_lock),
        cmocka_unit_test(a_database_without_the_schema_has_no_table_and_a_clock),
        cmocka_unit_test(a_schema_that_nobody_has_upgraded_is_read_too),
        cmocka_unit_test(a_role_that_may_select_can_read_in_a_transaction_that_only_reads),
        cmocka_unit_test(a_role_that_may_not_is_told_what_to_grant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
