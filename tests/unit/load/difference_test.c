#include "base/macros.h"
#include "load/difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void few_rows_of_many_want_an_index(void **state)
{
    (void)state;
    assert_true(difference_wants_index(2, 1000000));
    assert_true(difference_wants_index(19999, 1000000));
    assert_true(difference_wants_index(51, 20000));
    assert_true(difference_wants_index(UINT64_C(1) << 40, UINT64_C(1) << 60));
}

static void where_the_scope_is_read_once_none_is_wanted(void **state)
{
    (void)state;
    assert_false(difference_wants_index(20000, 1000000));
    assert_false(difference_wants_index(1000000, 1000000));
    assert_false(difference_wants_index(1, 0));
}

static void where_a_server_compares_all_pairs_at_once_none_is_wanted(void **state)
{
    (void)state;
    assert_false(difference_wants_index(1, 1000000));
    assert_false(difference_wants_index(50, 20000));
    assert_false(difference_wants_index(0, 1000000));
    assert_false(difference_wants_index(0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_rows_of_many_want_an_index),
        cmocka_unit_test(where_the_scope_is_read_once_none_is_wanted),
        cmocka_unit_test(where_a_server_compares_all_pairs_at_once_none_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
