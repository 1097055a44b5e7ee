#include "api/retry.h"
#include "base/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* 1994-11-06T08:49:37Z, the moment of RFC 9110's example. */
#define EXAMPLE_MS INT64_C(784111777000)

static struct verdict judge_status(int status)
{
    return retry_judge(&(struct attempt){.answered = true,
                                         .status = status,
                                         .retry_after = "",
                                         .retries = 5,
                                         .first_wait_ms = 1000,
                                         .random = 0.5});
}

static void any_2xx_is_accepted(void **state)
{
    (void)state;
    assert_int_equal(judge_status(200).action, VERDICT_ACCEPT);
    assert_int_equal(judge_status(201).action, VERDICT_ACCEPT);
    assert_int_equal(judge_status(202).action, VERDICT_ACCEPT);
    assert_int_equal(judge_status(204).action, VERDICT_ACCEPT);
    assert_int_equal(judge_status(299).action, VERDICT_ACCEPT);
}

static void no_answer_is_retried(void **state)
{
    (void)state;
    struct verdict verdict = retry_judge(&(struct attempt){
        .answered = false, .retry_after = "", .retries = 5, .first_wait_ms = 1000, .random = 0.5});
    assert_int_equal(verdict.action, VERDICT_RETRY);
    assert_int_equal(verdict.wait_ms, 500);
}

/* A body cut short comes with the status of its head. */
static void a_success_whose_body_is_not_whole_is_retried(void **state)
{
    (void)state;
    struct verdict verdict = retry_judge(&(struct attempt){.answered = false,
                                                           .status = 200,
                                                           .retry_after = "",
                                                           .retries = 5,
                                                           .first_wait_ms = 1000,
                                                           .random = 0.5});
    assert_int_equal(verdict.action, VERDICT_RETRY);
}

static void a_request_that_the_server_gave_up_waiting_for_is_retried(void **state)
{
    (void)state;
    struct verdict verdict = judge_status(408);
    assert_int_equal(verdict.action, VERDICT_RETRY);
    assert_int_equal(verdict.wait_ms, 500);
}

static void a_server_error_is_retried(void **state)
{
    (void)state;
    const int statuses[] = {500, 501, 502, 503, 504, 599};
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        assert_int_equal(judge_status(statuses[i]).action, VERDICT_RETRY);
}

static void each_retry_may_wait_twice_as_long(void **state)
{
    (void)state;
    const int64_t waits_ms[] = {500, 1000, 2000, 4000, 8000};
    for (unsigned failures = 0; failures < COUNT_OF(waits_ms); failures++) {
        struct verdict verdict = retry_judge(&(struct attempt){.answered = true,
                                                               .status = 502,
                                                               .retry_after = "",
                                                               .failures = failures,
                                                               .retries = 5,
                                                               .first_wait_ms = 1000,
                                                               .random = 0.5});
        assert_int_equal(verdict.action, VERDICT_RETRY);
        assert_int_equal(verdict.wait_ms, waits_ms[failures]);
    }
}

static void a_temporary_fault_is_final_when_the_retries_are_used_up(void **state)
{
    (void)state;
    struct attempt attempt = {.answered = true,
                              .status = 500,
                              .retry_after = "",
                              .failures = 5,
                              .retries = 5,
                              .first_wait_ms = 1000,
                              .random = 0.5};
    assert_int_equal(retry_judge(&attempt).action, VERDICT_FAIL);
    assert_int_equal(retry_judge(&attempt).kind, ERR_UNAVAILABLE);
    attempt.answered = false;
    assert_int_equal(retry_judge(&attempt).action, VERDICT_FAIL);
    assert_int_equal(retry_judge(&attempt).kind, ERR_UNAVAILABLE);
}

static void without_retries_the_first_fault_is_final(void **state)
{
    (void)state;
    struct verdict verdict =
        retry_judge(&(struct attempt){.answered = false, .retry_after = "", .retries = 0, .random = 0.5});
    assert_int_equal(verdict.action, VERDICT_FAIL);
    assert_int_equal(verdict.kind, ERR_UNAVAILABLE);
}

