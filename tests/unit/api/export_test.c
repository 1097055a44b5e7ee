/* api/export against the simulator, once it is made: polls, resuming, the end. */
#include "api/export.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "unit/api/simulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* One submit, one poll answered Requested, one answered Download, one delete. */
static void an_export_costs_a_handful_of_requests(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    bool is_final;
    way_begin(&way);
    make(&way, &export);
    assert_int_equal(export.status, EXPORT_REQUESTED);
    assert_non_null(strchr(buf_text(&export.key), '#'));
    assert_non_null(strchr(buf_text(&export.key), ':'));
    must(export_await(&export, &way.err), &way.err);
    assert_int_equal(export.status, EXPORT_DOWNLOAD);
    assert_non_null(strstr(buf_text(&export.url), "/files/daily-7.csv?"));
    assert_true(export.ready_ms >= 0);
    must(export_delete(&export, &is_final, &way.err), &way.err);
    assert_int_equal(simulator_requests("export_submit"), 1);
    assert_int_equal(simulator_requests("export_status"), 2);
    assert_int_equal(simulator_requests("export_delete"), 1);
    assert_int_equal(way.api.requests, 4);
}

static void the_first_poll_comes_when_past_runs_had_their_file(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("config", "{\"export_polls\":0,\"export_ms\":200}");
    way_begin(&way);
    make(&way, &export);
    export.expected_ms = 400;
    must(export_await(&export, &way.err), &way.err);
    assert_int_equal(simulator_requests("export_status"), 1);
    assert_int_equal(export.ready_ms, 400);
}

/* Polling. */

static void an_error_is_retried(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("config", "{\"export_errors\":1,\"export_polls\":0}");
    way_begin(&way);
    make(&way, &export);
    must(export_await(&export, &way.err), &way.err);
    assert_int_equal(export.status, EXPORT_DOWNLOAD);
    assert_int_equal(export.retries, 1);
    assert_int_equal(export.ready_ms, -1);
    assert_int_equal(simulator_requests("export_retry"), 1);
}

/* Two answers Error of an export that comes along all the while. */
static void two_errors_are_retried(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("config", "{\"export_polls\":2}");
    simulator_control("script", "[{\"on\":\"export_status\",\"from\":1,\"times\":2,\"replace\":"
                                "{\"find\":\"Requested\",\"with\":\"Error\"}}]");
    way_begin(&way);
    make(&way, &export);
    must(export_await(&export, &way.err), &way.err);
    assert_int_equal(export.status, EXPORT_DOWNLOAD);
    assert_int_equal(export.retries, 2);
    assert_int_equal(simulator_requests("export_retry"), 2);
}

static void three_errors_are_one_too_many(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("config", "{\"export_polls\":9}");
    simulator_control("script", "[{\"on\":\"export_status\",\"from\":1,\"times\":-1,\"replace\":"
                                "{\"find\":\"Requested\",\"with\":\"ERROR\"}}]");
    way_begin(&way);
    make(&way, &export);
    assert_false(export_await(&export, &way.err));
    expect_failure(&way, ERR_UNAVAILABLE, "Error, also after 2 retries");
    assert_int_equal(export.status, EXPORT_ERROR);
    assert_int_equal(simulator_requests("export_retry"), 2);
}

static void a_retry_whose_answer_is_lost_is_repeated(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("config", "{\"export_errors\":1,\"export_polls\":0}");
    simulator_control("script", "[{\"on\":\"export_retry\",\"close\":\"after\"}]");
    way_begin(&way);
    make(&way, &export);
    must(export_await(&export, &way.err), &way.err);
    assert_int_equal(export.status, EXPORT_DOWNLOAD);
    assert_int_equal(simulator_requests("export_retry"), 2);
    assert_int_equal(simulator_requests("export_list"), 0);
}

static void a_poll_past_the_timeout_is_not_waited_for(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    way_begin(&way);
    make(&way, &export);
    way.api.deadline_ms = clock_deadline(3600000);
    export.expected_ms = 7200000;
    assert_false(export_await(&export, &way.err));
    expect_failure(&way, ERR_LATER,
                   "the export is not ready, and the next poll would pass the job's timeout");
    assert_true(export.key.length > 0);
    assert_int_equal(simulator_requests("export_status"), 0);
}

static void a_status_that_nobody_knows_is_refused(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("script", "[{\"on\":\"export_status\",\"replace\":"
                                "{\"find\":\"Requested\",\"with\":\"Archived\"}}]");
    way_begin(&way);
    make(&way, &export);
    assert_false(export_await(&export, &way.err));
    expect_failure(&way, ERR_DATA, "`Archived`");
}

/* Resuming. */

static void an_export_is_resumed_by_its_key(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export made;
    simulator_control("config", "{\"export_polls\":0}");
    way_begin(&way);
    make(&way, &made);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    export.expected_ms = 50000;
    export_resume(&export, buf_text(&made.key), 60000);
    must(export_await(&export, &way.err), &way.err);
    assert_int_equal(export.status, EXPORT_DOWNLOAD);
    assert_int_equal(export.ready_ms, 50000);
    assert_int_equal(simulator_requests("export_submit"), 1);
    assert_int_equal(simulator_requests("export_status"), 1);
}

static void an_export_that_the_service_does_not_know_is_gone(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    bool is_final;
    way_begin(&way);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    export_resume(&export, "2018-09-20T22:43:13#7be9", 60000);
    must(export_await(&export, &way.err), &way.err);
    assert_int_equal(export.status, EXPORT_GONE);
    assert_false(export_refresh_url(&export, &way.err));
    expect_failure(&way, ERR_UNAVAILABLE, "(404)");
    must(export_delete(&export, &is_final, &way.err), &way.err);
}

