/* api/poll_schedule: when the service is asked whether it is done. */
#include "api/poll_schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_first_wait_is_the_shortest(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 0), 2000);
}

static void each_wait_is_half_as_long_again(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 1), 3000);
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 2), 4500);
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 3), 6750);
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 4), 10125);
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 5), 15187);
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 6), 22780);
}

static void no_wait_is_longer_than_the_longest(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 7), 30000);
    assert_int_equal(poll_schedule_step_ms(2000, 30000, 8), 30000);
    assert_int_equal(poll_schedule_step_ms(2000, 30000, UINT32_MAX), 30000);
    assert_int_equal(poll_schedule_step_ms(30000, 30000, 0), 30000);
}

/* Half of 1 ms is none: the wait must grow all the same. */
static void the_shortest_wait_grows_too(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_step_ms(1, 30000, 1), 2);
    assert_int_equal(poll_schedule_step_ms(1, 30000, 2), 3);
    assert_int_equal(poll_schedule_step_ms(0, 30000, 1), 1);
    assert_int_equal(poll_schedule_step_ms(1, 30000, 100), 30000);
}

static void the_longest_wait_does_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_step_ms(1000, INT64_MAX / 2, 1000), INT64_MAX / 2);
}

/* Submitted at 1,000,000; poll.first 2 s, poll.max 30 s. */
static struct poll_schedule schedule_of(int64_t expected_ms)
{
    return (struct poll_schedule){
        .first_ms = 2000, .max_ms = 30000, .expected_ms = expected_ms, .submitted_ms = 1000000};
}

static void without_history_the_first_poll_comes_after_poll_first(void **state)
{
    (void)state;
    struct poll_schedule schedule = schedule_of(0);
    assert_int_equal(poll_schedule_next_ms(&schedule, 0, 1000100), 1002000);
    assert_int_equal(poll_schedule_next_ms(&schedule, 1, 1002100), 1005100);
    assert_int_equal(poll_schedule_next_ms(&schedule, 2, 1005200), 1009700);
}

static void with_history_the_first_poll_comes_when_past_runs_had_their_result(void **state)
{
    (void)state;
    struct poll_schedule schedule = schedule_of(40000);
    assert_int_equal(poll_schedule_next_ms(&schedule, 0, 1000100), 1040000);
    assert_int_equal(poll_schedule_next_ms(&schedule, 1, 1040100), 1042100);
    assert_int_equal(poll_schedule_next_ms(&schedule, 2, 1042200), 1045200);
}

static void work_that_is_resumed_late_is_asked_for_at_once(void **state)
{
    (void)state;
    struct poll_schedule schedule = schedule_of(0);
    assert_true(poll_schedule_next_ms(&schedule, 0, 1200000) <= 1200000);
}

static int64_t ready_ms(int64_t due_ms, int64_t sent_ms)
{
    return poll_schedule_ready_ms(
        &(struct poll_found){.submitted_ms = 1000000, .due_ms = due_ms, .sent_ms = sent_ms});
}

static void a_result_took_as_long_as_from_the_submit_to_its_poll(void **state)
{
    (void)state;
    assert_int_equal(ready_ms(1002000, 1002000), 2000);
    assert_int_equal(ready_ms(1040000, 1040003), 40000);
}

static void a_wait_for_the_budget_is_no_time_of_the_query(void **state)
{
    (void)state;
    assert_int_equal(ready_ms(1002000, 1014000), 2000);
}

static void a_pause_of_the_process_is_no_time_of_the_query(void **state)
{
    (void)state;
    assert_int_equal(ready_ms(1002000, 1122000), 2000);
}

/* The first poll was sent after two seconds, and its answer read after a pause of two minutes. */
static void a_pause_before_the_answer_to_an_earlier_poll_is_no_time_of_the_query(void **state)
{
    (void)state;
    struct poll_schedule schedule = schedule_of(0);
    int64_t due_ms = poll_schedule_next_ms(&schedule, 1, 1002000);
    assert_int_equal(due_ms, 1005000);
    assert_int_equal(ready_ms(due_ms, 1125000), 5000);
}