static void a_refused_request_is_a_fault_of_the_configuration(void **state)
{
    (void)state;
    const int statuses[] = {400, 404, 405, 406, 422};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        assert_int_equal(judge_status(statuses[i]).action, VERDICT_FAIL);
        assert_int_equal(judge_status(statuses[i]).kind, ERR_CONFIG);
    }
}

static void the_first_401_asks_for_another_token(void **state)
{
    (void)state;
    struct verdict verdict = judge_status(401);
    assert_int_equal(verdict.action, VERDICT_RENEW_TOKEN);
    assert_int_equal(verdict.wait_ms, 0);
}

static struct verdict judge_token(bool token_is_new, unsigned token_refusals)
{
    return retry_judge(&(struct attempt){.answered = true,
                                         .status = 401,
                                         .retry_after = "",
                                         .retries = 5,
                                         .token_is_new = token_is_new,
                                         .token_refusals = token_refusals});
}

static void a_401_to_a_token_that_was_issued_after_the_first_is_final(void **state)
{
    (void)state;
    assert_int_equal(judge_token(true, 1).action, VERDICT_FAIL);
    assert_int_equal(judge_token(true, 1).kind, ERR_AUTH);
}

static void a_401_to_a_token_that_another_process_had_is_not(void **state)
{
    (void)state;
    assert_int_equal(judge_token(false, 1).action, VERDICT_RENEW_TOKEN);
    assert_int_equal(judge_token(false, 2).action, VERDICT_RENEW_TOKEN);
    assert_int_equal(judge_token(false, 3).action, VERDICT_FAIL);
}

static void a_forbidden_request_is_final(void **state)
{
    (void)state;
    assert_int_equal(judge_status(403).action, VERDICT_FAIL);
    assert_int_equal(judge_status(403).kind, ERR_AUTH);
}

/* Redirects are not followed with the bearer token. */
static void a_redirect_is_final(void **state)
{
    (void)state;
    const int statuses[] = {301, 302, 307, 308};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        assert_int_equal(judge_status(statuses[i]).action, VERDICT_FAIL);
        assert_int_equal(judge_status(statuses[i]).kind, ERR_UNAVAILABLE);
    }
}

static void a_429_waits_as_long_as_the_service_says(void **state)
{
    (void)state;
    struct verdict verdict = retry_judge(&(struct attempt){.answered = true,
                                                           .status = 429,
                                                           .retry_after = "17",
                                                           .retries = 5,
                                                           .first_wait_ms = 1000,
                                                           .random = 0.5});
    assert_int_equal(verdict.action, VERDICT_WAIT);
    assert_int_equal(verdict.wait_ms, 17000);
    assert_int_equal(verdict.kind, ERR_LATER);
}

static void a_429_waits_even_when_the_retries_are_used_up(void **state)
{
    (void)state;
    struct verdict verdict = retry_judge(&(struct attempt){.answered = true,
                                                           .status = 429,
                                                           .retry_after = "17",
                                                           .failures = 5,
                                                           .retries = 5,
                                                           .first_wait_ms = 1000,
                                                           .random = 0.5});
    assert_int_equal(verdict.action, VERDICT_WAIT);
}

static void a_429_until_a_date_waits_until_then(void **state)
{
    (void)state;
    struct verdict verdict = retry_judge(&(struct attempt){.answered = true,
                                                           .status = 429,
                                                           .retry_after = "Sun, 06 Nov 1994 08:49:37 GMT",
                                                           .wall_ms = EXAMPLE_MS - 42000,
                                                           .retries = 5,
                                                           .first_wait_ms = 1000,
                                                           .random = 0.5});
    assert_int_equal(verdict.wait_ms, 42000);
}

static int64_t wait_of(const char *header, int64_t wall_ms)
{
    return retry_after_ms(&(struct retry_after){.header = header, .date = "", .wall_ms = wall_ms});
}

