/* api/queue, the half that is arithmetic. */
#include "api/queue_inner.h"
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
    struct queue_request page = {.urgency = URGENCY_PAGE, .expires_at_ms = 9000};
    struct queue_request poll = {.urgency = URGENCY_POLL, .expires_at_ms = 1000};
    struct queue_request submit = {.urgency = URGENCY_SUBMIT, .expires_at_ms = 500};
    assert_true(queue_request_is_before(&page, &poll));
    assert_true(queue_request_is_before(&poll, &submit));
    assert_false(queue_request_is_before(&submit, &page));
}

static void of_two_pages_the_one_of_the_result_that_expires_first_goes_first(void **state)
{
    (void)state;
    struct queue_request early = {.urgency = URGENCY_PAGE, .expires_at_ms = 1000};
    struct queue_request late = {.urgency = URGENCY_PAGE, .expires_at_ms = 2000};
    assert_true(queue_request_is_before(&early, &late));
    assert_false(queue_request_is_before(&late, &early));
}

static void of_equals_none_goes_before_the_other(void **state)
{
    (void)state;
    struct queue_request one = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER};
    assert_false(queue_request_is_before(&one, &one));
}

static int64_t submit_wait_ms(const struct budget_level *level, uint64_t requests_needed)
{
    return queue_submit_wait_ms(&real, level,
                                &(struct submit_facts){.requests_needed = requests_needed,
                                                       .lifetime_ms = FIVE_MINUTES_MS,
                                                       .max_wait_ms = 12 * FIVE_MINUTES_MS});
}

static struct budget_level holding(double requests)
{
    return (struct budget_level){.requests = requests};
}

static void a_submit_that_the_budget_can_pay_does_not_wait(void **state)
{
    (void)state;
    struct budget_level full = holding(49);
    struct budget_level empty = holding(0);
    assert_int_equal(submit_wait_ms(&full, 6), 0);
    assert_int_equal(submit_wait_ms(&empty, 6), 0);
}

/* 60 and the submit itself, 25 of which flow in later: 36 must be there, 30 are; 6 take 72 s. */
static void a_submit_waits_until_its_pages_can_be_paid(void **state)
{
    (void)state;
    struct budget_level level = holding(30);
    assert_in_range(submit_wait_ms(&level, 60), 71000, 72000);
}

static void a_full_bucket_is_not_waited_for_however_large_the_result(void **state)
{
    (void)state;
    struct budget_level level = holding(49);
    assert_int_equal(submit_wait_ms(&level, 100000), 0);
}

/* Promised to others down to -5: the bucket has to be full for so large a result, 54 requests at 12 s. */
static void what_is_promised_to_others_is_waited_for_first(void **state)
{
    (void)state;
    struct budget_level level = holding(-5);
    assert_in_range(submit_wait_ms(&level, 100000), 647000, 648000);
}

/* 30 + 1 + 20 less 25 are 26, and 26 are there; of 25 one lacks, which takes 12 s. */
static void a_submit_leaves_what_is_reserved_to_others(void **state)
{
    (void)state;
    struct budget_level level = {.requests = 26, .reserved = 20, .reserved_ms = 60000};
    assert_int_equal(submit_wait_ms(&level, 30), 0);
    level.requests = 25;
    assert_in_range(submit_wait_ms(&level, 30), 11000, 12000);
}

/* 1 + 30 + 60 less 25 are 66, more than the bucket ever holds: not before the others are done. */
static void a_submit_waits_for_reservations_that_the_bucket_cannot_hold_beside_it(void **state)
{
    (void)state;
    struct budget_level level = {.requests = 49, .reserved = 60, .reserved_ms = 90000};
    assert_int_equal(submit_wait_ms(&level, 30), 90000);
}

/* The burst is spent: one request is saved up at most, and 25 flow in while a result lives. */
static void after_the_burst_only_what_the_rate_brings_can_be_paid_at_once(void **state)
{
    (void)state;
    struct budget_level level = {.requests = 1, .burst_ms = 600000, .ceiling = 1};
    assert_int_equal(submit_wait_ms(&level, 25), 0);
    assert_int_equal(submit_wait_ms(&level, 40), 600000);
}

static void a_burst_that_comes_too_late_is_not_waited_for(void **state)
{
    (void)state;
    struct budget_level level = {.requests = 1, .burst_ms = 28800000, .ceiling = 1};
    assert_int_equal(submit_wait_ms(&level, 40), 0);
    level.reserved = 10;
    level.reserved_ms = 30000;
    assert_int_equal(submit_wait_ms(&level, 40), 30000);
}

/* Without a limit on our side and without a database: what this process knows of a 429. */
static void a_shorter_block_does_not_end_a_longer_one(void **state)
{
    (void)state;
    int64_t send_by_ms;
    struct err err = {0};
    struct queue_request page = {.urgency = URGENCY_PAGE, .expires_at_ms = CLOCK_NEVER};
    struct queue *queue = queue_make(&(struct budget){.account = "a"}, FIVE_MINUTES_MS);
    assert_true(queue_block(queue, NULL, 12 * FIVE_MINUTES_MS, &err));
    assert_true(queue_block(queue, NULL, 1, &err));
    assert_false(queue_pass(queue, NULL, &page, clock_deadline(FIVE_MINUTES_MS), &send_by_ms, &err));
    assert_int_equal(err.kind, ERR_LATER);
    queue_release(queue);
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
        cmocka_unit_test(a_submit_leaves_what_is_reserved_to_others),
        cmocka_unit_test(a_submit_waits_for_reservations_that_the_bucket_cannot_hold_beside_it),
        cmocka_unit_test(after_the_burst_only_what_the_rate_brings_can_be_paid_at_once),
        cmocka_unit_test(a_burst_that_comes_too_late_is_not_waited_for),
        cmocka_unit_test(a_shorter_block_does_not_end_a_longer_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
