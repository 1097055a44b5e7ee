/* api/token, the half that is arithmetic. */
#include "api/token_inner.h"
#include "base/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_token_is_renewed_a_tenth_before_its_end_and_a_minute_at_most(void **state)
{
    (void)state;
    static const struct {
        int64_t lifetime_ms;
        int64_t use_ms;
    } cases[] = {
        {3599000, 3539000}, /* what the service gives */
        {86400000, 86340000}, {600010, 540010}, {600000, 540000}, {599990, 539991}, {60000, 54000},
        {2000, 1800},         {10, 9},          {9, 9},           {0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(token_use_ms(cases[i].lifetime_ms), cases[i].use_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_renewed_a_tenth_before_its_end_and_a_minute_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
