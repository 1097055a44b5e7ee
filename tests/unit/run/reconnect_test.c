/* run/reconnect: what comes after an attempt to connect again has failed. */
#include "base/clock.h"
#include "run/reconnect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RETRIES 5

static enum reconnect_step judge(enum err_kind kind, unsigned failures, int64_t wait_ms, int64_t left_ms)
{
    return reconnect_judge(&(struct reconnect_failure){
        .kind = kind, .failures = failures, .retries = RETRIES, .wait_ms = wait_ms, .left_ms = left_ms});
}

static void a_server_that_is_away_is_waited_for(void **state)
{
    assert_int_equal(judge(ERR_UNAVAILABLE, 0, 1000, 1000), RECONNECT_AFTER_WAIT);
    assert_int_equal(judge(ERR_UNAVAILABLE, RETRIES - 1, 60000, CLOCK_NEVER), RECONNECT_AFTER_WAIT);
    (void)state;
}

static void a_lock_that_the_lost_session_may_hold_still_is_waited_for(void **state)
{
    assert_int_equal(judge(ERR_LATER, 0, 1000, 60000), RECONNECT_AFTER_WAIT);
    (void)state;
}

static void the_last_retry_ends_it(void **state)
{
    assert_int_equal(judge(ERR_UNAVAILABLE, RETRIES, 1000, 60000), RECONNECT_FAIL);
    assert_int_equal(judge(ERR_LATER, RETRIES, 1000, 60000), RECONNECT_FAIL);
    (void)state;
}

static void what_does_not_pass_ends_it_at_once(void **state)
{
    const enum err_kind kinds[] = {ERR_AUTH, ERR_CONFIG, ERR_BUG, ERR_CREATE, ERR_DATA, ERR_STOPPED};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_int_equal(judge(kinds[i], 0, 1, 60000), RECONNECT_FAIL);
    (void)state;
}

static void a_wait_past_the_timeout_is_too_late(void **state)
{
    assert_int_equal(judge(ERR_UNAVAILABLE, 0, 1001, 1000), RECONNECT_TOO_LATE);
    assert_int_equal(judge(ERR_UNAVAILABLE, 0, 1, 0), RECONNECT_TOO_LATE);
    assert_int_equal(judge(ERR_UNAVAILABLE, 0, 0, -1), RECONNECT_TOO_LATE);
    (void)state;
}

static void what_says_later_itself_keeps_its_words_past_the_timeout(void **state)
{
    assert_int_equal(judge(ERR_LATER, 0, 1001, 1000), RECONNECT_FAIL);
    assert_int_equal(judge(ERR_LATER, 0, 1, -1), RECONNECT_FAIL);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_is_away_is_waited_for),
        cmocka_unit_test(a_lock_that_the_lost_session_may_hold_still_is_waited_for),
        cmocka_unit_test(the_last_retry_ends_it),
        cmocka_unit_test(what_does_not_pass_ends_it_at_once),
        cmocka_unit_test(a_wait_past_the_timeout_is_too_late),
        cmocka_unit_test(what_says_later_itself_keeps_its_words_past_the_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
