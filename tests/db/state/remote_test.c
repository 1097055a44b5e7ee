/* state/remote: which work at the service a later run resumes, and which export nobody needs any more. */
#include "db/state/fresh.h"
#include "state/remote.h"

#include <stdio.h>

#define BODY "{\"fields\":[\"usageDate\"]}"
#define MINUTE_MS INT64_C(60000)

static const struct window november = {true, 20758, 20788};

static int64_t begin_run(struct pg *pg)
{
    struct err err = {0};
    int64_t run_id = 0;
    struct run_record_entry entry = run_entry("daily", "daily", &november);
    must(run_record_start(pg, &entry, &run_id, &err), &err);
    return run_id;
}

static void fail_run(struct pg *pg, int64_t run_id)
{
    struct err err = {0};
    struct err reason = {0};
    err_set(&reason, ERR_STOPPED, "stopped");
    must(run_record_fail(pg, run_id, (struct request_counts){1, 0}, &reason, &err), &err);
}

static void succeed_run(struct pg *pg, int64_t run_id)
{
    struct err err = {0};
    struct run_record_success success = {
        .run_id = run_id, .schema = "tokenflex", .table = "daily", .counts = &(struct row_counts){0}};
    must(run_record_succeed(pg, &success, &err), &err);
}

static void submit_query(struct pg *pg, int64_t run_id)
{
    struct err err = {0};
    struct remote_query query = {.url = "https://service.example/q1", .body = BODY};
    must(remote_query_submitted(pg, run_id, &query, &err), &err);
}

static void request_export(struct pg *pg, int64_t run_id)
{
    struct err err = {0};
    struct remote_export export = {"daily-1", BODY, "the job says source: export"};
    must(remote_export_begin(pg, run_id, &export, &err) && remote_export_requested(pg, run_id, "key-1", &err),
         &err);
}

/* Sets a moment of the run back. */
static void set_back(struct pg *pg, int64_t run_id, const char *column, const char *interval)
{
    char sql[200];
    snprintf(sql, sizeof sql, "update tokenflex_etl.run set %s = %s - interval '%s' where run_id = %lld",
             column, column, interval, (long long)run_id);
    db_exec(pg, sql);
}

/* What the run would resume: a query may take five minutes, and its result is promised for two. */
static struct remote_work find(struct pg *pg, int64_t run_id)
{
    struct err err = {0};
    struct remote_work work;
    struct remote_search search = {.job = "daily",
                                   .contract = CONTRACT,
                                   .window = &november,
                                   .run_id = run_id,
                                   .body = BODY,
                                   .deadline_ms = 5 * MINUTE_MS,
                                   .lifetime_ms = 2 * MINUTE_MS};
    must(remote_find(pg, &search, &work, &err), &err);
    return work;
}

static void expect_query(struct pg *pg, int64_t run_id, bool is_resumed)
{
    SCOPED(remote_work) struct remote_work work = find(pg, run_id);
    if (is_resumed)
        assert_string_equal(work.query_url, "https://service.example/q1");
    else
        assert_null(work.query_url);
}

static void expect_export(struct pg *pg, int64_t run_id, bool is_resumed)
{
    SCOPED(remote_work) struct remote_work work = find(pg, run_id);
    if (is_resumed)
        assert_string_equal(work.export_key, "key-1");
    else
        assert_null(work.export_key);
}

static void a_query_is_resumed_until_its_result_would_be_gone(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = begin_run(pg);
    submit_query(pg, run_id);
    fail_run(pg, run_id);
    int64_t next = begin_run(pg);
    set_back(pg, run_id, "submitted_at", "6 minutes");
    expect_query(pg, next, true);
    set_back(pg, run_id, "submitted_at", "2 minutes");
    expect_query(pg, next, false);
}

static void a_query_whose_result_was_seen_is_resumed_for_the_results_lifetime(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = begin_run(pg);
    submit_query(pg, run_id);
    must(remote_ready(pg, run_id, 1000, &err), &err);
    fail_run(pg, run_id);
    int64_t next = begin_run(pg);
    set_back(pg, run_id, "submitted_at", "4 minutes");
    set_back(pg, run_id, "ready_at", "1 minute");
    expect_query(pg, next, true);
    set_back(pg, run_id, "ready_at", "2 minutes");
    expect_query(pg, next, false);
}

