/* state/run_record: the row of a chunk, from `running` to its end. */
#include "db/state/fresh.h"
#include "state/budget.h"
#include "state/run_record.h"

static int64_t started(struct pg *pg, struct window window)
{
    struct err err = {0};
    int64_t run_id = 0;
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    must(run_record_start(pg, &entry, &run_id, &err), &err);
    return run_id;
}

static void a_run_begins_as_running(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    started(pg, (struct window){true, 20758, 20788});
    assert_string_equal(
        db_value(pg, "select concat_ws('|', job, contract_number, window_start, window_end, source, "
                     "status, finished_at, rows_read, requests, error, host, pid) "
                     "from tokenflex_etl.run"),
        "daily|11000000001|2026-11-01|2026-12-01|query|running|0|0|etl-7.example|4242");
}

static void a_run_says_which_start_it_is_of_and_how_many_chunks_that_had(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t run_id = 0;
    struct window window = {0};
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    entry.request = "what?";
    entry.invocation_id = "00112233-4455-4677-8899-aabbccddeeff";
    entry.chunk = 1;
    entry.chunks = 2;
    entry.requests_before = 4;
    must(run_record_skip(pg, &entry, NULL, &run_id, &err), &err);
    entry.requests_before = 0;
    entry.chunk = 2;
    must(run_record_start(pg, &entry, &run_id, &err), &err);
    started(pg, window);
    assert_string_equal(
        db_value(pg, "select string_agg(concat_ws(' ', status, invocation_id, chunk, chunks, requests), ', ' "
                     "order by run_id) from tokenflex_etl.run"),
        "skipped 00112233-4455-4677-8899-aabbccddeeff 1 2 4, "
        "running 00112233-4455-4677-8899-aabbccddeeff 2 2 0, running 0");
}

static void a_run_without_a_window_has_none(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    started(pg, (struct window){0});
    assert_string_equal(db_value(pg, "select num_nulls(window_start, window_end) from tokenflex_etl.run"),
                        "2");
}

static void a_run_is_seen_by_others_at_once(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other = db_connect();
    started(pg, (struct window){0});
    assert_string_equal(db_value(other, "select status from tokenflex_etl.run"), "running");
}

static void each_run_has_a_number_of_its_own(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t first = started(pg, (struct window){0});
    int64_t second = started(pg, (struct window){0});
    assert_true(first > 0 && second > first);
    char expected[64];
    snprintf(expected, sizeof expected, "%lld %lld", (long long)first, (long long)second);
    assert_string_equal(
        db_value(pg, "select string_agg(run_id::text, ' ' order by run_id) from tokenflex_etl.run"),
        expected);
}

static void the_session_says_what_it_works_on(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = started(pg, (struct window){0});
    char expected[64];
    snprintf(expected, sizeof expected, "tokenflex-etl daily run %lld", (long long)run_id);
    assert_string_equal(db_value(pg, "show application_name"), expected);
}

static void a_run_that_succeeds_has_its_counts(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t run_id = started(pg, (struct window){0});
    struct row_counts counts = {.inserted = 3, .updated = 4, .unchanged = 5, .deleted = 6};
    struct run_record_success success = {.run_id = run_id,
                                         .schema = "tokenflex",
                                         .table = "daily",
                                         .rows_read = 12,
                                         .counts = &counts,
                                         .requests = {7, 4}};
    must(pg_begin(pg, &err) && run_record_succeed(pg, &success, &err) && pg_commit(pg, &err), &err);
    assert_string_equal(db_value(pg, "select concat_ws('|', status, rows_read, rows_inserted, rows_updated, "
                                     "rows_unchanged, rows_deleted, requests, requests_export, error, "
                                     "finished_at >= started_at) "
                                     "from tokenflex_etl.run"),
                        "succeeded|12|3|4|5|6|7|4|t");
}