static void an_export_is_resumed_by_its_file_name(void **state)
{
    (void)state;
    bool found;
    SCOPED(way) struct way way;
    SCOPED(export) struct export one;
    SCOPED(export) struct export other;
    way_begin(&way);
    make_named(&way, &one, "one");
    make_named(&way, &other, "other");
    must(export_await(&other, &way.err), &way.err);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    must(export_find(&export, "missing", clock_wall_ms(), &found, &way.err), &way.err);
    assert_false(found);
    assert_int_equal(export.key.length, 0);
    must(export_find(&export, "other", clock_wall_ms(), &found, &way.err), &way.err);
    assert_true(found);
    assert_string_equal(buf_text(&export.key), buf_text(&other.key));
    assert_int_equal(export.status, EXPORT_DOWNLOAD);
    assert_true(export.url.length > 0);
}

/* The service lists exports by the day of the request, by a clock and in a time zone of its own. */
static void an_export_is_found_though_the_clocks_are_a_day_apart(void **state)
{
    (void)state;
    bool found;
    int64_t day_ms = INT64_C(86400000);
    int64_t asked_ms = clock_wall_ms();
    SCOPED(way) struct way way;
    SCOPED(export) struct export one;
    way_begin(&way);
    make_named(&way, &one, "one");
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    must(export_find(&export, "one", asked_ms + day_ms, &found, &way.err), &way.err);
    assert_true(found);
}

/* The rest. */

static void a_new_address_takes_the_place_of_the_old_one(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    way_begin(&way);
    make(&way, &export);
    must(export_await(&export, &way.err), &way.err);
    SCOPED(mem) char *before = mem_copy_text(buf_text(&export.url));
    must(export_refresh_url(&export, &way.err), &way.err);
    assert_string_not_equal(buf_text(&export.url), before);
    assert_int_equal(simulator_requests("export_refresh_url"), 1);
}

/* An answer that keeps the address to itself is asked for it. */
static void a_finished_export_without_an_address_gets_one(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("config", "{\"export_polls\":0}");
    simulator_control("script", "[{\"on\":\"export_status\",\"replace\":"
                                "{\"find\":\"downloadUrl\",\"with\":\"url\"}}]");
    way_begin(&way);
    make(&way, &export);
    must(export_await(&export, &way.err), &way.err);
    assert_non_null(strstr(buf_text(&export.url), "/files/daily-7.csv?"));
    assert_int_equal(simulator_requests("export_refresh_url"), 1);
}

/* *is_final of a delete that is answered with the status. */
static bool fail_to_delete(struct way *way, int status)
{
    char script[120];
    bool is_final;
    SCOPED(export) struct export export;
    snprintf(script, sizeof script, "[{\"on\":\"export_delete\",\"times\":-1,\"status\":%d}]", status);
    simulator_control("script", script);
    way_begin(way);
    way->settings.api.retries = 0;
    make(way, &export);
    assert_false(export_delete(&export, &is_final, &way->err));
    return is_final;
}

static void a_delete_that_fails_is_told(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    assert_false(fail_to_delete(&way, 500));
    expect_failure(&way, ERR_UNAVAILABLE, "cannot delete the export: the service answered 500");
}

/* It says nothing about the right to make one. */
static void a_delete_that_is_refused_fails_for_good(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    assert_true(fail_to_delete(&way, 403));
    expect_failure(&way, ERR_AUTH, "the service forbids it (403)");
    assert_false(way.api.write_is_forbidden);
}

static void the_address_is_not_in_the_log(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    struct log_options options = {.fd = fileno(file), .level = LOG_DEBUG, .format = LOG_JSON};
    char lines[8192] = "";
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    way_begin(&way);
    log_setup(&options);
    make(&way, &export);
    must(export_await(&export, &way.err), &way.err);
    must(export_refresh_url(&export, &way.err), &way.err);
    log_setup(&(struct log_options){.fd = STDERR_FILENO, .level = LOG_INFO, .format = LOG_TEXT});
    rewind(file);
    assert_true(fread(lines, 1, sizeof lines - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(lines, "export-polled"));
    assert_null(strstr(lines, "/files/"));
    assert_null(strstr(lines, "X-Amz-Signature"));
    assert_null(strstr(lines, "sim-t0ken"));
}

#define WITH_RESET(test) cmocka_unit_test_setup(test, simulator_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RESET(an_export_costs_a_handful_of_requests),
        WITH_RESET(the_first_poll_comes_when_past_runs_had_their_file),
        WITH_RESET(an_error_is_retried),
        WITH_RESET(two_errors_are_retried),
        WITH_RESET(three_errors_are_one_too_many),
        WITH_RESET(a_retry_whose_answer_is_lost_is_repeated),
        WITH_RESET(a_poll_past_the_timeout_is_not_waited_for),
        WITH_RESET(a_status_that_nobody_knows_is_refused),
        WITH_RESET(an_export_is_resumed_by_its_key),
        WITH_RESET(an_export_that_the_service_does_not_know_is_gone),
        WITH_RESET(an_export_is_resumed_by_its_file_name),
        WITH_RESET(an_export_is_found_though_the_clocks_are_a_day_apart),
        WITH_RESET(a_new_address_takes_the_place_of_the_old_one),
        WITH_RESET(a_finished_export_without_an_address_gets_one),
        WITH_RESET(a_delete_that_fails_is_told),
        WITH_RESET(a_delete_that_is_refused_fails_for_good),
        WITH_RESET(the_address_is_not_in_the_log),
    };
    return cmocka_run_group_tests(tests, simulator_start, simulator_stop);
}
