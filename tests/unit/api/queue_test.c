/* api/queue, the half that is arithmetic. */
#include "api/queue.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* 5 a minute, a bucket of 49, results that live five minutes: 25 requests flow in while one lives. */
static const struct budget real = {.account = "a", .per_minute = 5, .burst = 50};
#define FIVE_MINUTES_MS 300000

static void pages_go_before_polls_and_polls_before_submits(void **state)
{
    (void)state;
    struct ticket page = {.urgency = URGENCY_PAGE, .expires_at_ms = 9000};
    struct ticket poll = {.urgency = URGENCY_POLL, .expires_at_ms = 1000};
    struct ticket submit = {.urgency = URGENCY_SUBMIT, .expires_at_ms = 500};
    assert_true(ticket_before(&page, &poll));
    assert_true(ticket_before(&poll, &submit));
    assert_false(ticket_before(&submit, &page));
}

static void of_two_pages_the_one_of_the_result_that_expires_first_goes_first(void **state)
{
    (void)state;
    struct ticket early = {.urgency = URGENCY_PAGE, .expires_at_ms = 1000};
    struct ticket late = {.urgency = URGENCY_PAGE, .expires_at_ms = 2000};
    assert_true(ticket_before(&early, &late));
    assert_false(ticket_before(&late, &early));
}

static void of_equals_none_goes_before_the_other(void **state)
{
    (void)state;
    struct ticket one = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER};
    assert_false(ticket_before(&one, &one));
}

static void a_submit_that_the_budget_can_pay_does_not_wait(void **state)
{
    (void)state;
    assert_int_equal(queue_submit_wait_ms(&real, 49, 6, FIVE_MINUTES_MS), 0);
    assert_int_equal(queue_submit_wait_ms(&real, 0, 6, FIVE_MINUTES_MS), 0);
}

/* 60 and the submit itself, 25 of which flow in later: 36 must be there, 30 are; 6 take 72 s. */
static void a_submit_waits_until_its_pages_can_be_paid(void **state)
{
    (void)state;
    int64_t wait_ms = queue_submit_wait_ms(&real, 30, 60, FIVE_MINUTES_MS);
    assert_in_range(wait_ms, 71000, 72000);
}

static void a_full_bucket_is_not_waited_for_however_large_the_result(void **state)
{
    (void)state;
    assert_int_equal(queue_submit_wait_ms(&real, 49, 100000, FIVE_MINUTES_MS), 0);
}

/* Promised to others down to -5: the bucket has to be full for so large a result, 54 requests at 12 s. */
static void what_is_promised_to_others_is_waited_for_first(void **state)
{
    (void)state;
    int64_t wait_ms = queue_submit_wait_ms(&real, -5, 100000, FIVE_MINUTES_MS);
    assert_in_range(wait_ms, 647000, 648000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_go_before_polls_and_polls_before_submits),
        cmocka_unit_test(of_two_pages_the_one_of_the_result_that_expires_first_goes_first),
        cmocka_unit_test(of_equals_none_goes_before_the_other),
        cmocka_unit_test(a_submit_that_the_budget_can_pay_does_not_wait),
        cmocka_unit_test(a_submit_waits_until_its_pages_can_be_paid),
        cmocka_unit_test(a_full_bucket_is_not_waited_for_however_large_the_result),
        cmocka_unit_test(what_is_promised_to_others_is_waited_for_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
