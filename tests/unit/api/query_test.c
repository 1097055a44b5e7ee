#include "api/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_first_poll_waits_the_first_time(void **state)
{
    (void)state;
    assert_int_equal(query_poll_wait_ms(2000, 30000, 0), 2000);
}

static void each_poll_waits_half_as_long_again(void **state)
{
    (void)state;
    assert_int_equal(query_poll_wait_ms(2000, 30000, 1), 3000);
    assert_int_equal(query_poll_wait_ms(2000, 30000, 2), 4500);
    assert_int_equal(query_poll_wait_ms(2000, 30000, 3), 6750);
    assert_int_equal(query_poll_wait_ms(2000, 30000, 4), 10125);
    assert_int_equal(query_poll_wait_ms(2000, 30000, 5), 15187);
    assert_int_equal(query_poll_wait_ms(2000, 30000, 6), 22780);
}

static void no_poll_waits_longer_than_the_most(void **state)
{
    (void)state;
    assert_int_equal(query_poll_wait_ms(2000, 30000, 7), 30000);
    assert_int_equal(query_poll_wait_ms(2000, 30000, 8), 30000);
    assert_int_equal(query_poll_wait_ms(2000, 30000, UINT32_MAX), 30000);
    assert_int_equal(query_poll_wait_ms(30000, 30000, 0), 30000);
}

/* Half of 1 ms is none: the wait must grow all the same. */
static void the_shortest_wait_grows_too(void **state)
{
    (void)state;
    assert_int_equal(query_poll_wait_ms(1, 30000, 1), 2);
    assert_int_equal(query_poll_wait_ms(1, 30000, 2), 3);
    assert_int_equal(query_poll_wait_ms(0, 30000, 1), 1);
    assert_int_equal(query_poll_wait_ms(1, 30000, 100), 30000);
}

static void the_longest_wait_does_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(query_poll_wait_ms(1000, INT64_MAX / 2, 1000), INT64_MAX / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_poll_waits_the_first_time),
        cmocka_unit_test(each_poll_waits_half_as_long_again),
        cmocka_unit_test(no_poll_waits_longer_than_the_most),
        cmocka_unit_test(the_shortest_wait_grows_too),
        cmocka_unit_test(the_longest_wait_does_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
