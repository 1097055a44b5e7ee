#include "base/exit_code.h"
#include "base/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int failures[] = {1, 64, 65, 69, 70, 73, 75, 77, 78};

static void successes_together_are_a_success(void **state)
{
    (void)state;
    assert_int_equal(exit_code_join(0, 0), 0);
}

static void a_failure_beside_a_success_keeps_its_exit_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        assert_int_equal(exit_code_join(0, failures[i]), failures[i]);
        assert_int_equal(exit_code_join(failures[i], 0), failures[i]);
    }
}

static void failures_of_one_exit_code_keep_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(failures); i++)
        assert_int_equal(exit_code_join(failures[i], failures[i]), failures[i]);
}

static void failures_of_different_exit_codes_are_1(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(failures); i++)
        for (size_t k = 0; k < COUNT_OF(failures); k++)
            if (i != k)
                assert_int_equal(exit_code_join(failures[i], failures[k]), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(successes_together_are_a_success),
        cmocka_unit_test(a_failure_beside_a_success_keeps_its_exit_code),
        cmocka_unit_test(failures_of_one_exit_code_keep_it),
        cmocka_unit_test(failures_of_different_exit_codes_are_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