static void a_429_without_a_header_waits_longer_each_time(void **state)
{
    (void)state;
    static const int64_t waits_ms[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (unsigned refusals = 0; refusals < COUNT_OF(waits_ms); refusals++) {
        struct verdict verdict = retry_judge(
            &(struct attempt){.answered = true, .status = 429, .retry_after = "", .refusals = refusals});
        assert_int_equal(verdict.action, VERDICT_WAIT);
        assert_int_equal(verdict.wait_ms, waits_ms[refusals]);
    }
}

static void a_503_with_a_header_that_cannot_be_read_waits_a_minute(void **state)
{
    (void)state;
    struct verdict verdict = retry_judge(&(struct attempt){
        .answered = true, .status = 503, .retry_after = "soon", .retries = 5, .first_wait_ms = 1000});
    assert_int_equal(verdict.action, VERDICT_RETRY);
    assert_int_equal(verdict.wait_ms, 60000);
}

static void retry_after_in_seconds_is_waited(void **state)
{
    (void)state;
    assert_int_equal(wait_of("1", 0), 1000);
    assert_int_equal(wait_of("60", 0), 60000);
    assert_int_equal(wait_of("3600", 0), 3600000);
    assert_int_equal(wait_of("007", 0), 7000);
    assert_int_equal(wait_of(" 5 ", 0), 5000);
}

static void retry_after_with_a_fraction_is_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(wait_of("4.5", 0), 5000);
    assert_int_equal(wait_of("4.0", 0), 4000);
    assert_int_equal(wait_of("5.", 0), 5000);
    assert_int_equal(wait_of("1.001", 0), 2000);
    assert_int_equal(wait_of("1.00000000001", 0), 2000);
    assert_int_equal(wait_of(".5", 0), 1000);
    assert_int_equal(wait_of("0.1", 0), 1000);
}

static void retry_after_with_a_unit_is_waited(void **state)
{
    (void)state;
    assert_int_equal(wait_of("5s", 0), 5000);
    assert_int_equal(wait_of("5 s", 0), 5000);
    assert_int_equal(wait_of("4.5s", 0), 5000);
    assert_int_equal(wait_of("30 seconds", 0), 30000);
    assert_int_equal(wait_of("30 Sec", 0), 30000);
    assert_int_equal(wait_of("1500ms", 0), 2000);
    assert_int_equal(wait_of("2m", 0), 120000);
    assert_int_equal(wait_of("1.5 min", 0), 90000);
    assert_int_equal(wait_of("1h", 0), 3600000);
}

static void retry_after_of_nothing_is_a_second(void **state)
{
    (void)state;
    assert_int_equal(wait_of("0", 0), 1000);
    assert_int_equal(wait_of("000", 0), 1000);
    assert_int_equal(wait_of("0.0", 0), 1000);
}

static void retry_after_that_cannot_be_read_is_a_minute(void **state)
{
    (void)state;
    const char *const headers[] = {
        "-5",
        "+5",
        "5,5",
        "5x",
        "5 s s",
        ".",
        "soon",
        "0x10",
        "1e3",
        "nan",
        ",",
        "Sun,",
        "Sun, 06 Nov 1994",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Now 1994 08:49:37 GMT",
        "Sun, 06 ovD 1994 08:49:37 GMT",
        "Sun, xx Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "\xff\xfe",
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        assert_int_equal(wait_of(headers[i], 0), 60000);
}

static void retry_after_a_date_to_come_is_waited(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "1994-11-06T08:49:37Z",          "1994-11-06T09:49:37+01:00",      "1994-11-06 08:49:37",
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        assert_int_equal(wait_of(headers[i], EXAMPLE_MS - 90000), 90000);
        assert_int_equal(wait_of(headers[i], EXAMPLE_MS - 1500), 1500);
    }
}

