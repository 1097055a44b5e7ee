/* api/query, the half that is arithmetic. */
#include "api/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void page_sizes_go_down_a_ladder_of_round_ones(void **state)
{
    (void)state;
    assert_int_equal(query_page_size_below(100000), 5000);
    assert_int_equal(query_page_size_below(5000), 2000);
    assert_int_equal(query_page_size_below(2000), 1000);
    assert_int_equal(query_page_size_below(1000), 500);
    assert_int_equal(query_page_size_below(500), 250);
    assert_int_equal(query_page_size_below(250), 100);
}

static void page_sizes_between_two_steps_go_to_the_lower_one(void **state)
{
    (void)state;
    assert_int_equal(query_page_size_below(5001), 5000);
    assert_int_equal(query_page_size_below(4999), 2000);
    assert_int_equal(query_page_size_below(625), 500);
    assert_int_equal(query_page_size_below(101), 100);
}

static void page_sizes_end_at_the_services_own_default(void **state)
{
    (void)state;
    assert_int_equal(query_page_size_below(100), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_sizes_go_down_a_ladder_of_round_ones),
        cmocka_unit_test(page_sizes_between_two_steps_go_to_the_lower_one),
        cmocka_unit_test(page_sizes_end_at_the_services_own_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
