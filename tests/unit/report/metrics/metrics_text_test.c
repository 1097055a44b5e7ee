#include "report/metrics/metrics_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct metrics_job daily(void)
{
    return (struct metrics_job){
        .measure =
            {
                .job = "daily",
                .contract = "11000000001",
                .success_ms = 1795305600123, /* 2026-11-22T00:00:00.123Z */
                .failures = 2,
                .ended_ms = 1795309200000,
                .elapsed_ms = 61005,
                .succeeded = 0,
                .requests = 7,
                .rows_read = 21,
                .rows_inserted = 1,
                .rows_updated = 2,
                .rows_unchanged = 3,
                .rows_deleted = 4,
                .exit_code = 69,
            },
        .is_measured = true,
    };
}

static const char daily_text[] =
    "# HELP tokenflex_etl_job_last_success_timestamp_seconds When the last successful run ended; 0: none "
    "has. A run after a failure does not count until the days of the failure are loaded.\n"
    "# TYPE tokenflex_etl_job_last_success_timestamp_seconds gauge\n"
    "tokenflex_etl_job_last_success_timestamp_seconds{job_name=\"daily\",contract_number=\"11000000001\"} "
    "1795305600.123\n"
    "# HELP tokenflex_etl_job_last_run_timestamp_seconds When the last run ended, whether it succeeded or "
    "failed.\n"
    "# TYPE tokenflex_etl_job_last_run_timestamp_seconds gauge\n"
    "tokenflex_etl_job_last_run_timestamp_seconds{job_name=\"daily\",contract_number=\"11000000001\"} "
    "1795309200.000\n"
    "# HELP tokenflex_etl_job_last_run_succeeded 1 if every chunk of the last run succeeded, else 0. Also 0 "
    "while the days of an earlier failed run have not been loaded since.\n"
    "# TYPE tokenflex_etl_job_last_run_succeeded gauge\n"
    "tokenflex_etl_job_last_run_succeeded{job_name=\"daily\",contract_number=\"11000000001\"} 0\n"
    "# HELP tokenflex_etl_job_last_run_duration_seconds How long the last run took.\n"
    "# TYPE tokenflex_etl_job_last_run_duration_seconds gauge\n"
    "tokenflex_etl_job_last_run_duration_seconds{job_name=\"daily\",contract_number=\"11000000001\"} 61.005\n"
    "# HELP tokenflex_etl_job_last_run_rows Rows of the last run: those of the result (read), and what "
    "became of them.\n"
    "# TYPE tokenflex_etl_job_last_run_rows gauge\n"
    "tokenflex_etl_job_last_run_rows{job_name=\"daily\",contract_number=\"11000000001\",outcome=\"read\"} "
    "21\n"
    "tokenflex_etl_job_last_run_rows{job_name=\"daily\",contract_number=\"11000000001\",outcome="
    "\"inserted\"} 1\n"
    "tokenflex_etl_job_last_run_rows{job_name=\"daily\",contract_number=\"11000000001\",outcome=\"updated\"} "
    "2\n"
    "tokenflex_etl_job_last_run_rows{job_name=\"daily\",contract_number=\"11000000001\",outcome="
    "\"unchanged\"} 3\n"
    "tokenflex_etl_job_last_run_rows{job_name=\"daily\",contract_number=\"11000000001\",outcome=\"deleted\"} "
    "4\n"
    "# HELP tokenflex_etl_job_last_run_requests Requests to the API that the last run spent.\n"
    "# TYPE tokenflex_etl_job_last_run_requests gauge\n"
    "tokenflex_etl_job_last_run_requests{job_name=\"daily\",contract_number=\"11000000001\"} 7\n"
    "# HELP tokenflex_etl_job_consecutive_failures Runs that have failed since the last one that succeeded.\n"
    "# TYPE tokenflex_etl_job_consecutive_failures gauge\n"
    "tokenflex_etl_job_consecutive_failures{job_name=\"daily\",contract_number=\"11000000001\"} 2\n"
    "# HELP tokenflex_etl_job_last_exit_code Exit code of the job in its last run, also if it could not "
    "begin in the run that wrote this file.\n"
    "# TYPE tokenflex_etl_job_last_exit_code gauge\n"
    "tokenflex_etl_job_last_exit_code{job_name=\"daily\",contract_number=\"11000000001\"} 69\n";

static const char run_text[] =
    "# HELP tokenflex_etl_build_info 1, with the version that wrote this file as a label.\n"
    "# TYPE tokenflex_etl_build_info gauge\n"
    "tokenflex_etl_build_info{version=\"1.2.3\"} 1\n"
    "# HELP tokenflex_etl_written_timestamp_seconds When this file was written: at the end of a run.\n"
    "# TYPE tokenflex_etl_written_timestamp_seconds gauge\n"
    "tokenflex_etl_written_timestamp_seconds 1795309205.001\n"
    "# HELP tokenflex_etl_last_run_exit_code Exit code of the run that wrote this file.\n"
    "# TYPE tokenflex_etl_last_run_exit_code gauge\n"
    "tokenflex_etl_last_run_exit_code 69\n"
    "# HELP tokenflex_etl_last_run_duration_seconds How long the run that wrote this file took.\n"
    "# TYPE tokenflex_etl_last_run_duration_seconds gauge\n"
    "tokenflex_etl_last_run_duration_seconds 62.500\n"
    "# HELP tokenflex_etl_database_up 1 if the run table could be read, else 0: the metrics of jobs are then "
    "from an earlier run.\n"
    "# TYPE tokenflex_etl_database_up gauge\n"
    "tokenflex_etl_database_up 1\n";

