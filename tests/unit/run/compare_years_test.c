/* run/compare_years: whole contract years beside the contract's record. */
#include "run/compare_years.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* First days of months, and a day of November 2026. */
#define AUGUST 20666
#define SEPTEMBER 20697
#define OCTOBER 20727
#define NOVEMBER 20758
#define TODAY 20779

static const struct totals_rule by_year = {.date_field = "usageMonth", .by_year = true};
static const struct totals_rule by_month = {.date_field = "usageDate"};
static date_t months[] = {AUGUST, SEPTEMBER, OCTOBER, NOVEMBER};
static const struct totals_months all_months = {months, COUNT_OF(months)};

/* What is compared, unless a test changes it. */
static struct years_facts facts_of(const struct totals_rule *rule, const struct contract_years *years,
                                   const struct totals_figure *loaded, size_t count)
{
    return (struct years_facts){rule, years, loaded, count, &all_months, TODAY};
}

static const char *shown(const char *tokens)
{
    return tokens ? tokens : "-";
}

/* `YEAR LOADED CONSUMED MULTIYEAR_CONSUMED DIFFERENCE` of each line, and what keeps it from a difference. */
static void expect(const struct years_facts *facts, const char *expected)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct years_result result;
    struct err err = {0};
    const char *text = "";
    if (!years_compare(facts, arena, &result, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < result.count; i++) {
        const struct years_line *line = &result.lines[i];
        text = arena_print(arena, "%s%u %s %s %s %s%s%s\n", text, line->year, line->loaded,
                           shown(line->consumed), shown(line->multiyear_consumed), shown(line->difference),
                           line->is_running ? " running" : "", line->is_whole ? "" : " not whole");
    }
    assert_string_equal(text, expected);
}

static void consumed_and_multi_year_tokens_are_taken_together(void **state)
{
    (void)state;
    struct contract_year items[] = {{1, AUGUST, SEPTEMBER, "12345678901234567890.25", "0.5"},
                                    {2, SEPTEMBER, OCTOBER, "7", "-2"}};
    struct contract_years years = {items, 2};
    const struct totals_figure loaded[] = {{{AUGUST, 1, "CLOUD_SERVICE"}, "12345678901234567890"},
                                           {{AUGUST, 1, "DESKTOP_PRODUCT"}, "0.5"},
                                           {{SEPTEMBER, 2, "DESKTOP_PRODUCT"}, "5.0"}};
    struct years_facts facts = facts_of(&by_year, &years, loaded, 3);
    expect(&facts, "1 12345678901234567890.5 12345678901234567890.25 0.5 -0.25\n2 5 7 -2 0\n");
}

static void rows_without_their_year_are_of_that_of_their_month(void **state)
{
    (void)state;
    struct contract_year items[] = {{1, AUGUST, OCTOBER, "5", "0"}, {2, OCTOBER, NOVEMBER, "4", "0"}};
    struct contract_years years = {items, 2};
    const struct totals_figure loaded[] = {
        {{AUGUST, 0, NULL}, "2"}, {{SEPTEMBER, 0, NULL}, "3"}, {{OCTOBER, 0, NULL}, "5"}};
    struct years_facts facts = facts_of(&by_month, &years, loaded, 3);
    expect(&facts, "1 5 5 0 0\n2 5 4 0 1\n");
}

static void a_year_that_begins_or_ends_within_a_month_needs_rows_that_have_their_year(void **state)
{
    (void)state;
    struct contract_year items[] = {{1, AUGUST + 3, OCTOBER, "5", "0"},
                                    {2, SEPTEMBER, OCTOBER + 3, "6", "0"}};
    struct contract_years years = {items, 2};
    const struct totals_figure loaded[] = {{{SEPTEMBER, 1, NULL}, "2"}, {{SEPTEMBER, 2, NULL}, "6"}};
    struct years_facts facts = facts_of(&by_month, &years, loaded, 2);
    expect(&facts, "");
    facts.rule = &by_year;
    expect(&facts, "1 2 5 0 -3\n2 6 6 0 0\n");
}