static void a_success_is_part_of_the_loads_transaction(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t run_id = started(pg, (struct window){0});
    struct run_record_success success = {.run_id = run_id,
                                         .schema = "tokenflex",
                                         .table = "daily",
                                         .rows_read = 0,
                                         .counts = &(struct row_counts){0},
                                         .requests = {0}};
    must(pg_begin(pg, &err) && run_record_succeed(pg, &success, &err), &err);
    pg_rollback(pg);
    assert_string_equal(db_value(pg, "select status from tokenflex_etl.run"), "running");
}

static void a_run_whose_row_was_deleted_does_not_succeed(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct run_record_success success = {.run_id = started(pg, (struct window){0}),
                                         .schema = "tokenflex",
                                         .table = "daily",
                                         .counts = &(struct row_counts){0}};
    db_exec(pg, "delete from tokenflex_etl.run");
    must_fail(run_record_succeed(pg, &success, &err), &err, ERR_LATER,
              "in tokenflex_etl.run was deleted while the run loaded");
}

static void a_run_that_fails_says_why(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct err reason = {0};
    int64_t run_id = started(pg, (struct window){0});
    err_set(&reason, ERR_DATA, "row 3, column usageDate: \"it's \\ no 地 date\"");
    must(run_record_fail(pg, run_id, (struct request_counts){9, 4}, &reason, &err), &err);
    assert_string_equal(db_value(pg,
                                 "select concat_ws('|', status, requests, requests_export, rows_read, error, "
                                 "finished_at is not null) from tokenflex_etl.run"),
                        "failed|9|4|0|row 3, column usageDate: \"it's \\ no 地 date\"|t");
}

static void a_run_that_fails_says_what_kind_of_failure_it_is_and_what_to_do(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct err reason = {0};
    int64_t run_id = started(pg, (struct window){0});
    err_set(&reason, ERR_AUTH, "the service does not know the token");
    err_hint(&reason, "tokenflex-etl auth login");
    must(run_record_fail(pg, run_id, (struct request_counts){9, 4}, &reason, &err), &err);
    assert_string_equal(db_value(pg, "select concat_ws('|', error_kind, error_hint) from tokenflex_etl.run"),
                        "auth|tokenflex-etl auth login");
}

static void a_failure_without_a_hint_has_none(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct err reason = {0};
    int64_t run_id = started(pg, (struct window){0});
    err_set(&reason, ERR_LATER, "not now");
    must(run_record_fail(pg, run_id, (struct request_counts){9, 4}, &reason, &err), &err);
    assert_string_equal(
        db_value(pg, "select error_kind || ' ' || (error_hint is null)::text from tokenflex_etl.run"),
        "try-later true");
}

/* Its COMMIT took place, and the answer was lost. */
static void a_run_that_has_succeeded_stays_so_though_its_runner_takes_it_for_failed(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct err reason = {0};
    int64_t run_id = started(pg, (struct window){0});
    struct run_record_success success = {.run_id = run_id,
                                         .schema = "tokenflex",
                                         .table = "daily",
                                         .rows_read = 12,
                                         .counts = &(struct row_counts){.inserted = 12},
                                         .requests = {7, 0}};
    must(pg_begin(pg, &err) && run_record_succeed(pg, &success, &err) && pg_commit(pg, &err), &err);
    err_set(&reason, ERR_UNAVAILABLE, "connection broken");
    must(run_record_fail(pg, run_id, (struct request_counts){9, 0}, &reason, &err), &err);
    assert_string_equal(
        db_value(pg, "select concat_ws('|', status, rows_inserted, requests, error) from tokenflex_etl.run"),
        "succeeded|12|7");
}

static void the_outcome_of_a_run_whose_commit_was_not_answered_has_its_counts(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    bool succeeded;
    struct row_counts found = {0};
    int64_t run_id = started(pg, (struct window){0});
    must(run_record_outcome(pg, run_id, &succeeded, &found, &err), &err);
    assert_false(succeeded);
    struct row_counts counts = {.inserted = 3, .updated = 4, .unchanged = 5, .deleted = 6, .vanished = 7};
    struct run_record_success success = {
        .run_id = run_id, .schema = "tokenflex", .table = "daily", .rows_read = 12, .counts = &counts};
    must(run_record_succeed(pg, &success, &err), &err);
    must(run_record_outcome(pg, run_id, &succeeded, &found, &err), &err);
    assert_true(succeeded);
    assert_memory_equal(&found, &counts, sizeof counts);
}

