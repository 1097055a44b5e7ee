/* api/export against the simulator, up to where it is made: lost answers, the quota. */
#include "api/export_inner.h"
#include "base/clock.h"
#include "unit/api/simulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_file_name_goes_with_the_querys_body(void **state)
{
    (void)state;
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    export_put_body(&text, "{\"fields\":[\"a\"]}", "daily \"7\"");
    assert_string_equal(buf_text(&text), "{\"fields\":[\"a\"],\"downloadFileName\":\"daily \\\"7\\\"\"}");
    buf_clear(&text);
    export_put_body(&text, "{}", "x");
    assert_string_equal(buf_text(&text), "{\"downloadFileName\":\"x\"}");
}

static void a_lost_answer_is_found_in_the_list(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "[{\"on\":\"export_submit\",\"close\":\"after\"}]",
        "[{\"on\":\"export_submit\",\"close_at\":20}]",
        "[{\"on\":\"export_submit\",\"trailing\":\"}\"}]",
    };
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        SCOPED(way) struct way way;
        SCOPED(export) struct export export;
        simulator_reset(NULL);
        simulator_control("script", scripts[i]);
        way_begin(&way);
        make(&way, &export);
        assert_int_equal(simulator_requests("export_submit"), 1);
        assert_int_equal(simulator_requests("export_list"), 1);
        must(export_await(&export, &way.err), &way.err);
        assert_non_null(strstr(buf_text(&export.url), "/files/daily-7.csv?"));
    }
}

static void a_request_of_which_nothing_came_is_made_again(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "[{\"on\":\"export_submit\",\"close\":\"before\"}]",
        "[{\"on\":\"export_submit\",\"status\":502}]",
    };
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        SCOPED(way) struct way way;
        SCOPED(export) struct export export;
        simulator_reset(NULL);
        simulator_control("script", scripts[i]);
        way_begin(&way);
        make(&way, &export);
        assert_int_equal(simulator_requests("export_submit"), 2);
        assert_int_equal(simulator_requests("export_list"), 1);
        assert_int_equal(simulator_stat("outstanding_exports"), 1);
    }
}

static void a_request_that_never_gets_through_is_given_up(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    simulator_control("script", "[{\"on\":\"export_submit\",\"times\":-1,\"status\":500}]");
    way_begin(&way);
    way.settings.api.retries = 1;
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    assert_false(export_request(&export, BODY, "x", &full, &way.err));
    expect_failure(&way, ERR_UNAVAILABLE, "cannot request the export: the service answered 500");
    assert_int_equal(simulator_requests("export_submit"), 2);
    assert_int_equal(simulator_requests("export_list"), 2);
}

/* A refused connection leaves nothing to look up. */
static void a_request_that_was_not_sent_is_not_looked_up(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    way_begin(&way);
    way.settings.api.retries = 1;
    way.settings.api.base_url = "http://127.0.0.1:1";
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    assert_false(export_request(&export, BODY, "x", &full, &way.err));
    expect_failure(&way, ERR_UNAVAILABLE, "cannot request the export: POST http://127.0.0.1:1/");
    assert_int_equal(way.api.requests, 2);
}

static void a_refused_request_is_final(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    simulator_control("script", "[{\"on\":\"export_submit\",\"status\":400},"
                                "{\"on\":\"export_submit\",\"nth\":2,\"status\":403}]");
    way_begin(&way);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    assert_false(export_request(&export, BODY, "x", &full, &way.err));
    expect_failure(&way, ERR_CONFIG, "\"downloadFileName\":\"x\"}");
    assert_false(way.api.write_is_forbidden);
    assert_false(export_request(&export, BODY, "x", &full, &way.err));
    expect_failure(&way, ERR_AUTH, "(403)");
    assert_true(way.api.write_is_forbidden);
    assert_false(export.is_outcome_unknown);
    assert_non_null(strstr(way.err.hint, "data:write"));
    assert_int_equal(way.api.requests, 2);
}

static bool refuse_at_guard(void *context, struct pg *pg, struct err *err)
{
    (void)pg;
    ++*(unsigned *)context;
    return err_set(err, ERR_UNAVAILABLE, "the lease cannot be renewed");
}

/* What fails before a request is sent off has been tried again by itself. */
static void what_fails_before_a_request_is_not_repeated(void **state)
{
    (void)state;
    bool full;
    unsigned asked = 0;
    SCOPED(way) struct way way;
    way_begin(&way);
    way.api.guard = (struct api_guard){refuse_at_guard, &asked};
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    assert_false(export_request(&export, BODY, "x", &full, &way.err));
    expect_failure(&way, ERR_UNAVAILABLE, "the lease cannot be renewed");
    assert_int_equal(asked, 1);
}