static void a_year_has_no_difference_while_it_runs_or_a_month_of_it_is_missing(void **state)
{
    (void)state;
    struct contract_year items[] = {
        {1, AUGUST, OCTOBER, "5", "0"}, {2, OCTOBER, TODAY + 1, "6", "1"}, {3, OCTOBER, TODAY, "6", "1"}};
    struct contract_years years = {items, 3};
    const struct totals_figure loaded[] = {{{SEPTEMBER, 1, NULL}, "2"}, {{OCTOBER, 2, NULL}, "6"}};
    date_t held[] = {SEPTEMBER, OCTOBER, NOVEMBER};
    struct totals_months whole = {held, 3};
    struct years_facts facts = facts_of(&by_year, &years, loaded, 2);
    facts.whole = &whole;
    expect(&facts, "1 2 5 0 - not whole\n2 6 6 1 - running not whole\n3 0 6 1 -7\n");
}

static void what_the_record_does_not_tell_is_not_taken_for_zero(void **state)
{
    (void)state;
    struct contract_year items[] = {{1, AUGUST, SEPTEMBER, NULL, "1"}, {2, SEPTEMBER, OCTOBER, "2", NULL}};
    struct contract_years years = {items, 2};
    struct years_facts facts = facts_of(&by_year, &years, NULL, 0);
    expect(&facts, "1 0 - 1 -\n2 0 2 - -\n");
}

static void years_that_have_not_begun_or_have_no_day_are_left_out(void **state)
{
    (void)state;
    struct contract_year items[] = {{1, TODAY + 1, TODAY + 9, "0", "0"}, {2, OCTOBER, OCTOBER, "0", "0"}};
    struct contract_years years = {items, 2};
    struct years_facts facts = facts_of(&by_year, &years, NULL, 0);
    expect(&facts, "");
}

static void the_months_of_years_are_asked_for_as_far_as_a_table_can_have_them(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct contract_year items[] = {{1, SEPTEMBER + 5, OCTOBER + 5, NULL, NULL},
                                    {2, OCTOBER, TODAY + 400, NULL, NULL},
                                    {3, JOB_FIRST_DAY - 900, JOB_FIRST_DAY + 31, NULL, NULL}};
    struct contract_years years = {items, 3};
    struct totals_months found = {0};
    years_add_months(&years, TODAY, &found, arena);
    assert_int_equal(found.count, 4);
    assert_int_equal(found.items[0], SEPTEMBER);
    assert_int_equal(found.items[1], OCTOBER);
    assert_int_equal(found.items[2], NOVEMBER);
    assert_int_equal(found.items[3], JOB_FIRST_DAY);
}

static void only_jobs_of_all_categories_can_be_compared(void **state)
{
    (void)state;
    assert_true(years_can_compare(&(struct totals_rule){.categories = 0}));
    assert_true(years_can_compare(&(struct totals_rule){.categories = 31}));
    assert_false(years_can_compare(&(struct totals_rule){.categories = 30}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consumed_and_multi_year_tokens_are_taken_together),
        cmocka_unit_test(rows_without_their_year_are_of_that_of_their_month),
        cmocka_unit_test(a_year_that_begins_or_ends_within_a_month_needs_rows_that_have_their_year),
        cmocka_unit_test(a_year_has_no_difference_while_it_runs_or_a_month_of_it_is_missing),
        cmocka_unit_test(what_the_record_does_not_tell_is_not_taken_for_zero),
        cmocka_unit_test(years_that_have_not_begun_or_have_no_day_are_left_out),
        cmocka_unit_test(the_months_of_years_are_asked_for_as_far_as_a_table_can_have_them),
        cmocka_unit_test(only_jobs_of_all_categories_can_be_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
