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

static void the_account_of_the_settings_stands_for_all_its_client_ids(void **state)
{
    (void)state;
    struct settings settings = {.api = {.account = "finance"}, .auth = {.client_id = "client-1"}};
    assert_string_equal(budget_of(&settings).account, "finance");
    settings.api.account = "";
    assert_string_equal(budget_of(&settings).account, "client-1");
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

/* 5 a minute, 49 at most, one burst in eight hours. */
static const struct budget strict = {.account = "a", .per_minute = 5, .burst = 50, .period_ms = 28800000};
#define MINUTE_MS 60000
#define NO_BURST (-1)

static struct budget_level level_of(double tokens, double age_ms, int64_t burst_age_ms)
{
    struct budget_row row = {tokens, age_ms, burst_age_ms, 1};
    return budget_level_of(&strict, &row);
}

static void before_a_burst_the_bucket_fills_at_the_rate(void **state)
{
    (void)state;
    assert_true(level_of(10, 2 * MINUTE_MS, NO_BURST).requests == 20);
    assert_true(level_of(10, 60 * MINUTE_MS, NO_BURST).requests == 49);
    assert_true(level_of(-3, MINUTE_MS, NO_BURST).requests == 2);
}

static void after_a_burst_no_more_than_one_request_is_saved_up(void **state)
{
    (void)state;
    struct budget_level spent = level_of(0, 60 * MINUTE_MS, 61 * MINUTE_MS);
    assert_true(spent.requests == 1);
    assert_int_equal(spent.burst_ms, 28800000 - 61 * MINUTE_MS);
    assert_true(level_of(-2, 60 * MINUTE_MS, 61 * MINUTE_MS).requests == 1);
    assert_true(level_of(-2, 6000, MINUTE_MS).requests == -1.5);
}

static void what_is_left_of_a_burst_stays_and_a_request_at_the_rate_costs_nothing_of_it(void **state)
{
    (void)state;
    struct budget_level level = level_of(20, 60 * MINUTE_MS, 61 * MINUTE_MS);
    assert_true(level.requests == 21);
    budget_note_taken(&strict, &level);
    assert_true(level.requests == 20);
}

static void the_period_allows_another_burst_when_it_is_over(void **state)
{
    (void)state;
    struct budget_level level = level_of(0, MINUTE_MS, 28800000);
    assert_true(level.requests == 49);
    assert_int_equal(level.burst_ms, 0);
}

static void what_is_promised_still_is_taken_from_the_next_burst(void **state)
{
    (void)state;
    assert_true(level_of(-8, MINUTE_MS, 28800000).requests == 46);
}

static void a_reservation_counts_until_it_ends(void **state)
{
    (void)state;
    struct budget_level level = {.requests = 5, .reserved = 3, .reserved_ms = 1000};
    assert_true(budget_later(&strict, &level, 999).reserved == 3);
    assert_true(budget_later(&strict, &level, 1000).reserved == 0);
}

static void a_burst_begins_with_the_second_request_within_the_time_of_one(void **state)
{
    (void)state;
    struct budget_level level = budget_full(&strict);
    budget_note_taken(&strict, &level);
    assert_int_equal(level.burst_ms, 0);
    level = budget_later(&strict, &level, 12000);
    assert_true(level.requests == 49);
    budget_note_taken(&strict, &level);
    budget_note_taken(&strict, &level);
    assert_int_equal(level.burst_ms, 28800000);
    level = budget_later(&strict, &level, 600000);
    assert_true(level.requests == 48);
    assert_int_equal(level.burst_ms, 28200000);
    level = budget_later(&strict, &level, 28200000);
    assert_true(level.requests == 49);
}

static void without_a_period_the_bucket_fills_at_all_times(void **state)
{
    (void)state;
    struct budget lenient = {.account = "a", .per_minute = 5, .burst = 50};
    struct budget_row row = {.tokens = 10, .age_ms = 2 * MINUTE_MS, .burst_age_ms = 1000, .rate_share = 1};
    assert_true(budget_level_of(&lenient, &row).requests == 20);
    struct budget_level level = {.requests = 10};
    budget_note_taken(&lenient, &level);
    assert_int_equal(level.burst_ms, 0);
}

/* Nine seconds of twelve are over, and the burst is an hour away; a full bucket comes with it alone. */
static void a_wait_ends_with_the_refill_or_with_the_period(void **state)
{
    (void)state;
    struct budget_level level = {.requests = 0.25, .burst_ms = 3600000, .ceiling = 1};
    assert_int_equal(budget_fill_ms(&strict, &level, 1), 9001);
    assert_int_equal(budget_fill_ms(&strict, &level, 2), 3600000);
    level.burst_ms = 5000;
    assert_int_equal(budget_fill_ms(&strict, &level, 1), 5000);
    level.burst_ms = 0;
    assert_int_equal(budget_fill_ms(&strict, &level, 2), 21001);
    assert_int_equal(budget_fill_ms(&strict, &level, 0.25), 0);
    assert_true(budget_fill_ms(&strict, &level, 50) == BUDGET_NEVER);
    /* Of the next burst of 49, three are promised: for 47, one more has to come at the rate. */
    struct budget_level promised = {.requests = -3, .burst_ms = 5000, .ceiling = 1};
    assert_int_equal(budget_fill_ms(&strict, &promised, 46), 5000);
    assert_int_equal(budget_fill_ms(&strict, &promised, 47), 17000);
}

static double rate_after(double share, double hours, double max_per_minute)
{
    struct budget budget = strict;
    struct budget_row row = {0, hours * 3600000, 1000, share};
    budget.max_per_minute = max_per_minute;
    return budget_level_of(&budget, &row).per_minute;
}

static void a_rate_that_has_fallen_comes_back_by_a_tenth_an_hour(void **state)
{
    (void)state;
    assert_true(rate_after(0.5, 0, 0) == 2.5);
    assert_true(rate_after(0.5, 1, 0) == 3);
    assert_true(rate_after(0.5, 5, 0) == 5);
    assert_true(rate_after(0.5, 100, 0) == 5);
}

static void a_rate_rises_above_what_is_set_only_where_the_settings_say_so(void **state)
{
    (void)state;
    assert_true(rate_after(1, 100, 0) == 5);
    assert_true(rate_after(1, 2, 8) == 6);
    assert_true(rate_after(1, 100, 8) == 8);
    /* The limit was lowered since. */
    assert_true(rate_after(3, 0, 8) == 8);
    assert_true(rate_after(3, 0, 0) == 5);
}

static void the_rate_of_the_moment_decides_what_can_be_paid(void **state)
{
    (void)state;
    struct budget_level level = {.requests = 0, .per_minute = 2.5};
    assert_true(budget_allows(&strict, &level, 10, 240000));
    assert_false(budget_allows(&strict, &level, 11, 240000));
}

static void the_statement_that_ends_a_block_quotes_the_account(void **state)
{
    (void)state;
    char out[BUDGET_UNBLOCK_TEXT];
    struct budget budget = {.account = "o'hara"};
    assert_string_equal(
        budget_unblock_statement(&budget, out),
        "update tokenflex_etl.request_budget set blocked_until = null where account = 'o''hara'");
}

/* 12 s a request at 5 a minute. */
static void a_place_may_be_used_while_the_bucket_refills_for_one_request(void **state)
{
    (void)state;
    assert_int_equal(budget_send_within_ms(&strict), 12000);
    assert_int_equal(budget_send_within_ms(&(struct budget){.per_minute = 10, .burst = 50}), 6000);
}

static void a_place_may_be_used_for_a_second_at_least(void **state)
{
    (void)state;
    assert_int_equal(budget_send_within_ms(&(struct budget){.per_minute = 240, .burst = 10}), 1000);
    assert_int_equal(budget_send_within_ms(&(struct budget){.per_minute = 0}), 1000);
}

static void a_rate_that_may_rise_makes_the_use_of_a_place_shorter(void **state)
{
    (void)state;
    struct budget rising = {.per_minute = 5, .burst = 50, .max_per_minute = 10};
    assert_int_equal(budget_send_within_ms(&rising), 6000);
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
        cmocka_unit_test(the_account_of_the_settings_stands_for_all_its_client_ids),
        cmocka_unit_test(before_a_burst_the_bucket_fills_at_the_rate),
        cmocka_unit_test(after_a_burst_no_more_than_one_request_is_saved_up),
        cmocka_unit_test(what_is_left_of_a_burst_stays_and_a_request_at_the_rate_costs_nothing_of_it),
        cmocka_unit_test(the_period_allows_another_burst_when_it_is_over),
        cmocka_unit_test(what_is_promised_still_is_taken_from_the_next_burst),
        cmocka_unit_test(a_reservation_counts_until_it_ends),
        cmocka_unit_test(a_burst_begins_with_the_second_request_within_the_time_of_one),
        cmocka_unit_test(without_a_period_the_bucket_fills_at_all_times),
        cmocka_unit_test(a_wait_ends_with_the_refill_or_with_the_period),
        cmocka_unit_test(a_rate_that_has_fallen_comes_back_by_a_tenth_an_hour),
        cmocka_unit_test(a_rate_rises_above_what_is_set_only_where_the_settings_say_so),
        cmocka_unit_test(the_rate_of_the_moment_decides_what_can_be_paid),
        cmocka_unit_test(the_statement_that_ends_a_block_quotes_the_account),
        cmocka_unit_test(a_place_may_be_used_while_the_bucket_refills_for_one_request),
        cmocka_unit_test(a_place_may_be_used_for_a_second_at_least),
        cmocka_unit_test(a_rate_that_may_rise_makes_the_use_of_a_place_shorter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