static const char budget_text[] =
    "# HELP tokenflex_etl_request_budget_per_minute Requests that the budget regains a minute; 0: no limit.\n"
    "# TYPE tokenflex_etl_request_budget_per_minute gauge\n"
    "tokenflex_etl_request_budget_per_minute 5\n"
    "# HELP tokenflex_etl_request_budget_burst Requests that the service accepts at once.\n"
    "# TYPE tokenflex_etl_request_budget_burst gauge\n"
    "tokenflex_etl_request_budget_burst 50\n"
    "# HELP tokenflex_etl_request_budget_left Requests that could be sent now; below zero: the number that "
    "waiting runs still need.\n"
    "# TYPE tokenflex_etl_request_budget_left gauge\n"
    "tokenflex_etl_request_budget_left -1.250\n";

static struct metrics of_run(void)
{
    return (struct metrics){
        .version = "1.2.3",
        .written_ms = 1795309205001,
        .exit_code = 69,
        .elapsed_ms = 62500,
        .database_up = true,
        .per_minute = 5,
        .burst = 50,
        .level_is_known = true,
        .requests_left = -1.25,
    };
}

static void the_texts_say_all_of_the_run_and_of_the_budget_and_each_job(void **state)
{
    (void)state;
    struct metrics_job job = daily();
    struct metrics metrics = of_run();
    metrics.jobs = &job;
    metrics.job_count = 1;
    SCOPED(buf) struct buf run = buf_make(BUF_OWN_TEXT);
    metrics_put_run(&metrics, &run);
    assert_string_equal(buf_text(&run), run_text);
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    metrics_put_jobs(&metrics, &out);
    assert_memory_equal(buf_text(&out), budget_text, sizeof budget_text - 1);
    assert_string_equal(buf_text(&out) + sizeof budget_text - 1, daily_text);
}

static void what_is_not_known_is_not_said(void **state)
{
    (void)state;
    struct metrics_job jobs[] = {daily(), daily()};
    jobs[0].is_measured = false;
    jobs[1].measure.exit_code = METRICS_CODE_UNKNOWN;
    struct metrics metrics = {.version = "1", .jobs = jobs, .job_count = 1};
    SCOPED(buf) struct buf coded = buf_make(BUF_OWN_TEXT);
    metrics_put_jobs(&metrics, &coded);
    assert_non_null(strstr(buf_text(&coded), "tokenflex_etl_job_last_exit_code{"));
    assert_null(strstr(buf_text(&coded), "tokenflex_etl_job_last_success"));
    assert_non_null(strstr(buf_text(&coded), "tokenflex_etl_request_budget_per_minute 0\n"));
    assert_null(strstr(buf_text(&coded), "request_budget_burst"));
    assert_null(strstr(buf_text(&coded), "request_budget_left"));
    metrics.jobs = &jobs[1];
    SCOPED(buf) struct buf measured = buf_make(BUF_OWN_TEXT);
    metrics_put_jobs(&metrics, &measured);
    assert_null(strstr(buf_text(&measured), "tokenflex_etl_job_last_exit_code"));
    assert_non_null(strstr(buf_text(&measured), "tokenflex_etl_job_last_success_timestamp_seconds{"));
}

static void samples_of_one_metric_stand_together_under_one_head(void **state)
{
    (void)state;
    struct metrics_job jobs[] = {daily(), daily()};
    jobs[1].measure.contract = "11000000002";
    struct metrics metrics = {.version = "1", .jobs = jobs, .job_count = 2};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    metrics_put_jobs(&metrics, &out);
    assert_non_null(strstr(
        buf_text(&out),
        "# TYPE tokenflex_etl_job_consecutive_failures gauge\n"
        "tokenflex_etl_job_consecutive_failures{job_name=\"daily\",contract_number=\"11000000001\"} 2\n"
        "tokenflex_etl_job_consecutive_failures{job_name=\"daily\",contract_number=\"11000000002\"} 2\n"
        "# HELP tokenflex_etl_job_last_exit_code "));
    const char *head = strstr(buf_text(&out), "# TYPE tokenflex_etl_job_last_run_rows");
    assert_null(strstr(head + 1, "# TYPE tokenflex_etl_job_last_run_rows"));
}

static void label_values_are_escaped(void **state)
{
    (void)state;
    struct metrics_job job = daily();
    job.measure.contract = "a\"b\\c\nd{},=é";
    struct metrics metrics = {.version = "1", .jobs = &job, .job_count = 1};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    metrics_put_jobs(&metrics, &out);
    assert_non_null(
        strstr(buf_text(&out), "{job_name=\"daily\",contract_number=\"a\\\"b\\\\c\\nd{},=é\"} 69\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_texts_say_all_of_the_run_and_of_the_budget_and_each_job),
        cmocka_unit_test(what_is_not_known_is_not_said),
        cmocka_unit_test(samples_of_one_metric_stand_together_under_one_head),
        cmocka_unit_test(label_values_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
