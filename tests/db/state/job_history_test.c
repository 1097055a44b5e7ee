/* state/job_history: what a job's earlier queries tell of the next one. */
#include "db/state/fresh.h"
#include "state/job_history.h"
#include "state/run_record.h"

#define QUERY "{\"fields\":[\"usageDate\"]}"

/* A run of the job over `days` days, from 2026-11-01 on. */
static int64_t run_over(struct pg *pg, int64_t days, const char *query)
{
    struct err err = {0};
    int64_t run_id = 0;
    struct window window = {true, 20758, (date_t)(20758 + days)};
    if (days == WINDOW_ALL_DAYS)
        window.bounded = false;
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    entry.request = query;
    entry.query = query;
    must(run_record_start(pg, &entry, &run_id, &err), &err);
    return run_id;
}

static int64_t timed_out(struct pg *pg, int64_t days)
{
    struct err err = {0};
    int64_t run_id = run_over(pg, days, QUERY);
    struct window window = {days != WINDOW_ALL_DAYS, 0, (date_t)days};
    must(job_history_record_timeout(pg, run_id, &window, &err), &err);
    return run_id;
}

static void succeeded(struct pg *pg, int64_t run_id, uint64_t rows)
{
    struct err err = {0};
    struct row_counts counts = {0};
    struct run_record_success success = {.run_id = run_id,
                                         .schema = "tokenflex",
                                         .table = "daily",
                                         .rows_read = rows,
                                         .counts = &counts,
                                         .requests = {1, 0}};
    must(run_record_succeed(pg, &success, &err), &err);
}

static struct job_history history_over(struct pg *pg, int64_t days, const char *query)
{
    struct err err = {0};
    struct job_history history;
    struct window window = {days != WINDOW_ALL_DAYS, 20000, (date_t)(20000 + days)};
    struct job_history_key key = {
        .job = "daily", .contract = CONTRACT, .query = query, .window = &window, .page_size = 100};
    must(job_history_read(pg, &key, &history, &err), &err);
    return history;
}

static void expect_days(struct pg *pg, int64_t asked, int64_t expected)
{
    assert_int_equal(history_over(pg, asked, QUERY).timed_out_days, expected);
}

static void nothing_is_known_at_first(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job_history history = history_over(pg, 30, QUERY);
    assert_int_equal(history.timed_out_days, 0);
    assert_int_equal(history.rows, 0);
    assert_string_equal(history.remembered_until, "");
}

static void a_timeout_counts_for_windows_of_its_size_and_longer(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    timed_out(pg, 30);
    expect_days(pg, 29, 0);
    expect_days(pg, 30, 30);
    expect_days(pg, 31, 30);
    expect_days(pg, WINDOW_ALL_DAYS, 30);
}

static void a_timeout_without_a_window_counts_for_no_window(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    timed_out(pg, WINDOW_ALL_DAYS);
    expect_days(pg, 3650, 0);
    expect_days(pg, WINDOW_ALL_DAYS, WINDOW_ALL_DAYS);
}

static void the_shortest_of_a_runs_timeouts_counts(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t run_id = timed_out(pg, 30);
    struct window half = {true, 0, 15};
    must(job_history_record_timeout(pg, run_id, &half, &err), &err);
    expect_days(pg, 30, 15);
}

static void another_query_is_another_matter(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    timed_out(pg, 30);
    assert_int_equal(history_over(pg, 30, "{\"fields\":[\"usageMonth\"]}").timed_out_days, 0);
}

static void a_timeout_is_forgotten_after_a_week(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    timed_out(pg, 30);
    db_exec(pg, "update tokenflex_etl.run set timed_out_at = timed_out_at - interval '6 days 23 hours'");
    expect_days(pg, 30, 30);
    db_exec(pg, "update tokenflex_etl.run set timed_out_at = timed_out_at - interval '1 hour'");
    expect_days(pg, 30, 0);
}

static void the_day_on_which_it_is_forgotten_is_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    timed_out(pg, 30);
    char expected[64];
    snprintf(expected, sizeof expected, "%s",
             db_value(pg, "select to_char((timed_out_at + interval '7 days') at time zone 'UTC', "
                          "'YYYY-MM-DD') from tokenflex_etl.run"));
    assert_string_equal(history_over(pg, 30, QUERY).remembered_until, expected);
}

static void a_longer_query_that_works_has_it_forgotten(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    timed_out(pg, 30);
    succeeded(pg, run_over(pg, 29, QUERY), 7);
    expect_days(pg, 30, 30);
    succeeded(pg, run_over(pg, 30, QUERY), 7);
    expect_days(pg, 30, 0);
}

static void a_window_loaded_in_parts_has_nothing_forgotten(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    timed_out(pg, 30);
    int64_t run_id = run_over(pg, 30, QUERY);
    must(job_history_record_parts(pg, run_id, "for a reason", &err), &err);
    succeeded(pg, run_id, 7);
    expect_days(pg, 30, 30);
}

/* A result of 900 rows in 30 days tells of 33 days, and of nothing of 62. */
static void rows_are_expected_from_the_nearest_number_of_days(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    succeeded(pg, run_over(pg, 30, QUERY), 1000);
    succeeded(pg, run_over(pg, 30, QUERY), 900);
    succeeded(pg, run_over(pg, 20, QUERY), 500);
    run_over(pg, 30, QUERY);
    assert_int_equal(history_over(pg, 30, QUERY).rows, 900);
    assert_int_equal(history_over(pg, 33, QUERY).rows, 990);
    assert_int_equal(history_over(pg, 10, QUERY).rows, 250);
    assert_int_equal(history_over(pg, 62, QUERY).rows, 0);
    assert_int_equal(history_over(pg, 9, QUERY).rows, 0);
}