static void a_running_run_resumes_what_it_has_asked_for_itself(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = begin_run(pg);
    submit_query(pg, run_id);
    expect_query(pg, run_id, true);
    int64_t other = begin_run(pg);
    expect_query(pg, other, false);
}

static void a_success_ends_the_work_of_earlier_runs(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = begin_run(pg);
    submit_query(pg, run_id);
    fail_run(pg, run_id);
    succeed_run(pg, begin_run(pg));
    expect_query(pg, begin_run(pg), false);
}

/* What a run that is killed must leave behind would be nowhere. */
static void what_belongs_to_a_run_whose_row_was_deleted_is_not_written(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct remote_export export = {.name = "name", .body = "body", .reason = "reason"};
    int64_t run_id = begin_run(pg);
    db_exec(pg, "delete from tokenflex_etl.run");
    must_fail(remote_export_begin(pg, run_id, &export, &err), &err, ERR_LATER,
              "was deleted while the run loaded");
    must_fail(remote_ready(pg, run_id, 1, &err), &err, ERR_LATER, "was deleted while the run loaded");
    must(remote_query_forget(pg, run_id, &err), &err);
    must(remote_export_forget(pg, run_id, &err), &err);
}

static int64_t leftover(struct pg *pg, int64_t run_id)
{
    struct err err = {0};
    SCOPED(remote_work) struct remote_work work;
    must(remote_export_leftover(pg, CONTRACT, run_id, &work, &err), &err);
    return work.run_id;
}

static void an_export_that_was_loaded_and_not_deleted_is_left_over(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = begin_run(pg);
    request_export(pg, run_id);
    succeed_run(pg, run_id);
    int64_t next = begin_run(pg);
    /* Its runner may be about to delete it. */
    set_back(pg, run_id, "finished_at", "14 minutes");
    assert_int_equal(leftover(pg, next), 0);
    set_back(pg, run_id, "finished_at", "2 minutes");
    assert_int_equal(leftover(pg, next), run_id);
}

static void an_export_is_resumed_within_twelve_hours_and_left_over_later(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = begin_run(pg);
    request_export(pg, run_id);
    fail_run(pg, run_id);
    int64_t next = begin_run(pg);
    set_back(pg, run_id, "requested_at", "11 hours");
    expect_export(pg, next, true);
    assert_int_equal(leftover(pg, next), 0);
    set_back(pg, run_id, "requested_at", "2 hours");
    expect_export(pg, next, false);
    assert_int_equal(leftover(pg, next), run_id);
}

/* The run that asks deletes it itself. */
static void an_export_that_the_run_itself_has_resumed_is_not_left_over(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_fresh();
    int64_t run_id = begin_run(pg);
    request_export(pg, run_id);
    fail_run(pg, run_id);
    set_back(pg, run_id, "requested_at", "11 hours");
    int64_t next = begin_run(pg);
    SCOPED(remote_work) struct remote_work work = find(pg, next);
    assert_string_equal(work.export_key, "key-1");
    must(remote_export_resume(pg, next, &work, &err), &err);
    set_back(pg, next, "requested_at", "3 hours");
    assert_int_equal(leftover(pg, next), 0);
    expect_export(pg, next, true);
    fail_run(pg, next);
    expect_export(pg, begin_run(pg), false);
    succeed_run(pg, next);
    assert_int_equal(leftover(pg, next), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_resumed_until_its_result_would_be_gone),
        cmocka_unit_test(a_query_whose_result_was_seen_is_resumed_for_the_results_lifetime),
        cmocka_unit_test(a_running_run_resumes_what_it_has_asked_for_itself),
        cmocka_unit_test(a_success_ends_the_work_of_earlier_runs),
        cmocka_unit_test(what_belongs_to_a_run_whose_row_was_deleted_is_not_written),
        cmocka_unit_test(an_export_that_was_loaded_and_not_deleted_is_left_over),
        cmocka_unit_test(an_export_is_resumed_within_twelve_hours_and_left_over_later),
        cmocka_unit_test(an_export_that_the_run_itself_has_resumed_is_not_left_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