/* The first poll was due after two seconds, and was sent after a pause of two minutes, or a wait for the
 * budget: not done. The second found the result, three seconds later. */
static void a_pause_before_a_poll_that_finds_no_result_is_no_time_of_the_query(void **state)
{
    (void)state;
    struct poll_schedule schedule = schedule_of(0);
    int64_t late_ms = poll_schedule_late_ms(1002000, 1122000);
    assert_int_equal(late_ms, 120000);
    int64_t due_ms = poll_schedule_next_ms(&schedule, 1, 1122000);
    assert_int_equal(due_ms, 1125000);
    struct poll_found found = {
        .submitted_ms = 1000000, .due_ms = due_ms, .sent_ms = 1125100, .unobserved_ms = late_ms};
    assert_int_equal(poll_schedule_ready_ms(&found), 5000);
}

static void a_poll_that_is_sent_when_it_is_due_leaves_no_time_unobserved(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_late_ms(1002000, 1002000), 0);
    assert_int_equal(poll_schedule_late_ms(1002000, 1002999), 0);
    assert_int_equal(poll_schedule_late_ms(1002000, 1003000), 1000);
    assert_int_equal(poll_schedule_late_ms(1002000, 1001000), 0);
}

static void a_query_is_overdue_when_a_poll_at_its_deadline_has_not_found_it_done(void **state)
{
    (void)state;
    assert_true(poll_schedule_is_overdue(1, 1300000, 1300000));
    assert_true(poll_schedule_is_overdue(9, 1300005, 1300000));
    assert_false(poll_schedule_is_overdue(9, 1299999, 1300000));
    assert_false(poll_schedule_is_overdue(0, 1300000, 1300000));
}

static void a_query_that_was_due_before_its_submit_took_no_time(void **state)
{
    (void)state;
    assert_int_equal(ready_ms(999000, 1000500), 0);
}

static void a_result_is_remembered_as_long_as_it_took(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_remembered_ms(0, 0, 2500), 2500);
    assert_int_equal(poll_schedule_remembered_ms(3, 40000, 51000), 51000);
    assert_int_equal(poll_schedule_remembered_ms(0, 9999, 9999), 9999);
}

static void a_long_wait_that_history_has_set_is_remembered_a_tenth_shorter(void **state)
{
    (void)state;
    assert_int_equal(poll_schedule_remembered_ms(0, 10000, 10000), 9000);
    assert_int_equal(poll_schedule_remembered_ms(0, 40000, 40050), 36045);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_wait_is_the_shortest),
        cmocka_unit_test(each_wait_is_half_as_long_again),
        cmocka_unit_test(no_wait_is_longer_than_the_longest),
        cmocka_unit_test(the_shortest_wait_grows_too),
        cmocka_unit_test(the_longest_wait_does_not_overflow),
        cmocka_unit_test(without_history_the_first_poll_comes_after_poll_first),
        cmocka_unit_test(with_history_the_first_poll_comes_when_past_runs_had_their_result),
        cmocka_unit_test(work_that_is_resumed_late_is_asked_for_at_once),
        cmocka_unit_test(a_result_took_as_long_as_from_the_submit_to_its_poll),
        cmocka_unit_test(a_wait_for_the_budget_is_no_time_of_the_query),
        cmocka_unit_test(a_pause_of_the_process_is_no_time_of_the_query),
        cmocka_unit_test(a_pause_before_the_answer_to_an_earlier_poll_is_no_time_of_the_query),
        cmocka_unit_test(a_pause_before_a_poll_that_finds_no_result_is_no_time_of_the_query),
        cmocka_unit_test(a_poll_that_is_sent_when_it_is_due_leaves_no_time_unobserved),
        cmocka_unit_test(a_query_is_overdue_when_a_poll_at_its_deadline_has_not_found_it_done),
        cmocka_unit_test(a_query_that_was_due_before_its_submit_took_no_time),
        cmocka_unit_test(a_result_is_remembered_as_long_as_it_took),
        cmocka_unit_test(a_long_wait_that_history_has_set_is_remembered_a_tenth_shorter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