static void a_refusal_after_a_request_without_an_answer_leaves_it_in_doubt(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    simulator_control("script", "[{\"on\":\"export_submit\",\"close\":\"after\"},"
                                "{\"on\":\"export_list\",\"status\":200,\"body\":\"[]\"},"
                                "{\"on\":\"export_submit\",\"nth\":2,\"status\":403}]");
    way_begin(&way);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    assert_false(export_request(&export, BODY, "x", &full, &way.err));
    expect_failure(&way, ERR_AUTH, "(403)");
    assert_true(export.is_outcome_unknown);
}

static void an_answer_that_lacks_its_key_is_refused(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    simulator_control("script", "[{\"on\":\"export_submit\",\"replace\":"
                                "{\"find\":\"requestKey\",\"with\":\"key\"}}]");
    way_begin(&way);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    assert_false(export_request(&export, BODY, "x", &full, &way.err));
    expect_failure(&way, ERR_DATA, "the answer has no requestKey");
}

/* The quota. */

static void the_quotas_429_waits_for_one_of_ours_to_end(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    SCOPED(export) struct export first;
    simulator_control("config", "{\"export_quota\":1,\"export_polls\":0}");
    way_begin(&way);
    make_named(&way, &first, "first");
    SCOPED(export) struct export second = export_make(&way.api, CONTRACT);
    second.quota.outstanding = 1;
    must(export_request(&second, BODY, "second", &full, &way.err), &way.err);
    assert_true(full);
    assert_int_equal(second.key.length, 0);
    /* As long as none has ended, asking again costs nothing. */
    must(export_wait_quota(&second, &way.err), &way.err);
    must(export_request(&second, BODY, "second", &full, &way.err), &way.err);
    assert_true(full);
    assert_int_equal(simulator_requests("export_submit"), 2);

    must(export_await(&first, &way.err), &way.err);
    second.quota.outstanding = 0;
    for (full = true; full;) {
        must(export_wait_quota(&second, &way.err), &way.err);
        must(export_request(&second, BODY, "second", &full, &way.err), &way.err);
    }
    assert_int_equal(simulator_requests("export_submit"), 3);
    assert_int_equal(simulator_stat("refused_quota"), 1);
    assert_true(second.key.length > 0);
}

static void a_full_count_costs_no_request(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    way_begin(&way);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    export.quota.outstanding = EXPORT_QUOTA;
    must(export_request(&export, BODY, "x", &full, &way.err), &way.err);
    assert_true(full);
    assert_int_equal(way.api.requests, 0);
    export.quota.outstanding = EXPORT_QUOTA - 1;
    must(export_request(&export, BODY, "x", &full, &way.err), &way.err);
    assert_false(full);
}

static void the_rates_429_is_waited_out_and_asked_again(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    SCOPED(export) struct export export;
    simulator_control("script", "[{\"on\":\"export_submit\",\"status\":429,\"retry_after\":1}]");
    way_begin(&way);
    int64_t begun = clock_now_ms();
    make(&way, &export);
    assert_true(clock_now_ms() - begun >= 1000);
    assert_int_equal(simulator_requests("export_submit"), 2);
    assert_int_equal(simulator_requests("export_list"), 0);
}

static void a_quota_that_others_fill_is_found_out(void **state)
{
    (void)state;
    bool full;
    SCOPED(way) struct way way;
    simulator_control("config", "{\"export_quota\":0}");
    way_begin(&way);
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    must(export_request(&export, BODY, "x", &full, &way.err), &way.err);
    assert_true(full);
    assert_int_equal(simulator_requests("export_submit"), 1);
}

static void the_quota_is_not_waited_for_past_the_timeout(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way);
    way.api.deadline_ms = clock_now_ms() + 2;
    way.settings.api.poll_max_ms = 1000;
    way.settings.api.poll_first_ms = 1000;
    SCOPED(export) struct export export = export_make(&way.api, CONTRACT);
    assert_false(export_wait_quota(&export, &way.err));
    expect_failure(&way, ERR_LATER, "no export of ours has ended in time");
}

#define WITH_RESET(test) cmocka_unit_test_setup(test, simulator_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RESET(the_file_name_goes_with_the_querys_body),
        WITH_RESET(a_lost_answer_is_found_in_the_list),
        WITH_RESET(a_request_of_which_nothing_came_is_made_again),
        WITH_RESET(a_request_that_never_gets_through_is_given_up),
        WITH_RESET(a_request_that_was_not_sent_is_not_looked_up),
        WITH_RESET(a_refused_request_is_final),
        WITH_RESET(what_fails_before_a_request_is_not_repeated),
        WITH_RESET(a_refusal_after_a_request_without_an_answer_leaves_it_in_doubt),
        WITH_RESET(an_answer_that_lacks_its_key_is_refused),
        WITH_RESET(the_quotas_429_waits_for_one_of_ours_to_end),
        WITH_RESET(a_full_count_costs_no_request),
        WITH_RESET(the_rates_429_is_waited_out_and_asked_again),
        WITH_RESET(a_quota_that_others_fill_is_found_out),
        WITH_RESET(the_quota_is_not_waited_for_past_the_timeout),
    };
    return cmocka_run_group_tests(tests, simulator_start, simulator_stop);
}