/* Nobody holds the lock of this run. */
static void a_run_whose_runner_is_gone_is_marked_as_one_that_died(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    started(pg, (struct window){0});
    must(run_record_mark_lost(pg, &err), &err);
    assert_string_equal(
        db_value(pg, "select concat_ws('|', status, error_kind, error) from tokenflex_etl.run"),
        "failed|died|the run (process 4242 on etl-7.example) ended without finishing");
}

/* A run with a reservation of requests in its name. */
static int64_t started_with_reservation(struct pg *pg, uint64_t requests)
{
    struct err err = {0};
    int64_t reservation = 0;
    const struct budget budget = {.account = "default", .per_minute = 5, .burst = 50};
    int64_t run_id = started(pg, (struct window){0});
    must(reservation_set(&budget, pg, requests, 600000, &reservation, &err), &err);
    return run_id;
}

static const char *reserved(struct pg *pg)
{
    return db_value(pg, "select string_agg(requests::text, ' ') from tokenflex_etl.request_reservation"
                        " where expires_at > clock_timestamp()");
}

static void a_run_that_fails_frees_what_was_reserved_for_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct err reason = {0};
    int64_t first = started_with_reservation(pg, 20);
    started_with_reservation(pg, 30);
    err_set(&reason, ERR_STOPPED, "stopped");
    must(run_record_fail(pg, first, (struct request_counts){1, 0}, &reason, &err), &err);
    assert_string_equal(reserved(pg), "30");
}

static void a_run_that_died_keeps_nothing_reserved(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t ended = started_with_reservation(pg, 20);
    db_exec(pg, "update tokenflex_etl.run set status = 'succeeded'");
    assert_int_not_equal(ended, started_with_reservation(pg, 30));
    must(run_record_mark_lost(pg, &err), &err);
    assert_string_equal(reserved(pg), "20");
}

static void one_run_ends_and_leaves_the_others(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct err reason = {0};
    int64_t first = started(pg, (struct window){0});
    started(pg, (struct window){0});
    err_set(&reason, ERR_DATA, "no");
    must(run_record_fail(pg, first, (struct request_counts){1, 0}, &reason, &err), &err);
    assert_string_equal(db_value(pg, "select string_agg(status, ' ' order by run_id) from tokenflex_etl.run"),
                        "failed running");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_begins_as_running),
        cmocka_unit_test(a_run_says_which_start_it_is_of_and_how_many_chunks_that_had),
        cmocka_unit_test(a_run_without_a_window_has_none),
        cmocka_unit_test(a_run_is_seen_by_others_at_once),
        cmocka_unit_test(each_run_has_a_number_of_its_own),
        cmocka_unit_test(the_session_says_what_it_works_on),
        cmocka_unit_test(a_run_that_succeeds_has_its_counts),
        cmocka_unit_test(a_success_is_part_of_the_loads_transaction),
        cmocka_unit_test(a_run_whose_row_was_deleted_does_not_succeed),
        cmocka_unit_test(a_run_that_fails_says_why),
        cmocka_unit_test(a_run_that_fails_says_what_kind_of_failure_it_is_and_what_to_do),
        cmocka_unit_test(a_failure_without_a_hint_has_none),
        cmocka_unit_test(a_run_that_has_succeeded_stays_so_though_its_runner_takes_it_for_failed),
        cmocka_unit_test(the_outcome_of_a_run_whose_commit_was_not_answered_has_its_counts),
        cmocka_unit_test(a_run_whose_runner_is_gone_is_marked_as_one_that_died),
        cmocka_unit_test(a_run_that_fails_frees_what_was_reserved_for_it),
        cmocka_unit_test(a_run_that_died_keeps_nothing_reserved),
        cmocka_unit_test(one_run_ends_and_leaves_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