/* The service's clock is an hour ahead of ours: it asks for ten seconds. */
static void retry_after_a_date_is_compared_with_the_servers_own_clock(void **state)
{
    (void)state;
    struct retry_after after = {.header = "Sun, 06 Nov 1994 08:49:37 GMT",
                                .date = "Sun, 06 Nov 1994 08:49:27 GMT",
                                .wall_ms = EXAMPLE_MS - 3610000};
    assert_int_equal(retry_after_ms(&after), 10000);
    after.wall_ms = EXAMPLE_MS + 3600000;
    assert_int_equal(retry_after_ms(&after), 10000);
    after.date = "gibberish";
    after.wall_ms = EXAMPLE_MS - 20000;
    assert_int_equal(retry_after_ms(&after), 20000);
    after.date = NULL;
    assert_int_equal(retry_after_ms(&after), 20000);
}

static void retry_after_in_seconds_has_nothing_to_do_with_a_clock(void **state)
{
    (void)state;
    struct retry_after after = {
        .header = "7", .date = "Sun, 06 Nov 1994 08:49:27 GMT", .wall_ms = EXAMPLE_MS};
    assert_int_equal(retry_after_ms(&after), 7000);
}

static void retry_after_every_month_is_read(void **state)
{
    (void)state;
    /* The wait until the first of each month of 2026, ten seconds before it. */
    static const struct {
        const char *header;
        int64_t moment_ms;
    } months[] = {
        {"Thu, 01 Jan 2026 00:00:00 GMT", INT64_C(1767225600000)},
        {"Sun, 01 Feb 2026 00:00:00 GMT", INT64_C(1769904000000)},
        {"Sun, 01 Mar 2026 00:00:00 GMT", INT64_C(1772323200000)},
        {"Wed, 01 Apr 2026 00:00:00 GMT", INT64_C(1775001600000)},
        {"Fri, 01 May 2026 00:00:00 GMT", INT64_C(1777593600000)},
        {"Mon, 01 Jun 2026 00:00:00 GMT", INT64_C(1780272000000)},
        {"Wed, 01 Jul 2026 00:00:00 GMT", INT64_C(1782864000000)},
        {"Sat, 01 Aug 2026 00:00:00 GMT", INT64_C(1785542400000)},
        {"Tue, 01 Sep 2026 00:00:00 GMT", INT64_C(1788220800000)},
        {"Thu, 01 Oct 2026 00:00:00 GMT", INT64_C(1790812800000)},
        {"Sun, 01 Nov 2026 00:00:00 GMT", INT64_C(1793491200000)},
        {"Tue, 01 Dec 2026 00:00:00 GMT", INT64_C(1796083200000)},
    };
    for (size_t i = 0; i < COUNT_OF(months); i++)
        assert_int_equal(wait_of(months[i].header, months[i].moment_ms - 10000), 10000);
}

