/* api/budget, the half that needs no database. */
#include "api/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_account_is_the_client(void **state)
{
    (void)state;
    struct settings settings = {.api = {.per_minute = 5, .burst = 50}, .auth = {.client_id = "client-1"}};
    struct budget budget = budget_of(&settings);
    assert_string_equal(budget.account, "client-1");
    assert_true(budget.per_minute == 5);
    assert_int_equal(budget.burst, 50);
}

static void without_a_client_the_account_is_the_default(void **state)
{
    (void)state;
    struct settings settings = {.api = {.per_minute = 5, .burst = 50}, .auth = {.client_id = ""}};
    assert_string_equal(budget_of(&settings).account, "default");
}

static void without_a_limit_the_database_is_not_asked(void **state)
{
    (void)state;
    struct err err = {0};
    struct budget budget = {.account = "unlimited", .per_minute = 0, .burst = 1};
    for (int i = 0; i < 100; i++)
        assert_true(budget_take(&budget, NULL, 0, &err));
    assert_true(budget_block(&budget, NULL, 60000, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_account_is_the_client),
        cmocka_unit_test(without_a_client_the_account_is_the_default),
        cmocka_unit_test(without_a_limit_the_database_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
