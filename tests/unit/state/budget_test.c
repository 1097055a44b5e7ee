/* api/budget, the half that needs no database. */
#include "state/budget.h"

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

static void a_full_bucket_holds_the_burst_less_one(void **state)
{
    (void)state;
    struct budget budget = {.account = "a", .per_minute = 5, .burst = 50};
    assert_true(budget_capacity(&budget) == 49);
}

static void of_a_small_burst_a_fifth_is_held_back(void **state)
{
    (void)state;
    struct budget two = {.account = "a", .per_minute = 5, .burst = 2};
    struct budget one = {.account = "a", .per_minute = 5, .burst = 1};
    assert_true(budget_capacity(&two) == 1.6);
    assert_true(budget_capacity(&one) == 0.8);
}

/* Ten at hand, and one every twelve seconds. */
static void what_is_at_hand_and_what_comes_within_the_time_can_be_paid(void **state)
{
    (void)state;
    struct budget budget = {.per_minute = 5, .burst = 50};
    struct budget_level level = {.requests = 10};
    assert_true(budget_allows(&budget, &level, 15, 60000));
    assert_false(budget_allows(&budget, &level, 16, 60000));
    assert_true(budget_allows(&budget, &level, 35, 300000));
    assert_false(budget_allows(&budget, &level, 36, 300000));
}

static void what_is_promised_to_others_is_not_at_hand(void **state)
{
    (void)state;
    struct budget budget = {.per_minute = 5, .burst = 50};
    struct budget_level level = {.requests = -3};
    assert_true(budget_allows(&budget, &level, 2, 60000));
    assert_false(budget_allows(&budget, &level, 3, 60000));
}

static void while_the_service_blocks_nothing_can_be_paid(void **state)
{
    (void)state;
    struct budget budget = {.per_minute = 5, .burst = 50};
    struct budget_level level = {.requests = 49, .blocked_ms = 60000};
    assert_false(budget_allows(&budget, &level, 1, 60000));
    assert_true(budget_allows(&budget, &level, 1, 60001));
}

static void without_a_limit_everything_can_be_paid(void **state)
{
    (void)state;
    struct budget budget = {.per_minute = 0, .burst = 50};
    struct budget_level level = {0};
    assert_true(budget_allows(&budget, &level, 1000000, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_account_is_the_client),
        cmocka_unit_test(without_a_client_the_account_is_the_default),
        cmocka_unit_test(a_full_bucket_holds_the_burst_less_one),
        cmocka_unit_test(of_a_small_burst_a_fifth_is_held_back),
        cmocka_unit_test(what_is_at_hand_and_what_comes_within_the_time_can_be_paid),
        cmocka_unit_test(what_is_promised_to_others_is_not_at_hand),
        cmocka_unit_test(while_the_service_blocks_nothing_can_be_paid),
        cmocka_unit_test(without_a_limit_everything_can_be_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