static void retry_after_a_date_gone_by_is_a_second(void **state)
{
    (void)state;
    assert_int_equal(wait_of("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE_MS), 1000);
    assert_int_equal(wait_of("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE_MS + 1), 1000);
    assert_int_equal(wait_of("Sun, 06 Nov 1994 08:49:37 GMT", INT64_C(1795316645678)), 1000);
}

static void retry_after_more_than_an_hour_is_an_hour(void **state)
{
    (void)state;
    assert_int_equal(wait_of("3601", 0), 3600000);
    assert_int_equal(wait_of("86400", 0), 3600000);
    assert_int_equal(wait_of("2h", 0), 3600000);
    assert_int_equal(wait_of("4294967296", 0), 3600000);
    assert_int_equal(wait_of("18446744073709551616", 0), 3600000);
    assert_int_equal(wait_of("99999999999999999999999999.9", 0), 3600000);
    assert_int_equal(wait_of("Fri, 31 Dec 9999 23:59:59 GMT", EXAMPLE_MS), 3600000);
}

static void the_backoff_is_never_more_than_its_ceiling(void **state)
{
    (void)state;
    static const int64_t ceilings_ms[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000};
    for (unsigned failures = 0; failures < COUNT_OF(ceilings_ms); failures++) {
        assert_int_equal(retry_backoff_ms(1000, failures, 0.0), 0);
        assert_int_equal(retry_backoff_ms(1000, failures, 0.5), ceilings_ms[failures] / 2);
        assert_in_range(retry_backoff_ms(1000, failures, 0.999999), ceilings_ms[failures] - 1,
                        ceilings_ms[failures]);
    }
}

static void the_backoff_after_any_number_of_faults_is_a_minute_at_most(void **state)
{
    (void)state;
    assert_int_equal(retry_backoff_ms(1000, 64, 0.5), 30000);
    assert_int_equal(retry_backoff_ms(1000, UINT32_MAX, 0.5), 30000);
}

static void the_backoff_begins_with_what_the_settings_say(void **state)
{
    (void)state;
    assert_int_equal(retry_backoff_ms(20, 0, 0.5), 10);
    assert_int_equal(retry_backoff_ms(20, 1, 0.5), 20);
    assert_int_equal(retry_backoff_ms(20, UINT32_MAX, 0.5), 30000);
    assert_int_equal(retry_backoff_ms(0, UINT32_MAX, 0.5), 0);
    /* Longer than the minute: it stays what it is. */
    assert_int_equal(retry_backoff_ms(90000, 0, 0.5), 45000);
    assert_int_equal(retry_backoff_ms(90000, 9, 0.5), 45000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_2xx_is_accepted),
        cmocka_unit_test(no_answer_is_retried),
        cmocka_unit_test(a_success_whose_body_is_not_whole_is_retried),
        cmocka_unit_test(a_request_that_the_server_gave_up_waiting_for_is_retried),
        cmocka_unit_test(a_server_error_is_retried),
        cmocka_unit_test(each_retry_may_wait_twice_as_long),
        cmocka_unit_test(a_temporary_fault_is_final_when_the_retries_are_used_up),
        cmocka_unit_test(without_retries_the_first_fault_is_final),
        cmocka_unit_test(a_refused_request_is_a_fault_of_the_configuration),
        cmocka_unit_test(the_first_401_asks_for_another_token),
        cmocka_unit_test(a_401_to_a_token_that_was_issued_after_the_first_is_final),
        cmocka_unit_test(a_401_to_a_token_that_another_process_had_is_not),
        cmocka_unit_test(a_forbidden_request_is_final),
        cmocka_unit_test(a_redirect_is_final),
        cmocka_unit_test(a_429_waits_as_long_as_the_service_says),
        cmocka_unit_test(a_429_waits_even_when_the_retries_are_used_up),
        cmocka_unit_test(a_429_until_a_date_waits_until_then),
        cmocka_unit_test(retry_after_in_seconds_is_waited),
        cmocka_unit_test(retry_after_of_nothing_is_a_second),
        cmocka_unit_test(retry_after_that_cannot_be_read_is_a_minute),
        cmocka_unit_test(retry_after_with_a_fraction_is_rounded_up),
        cmocka_unit_test(retry_after_with_a_unit_is_waited),
        cmocka_unit_test(retry_after_a_date_is_compared_with_the_servers_own_clock),
        cmocka_unit_test(retry_after_in_seconds_has_nothing_to_do_with_a_clock),
        cmocka_unit_test(a_429_without_a_header_waits_longer_each_time),
        cmocka_unit_test(a_503_with_a_header_that_cannot_be_read_waits_a_minute),
        cmocka_unit_test(retry_after_a_date_to_come_is_waited),
        cmocka_unit_test(retry_after_every_month_is_read),
        cmocka_unit_test(retry_after_a_date_gone_by_is_a_second),
        cmocka_unit_test(retry_after_more_than_an_hour_is_an_hour),
        cmocka_unit_test(the_backoff_is_never_more_than_its_ceiling),
        cmocka_unit_test(the_backoff_begins_with_what_the_settings_say),
        cmocka_unit_test(the_backoff_after_any_number_of_faults_is_a_minute_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