static void without_a_window_the_last_result_tells(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    succeeded(pg, run_over(pg, WINDOW_ALL_DAYS, QUERY), 7);
    succeeded(pg, run_over(pg, 3000, QUERY), 900);
    assert_int_equal(history_over(pg, WINDOW_ALL_DAYS, QUERY).rows, 7);
}

static void took(struct pg *pg, const char *source, uint64_t rows, int requests)
{
    char sql[200];
    int64_t run_id = run_over(pg, 30, QUERY);
    succeeded(pg, run_id, rows);
    snprintf(
        sql, sizeof sql,
        "update tokenflex_etl.run set source = '%s', requests = %d, requests_export = %d where run_id = %lld",
        source, requests, strcmp(source, "export") == 0 ? requests : 0, (long long)run_id);
    db_exec(pg, sql);
}

/* Pages of 100 rows: 250 rows are three of them. */
static void requests_beside_the_pages_are_the_least_of_the_last_five(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    assert_int_equal(history_over(pg, 30, QUERY).query_overhead, -1);
    took(pg, "query", 250, 3);
    assert_int_equal(history_over(pg, 30, QUERY).query_overhead, 0);
    for (int i = 0; i < 4; i++)
        took(pg, "query", 250, 9);
    assert_int_equal(history_over(pg, 30, QUERY).query_overhead, 0);
    took(pg, "query", 0, 3);
    assert_int_equal(history_over(pg, 30, QUERY).query_overhead, 2);
}

static void requests_of_exports_are_counted_apart(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    took(pg, "query", 250, 4);
    assert_int_equal(history_over(pg, 30, QUERY).export_requests, 0);
    took(pg, "export", 250, 5);
    took(pg, "export", 250, 7);
    assert_int_equal(history_over(pg, 30, QUERY).export_requests, 5);
    assert_int_equal(history_over(pg, 30, QUERY).query_overhead, 1);
}

/* A query that ran past its limit took three, the export that has replaced it four. */
static void an_export_that_replaced_a_query_tells_what_it_took_itself(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    took(pg, "export", 250, 4);
    db_exec(pg, "update tokenflex_etl.run set requests = 7");
    assert_int_equal(history_over(pg, 30, QUERY).export_requests, 4);
    assert_int_equal(history_over(pg, 30, QUERY).query_overhead, -1);
}

static void was_ready_after(struct pg *pg, const char *source, int ready_ms, uint64_t rows)
{
    char sql[200];
    int64_t run_id = run_over(pg, 30, "{}");
    succeeded(pg, run_id, rows);
    snprintf(sql, sizeof sql, "update tokenflex_etl.run set source = '%s', ready_ms = %d where run_id = %lld",
             source, ready_ms, (long long)run_id);
    db_exec(pg, sql);
}

static void waits_are_the_median_of_the_last_loads_whatever_they_asked(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    assert_int_equal(history_over(pg, 30, QUERY).query_ready_ms, 0);
    was_ready_after(pg, "query", 9000, 7);
    was_ready_after(pg, "query", 1000, 30);
    was_ready_after(pg, "query", 2000, 8);
    was_ready_after(pg, "export", 60000, 9);
    struct job_history history = history_over(pg, 30, QUERY);
    assert_int_equal(history.query_ready_ms, 2000);
    assert_int_equal(history.export_ready_ms, 60000);
    assert_int_equal(history.max_rows, 30);
}

static void only_the_last_ten_loads_tell(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    was_ready_after(pg, "export", 5000, 1000);
    for (int i = 0; i < 10; i++)
        was_ready_after(pg, "query", 1000, 7);
    assert_int_equal(history_over(pg, 30, QUERY).max_rows, 7);
    /* Of exports the last ten exports do. */
    assert_int_equal(history_over(pg, 30, QUERY).export_ready_ms, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_at_first),
        cmocka_unit_test(a_timeout_counts_for_windows_of_its_size_and_longer),
        cmocka_unit_test(a_timeout_without_a_window_counts_for_no_window),
        cmocka_unit_test(the_shortest_of_a_runs_timeouts_counts),
        cmocka_unit_test(another_query_is_another_matter),
        cmocka_unit_test(a_timeout_is_forgotten_after_a_week),
        cmocka_unit_test(the_day_on_which_it_is_forgotten_is_told),
        cmocka_unit_test(a_longer_query_that_works_has_it_forgotten),
        cmocka_unit_test(a_window_loaded_in_parts_has_nothing_forgotten),
        cmocka_unit_test(rows_are_expected_from_the_nearest_number_of_days),
        cmocka_unit_test(without_a_window_the_last_result_tells),
        cmocka_unit_test(requests_beside_the_pages_are_the_least_of_the_last_five),
        cmocka_unit_test(requests_of_exports_are_counted_apart),
        cmocka_unit_test(an_export_that_replaced_a_query_tells_what_it_took_itself),
        cmocka_unit_test(waits_are_the_median_of_the_last_loads_whatever_they_asked),
        cmocka_unit_test(only_the_last_ten_loads_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
