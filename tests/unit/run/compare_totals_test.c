/* run/compare_totals: what a table holds against the service's own totals. */
#include "run/compare_totals.h"

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

#define DESKTOP CATEGORY_DESKTOP_PRODUCT
#define CLOUD CATEGORY_CLOUD_SERVICE

static const date_t loaded_months[] = {AUGUST, SEPTEMBER, OCTOBER, NOVEMBER};
static const struct totals_rule by_category = {.date_field = "usageDate", .by_category = true};

/* What is compared, unless a test changes it: three months that are loaded whole, and the running one. */
static struct totals_facts facts_of(struct summary *summary, const struct totals_figure *loaded, size_t count)
{
    return (struct totals_facts){
        .rule = &by_category,
        .summary = summary,
        .loaded = loaded,
        .loaded_count = count,
        .whole_months = loaded_months,
        .whole_count = COUNT_OF(loaded_months),
        .today = TODAY,
        .tolerance = "0",
    };
}

/* `MONTH YEAR CATEGORY LOADED SERVICE DIFFERENCE STATUS` of each line; a line that is stuck ends in `!`. */
static void expect(const struct totals_facts *facts, size_t differences, const char *expected)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct totals_result result;
    struct err err = {0};
    const char *text = "";
    if (!totals_compare(facts, arena, &result, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < result.count; i++) {
        const struct reconciliation_line *line = &result.lines[i];
        char month[DATE_TEXT];
        text = arena_print(arena, "%s%.7s %u %s %s %s %s %s%s\n", text, date_format(line->key.month, month),
                           line->key.year, line->key.category ? line->key.category : "all", line->loaded,
                           line->service, line->difference, totals_status_name(line->status),
                           line->is_stuck ? "!" : "");
    }
    assert_string_equal(text, expected);
    assert_int_equal(result.differences, differences);
}

static void equal_figures_are_told_from_different_ones_to_the_last_digit(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 3, DESKTOP, "12345678901234567890.5"},
                                   {SEPTEMBER, 3, CLOUD, "0.3"}};
    struct summary summary = {lines, 2, false};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "12345678901234567890.25"},
                                           {{SEPTEMBER, 0, "CLOUD_SERVICE"}, "0.30"}};
    struct totals_facts facts = facts_of(&summary, loaded, 2);
    expect(&facts, 1,
           "2026-08 0 DESKTOP_PRODUCT 12345678901234567890.25 12345678901234567890.5 -0.25 differs\n"
           "2026-09 0 CLOUD_SERVICE 0.3 0.3 0 equal\n");
}

static void a_figure_of_one_side_alone_is_held_against_zero(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 3, DESKTOP, "5"}, {OCTOBER, 3, DESKTOP, "0"}};
    struct summary summary = {lines, 2, false};
    const struct totals_figure loaded[] = {{{SEPTEMBER, 0, "CLOUD_SERVICE"}, "7"}};
    struct totals_facts facts = facts_of(&summary, loaded, 1);
    expect(&facts, 2,
           "2026-08 0 DESKTOP_PRODUCT 0 5 -5 differs\n2026-09 0 CLOUD_SERVICE 7 0 7 differs\n"
           "2026-10 0 DESKTOP_PRODUCT 0 0 0 equal\n");
}

static void old_names_are_those_of_today(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 3, DESKTOP, "5"}};
    struct summary summary = {lines, 1, false};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "PRODUCT_CONSUMPTION"}, "2"},
                                           {{AUGUST, 0, "DESKTOP_PRODUCT"}, "3"}};
    struct totals_facts facts = facts_of(&summary, loaded, 2);
    expect(&facts, 0, "2026-08 0 DESKTOP_PRODUCT 5 5 0 equal\n");
}

static void years_are_compared_apart_where_the_rows_have_them(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 2, DESKTOP, "5"}, {AUGUST, 3, DESKTOP, "1"}};
    struct summary summary = {lines, 2, false};
    const struct totals_figure loaded[] = {{{AUGUST, 3, "DESKTOP_PRODUCT"}, "6"}};
    const struct totals_rule by_year = {.date_field = "usageDate", .by_category = true, .by_year = true};
    struct totals_facts facts = facts_of(&summary, loaded, 1);
    expect(&facts, 0, "2026-08 0 DESKTOP_PRODUCT 6 6 0 equal\n");
    facts.rule = &by_year;
    expect(&facts, 2, "2026-08 2 DESKTOP_PRODUCT 0 5 -5 differs\n2026-08 3 DESKTOP_PRODUCT 6 1 5 differs\n");
}

static void only_the_categories_that_the_job_asks_for_are_added_up(void **state)
{
    (void)state;
    struct summary_line lines[] = {
        {AUGUST, 3, DESKTOP, "5"}, {AUGUST, 3, CLOUD, "2"}, {AUGUST, 3, CATEGORY_CLOUD_PRODUCT, "1"}};
    struct summary summary = {lines, 3, false};
    const struct totals_figure loaded[] = {{{AUGUST, 0, ""}, "7"}};
    const struct totals_rule two = {.date_field = "usageDate", .categories = 1u << DESKTOP | 1u << CLOUD};
    struct totals_facts facts = facts_of(&summary, loaded, 1);
    facts.rule = &two;
    expect(&facts, 0, "2026-08 0 all 7 7 0 equal\n");
}

static void a_month_that_is_not_over_or_not_held_whole_is_not_judged(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 3, DESKTOP, "5"}, {NOVEMBER, 3, DESKTOP, "2"}};
    struct summary summary = {lines, 2, false};
    struct totals_facts facts = facts_of(&summary, NULL, 0);
    facts.whole_months = &loaded_months[1];
    facts.whole_count--;
    expect(&facts, 0,
           "2026-08 0 DESKTOP_PRODUCT 0 5 -5 not_loaded\n2026-11 0 DESKTOP_PRODUCT 0 2 -2 running\n");
    facts.today = NOVEMBER + 30;
    expect(&facts, 1,
           "2026-08 0 DESKTOP_PRODUCT 0 5 -5 not_loaded\n2026-11 0 DESKTOP_PRODUCT 0 2 -2 differs\n");
}

static void months_that_the_summary_does_not_reach_are_left_out(void **state)
{
    (void)state;
    struct summary_line lines[] = {{SEPTEMBER, 3, DESKTOP, "5"}};
    struct summary summary = {lines, 1, false};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "4"},
                                           {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, "5"},
                                           {{OCTOBER, 0, "DESKTOP_PRODUCT"}, "6"}};
    struct totals_facts facts = facts_of(&summary, loaded, 3);
    expect(&facts, 0, "2026-09 0 DESKTOP_PRODUCT 5 5 0 equal\n");
}

/* It is an answer: there is no usage. Only the running month is not judged by it. After each run, though, the
 * service may have none. */
static void an_empty_summary_reaches_all_months_unless_it_may_be_empty(void **state)
{
    (void)state;
    struct summary none = {NULL, 0, true};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "4"},
                                           {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, "0"},
                                           {{NOVEMBER, 0, "DESKTOP_PRODUCT"}, "6"}};
    struct totals_facts facts = facts_of(&none, loaded, 3);
    facts.today = TODAY - 10;
    expect(&facts, 1,
           "2026-08 0 DESKTOP_PRODUCT 4 0 4 differs\n2026-09 0 DESKTOP_PRODUCT 0 0 0 equal\n"
           "2026-11 0 DESKTOP_PRODUCT 6 0 6 running\n");
    facts.may_be_empty = true;
    expect(&facts, 0, "");
}

static void less_than_a_token_is_no_difference_where_all_figures_are_whole(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 3, DESKTOP, "5"}, {SEPTEMBER, 3, DESKTOP, "5"}};
    struct summary summary = {lines, 2, true};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "4.001"},
                                           {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, "6"}};
    struct totals_facts facts = facts_of(&summary, loaded, 2);
    expect(&facts, 1,
           "2026-08 0 DESKTOP_PRODUCT 4.001 5 -0.999 equal\n2026-09 0 DESKTOP_PRODUCT 6 5 1 differs\n");
    summary.is_whole = false;
    expect(&facts, 2,
           "2026-08 0 DESKTOP_PRODUCT 4.001 5 -0.999 differs\n2026-09 0 DESKTOP_PRODUCT 6 5 1 differs\n");
}

static void what_is_within_the_tolerance_is_equal(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 3, DESKTOP, "5"}, {SEPTEMBER, 3, DESKTOP, "5"}};
    struct summary summary = {lines, 2, false};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "2.5"},
                                           {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, "7.51"}};
    struct totals_facts facts = facts_of(&summary, loaded, 2);
    facts.tolerance = "2.5";
    expect(&facts, 1,
           "2026-08 0 DESKTOP_PRODUCT 2.5 5 -2.5 equal\n2026-09 0 DESKTOP_PRODUCT 7.51 5 2.51 differs\n");
}

static void a_service_that_has_moved_on_is_told_from_rows_that_are_lost(void **state)
{
    (void)state;
    struct summary_line lines[] = {{AUGUST, 3, DESKTOP, "5"}, {SEPTEMBER, 3, DESKTOP, "5"}};
    struct summary summary = {lines, 2, false};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "4"},
                                           {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, "4"}};
    const struct totals_past past[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "4", NULL, NULL},
                                       {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, "5", NULL, NULL}};
    struct totals_facts facts = facts_of(&summary, loaded, 2);
    facts.past = past;
    facts.past_count = 2;
    expect(&facts, 2,
           "2026-08 0 DESKTOP_PRODUCT 4 5 -1 moved_on\n2026-09 0 DESKTOP_PRODUCT 4 5 -1 differs\n");
}

static void a_difference_that_a_reload_did_not_change_is_stuck(void **state)
{
    (void)state;
    struct summary_line lines[] = {
        {AUGUST, 3, DESKTOP, "5"}, {SEPTEMBER, 3, DESKTOP, "6"}, {OCTOBER, 3, DESKTOP, "5"}};
    struct summary summary = {lines, 3, false};
    const struct totals_figure loaded[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, "4"},
                                           {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, "4"},
                                           {{OCTOBER, 0, "DESKTOP_PRODUCT"}, "3"}};
    const struct totals_past past[] = {{{AUGUST, 0, "DESKTOP_PRODUCT"}, NULL, "5", "4"},
                                       {{SEPTEMBER, 0, "DESKTOP_PRODUCT"}, NULL, "5", "4"},
                                       {{OCTOBER, 0, "DESKTOP_PRODUCT"}, NULL, "5", "4"}};
    struct totals_facts facts = facts_of(&summary, loaded, 3);
    facts.past = past;
    facts.past_count = 3;
    expect(&facts, 3,
           "2026-08 0 DESKTOP_PRODUCT 4 5 -1 differs!\n2026-09 0 DESKTOP_PRODUCT 4 6 -2 differs\n"
           "2026-10 0 DESKTOP_PRODUCT 3 5 -2 differs\n");
}

static void months_that_follow_one_another_are_loaded_again_as_one_window(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct reconciliation_line lines[] = {
        {{AUGUST, 0, "A"}, "", "", "", TOTALS_DIFFERS, false},
        {{AUGUST, 0, "B"}, "", "", "", TOTALS_MOVED_ON, false},
        {{SEPTEMBER, 0, "A"}, "", "", "", TOTALS_MOVED_ON, false},
        {{OCTOBER, 0, "A"}, "", "", "", TOTALS_DIFFERS, true},
        {{NOVEMBER, 0, "A"}, "", "", "", TOTALS_DIFFERS, false},
    };
    struct totals_result result = {lines, COUNT_OF(lines), 5};
    struct windows windows = totals_windows_to_reload(&result, arena);
    assert_int_equal(windows.count, 2);
    assert_int_equal(windows.items[0].from, AUGUST);
    assert_int_equal(windows.items[0].to, OCTOBER);
    assert_int_equal(windows.items[1].from, NOVEMBER);
    assert_int_equal(windows.items[1].to, NOVEMBER + 30);
}

static void what_is_equal_running_or_not_loaded_is_not_loaded_again(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct reconciliation_line lines[] = {
        {{AUGUST, 0, NULL}, "", "", "", TOTALS_EQUAL, false},
        {{SEPTEMBER, 0, NULL}, "", "", "", TOTALS_NOT_LOADED, false},
        {{NOVEMBER, 0, NULL}, "", "", "", TOTALS_RUNNING, false},
    };
    struct totals_result result = {lines, COUNT_OF(lines), 0};
    assert_int_equal(totals_windows_to_reload(&result, arena).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_figures_are_told_from_different_ones_to_the_last_digit),
        cmocka_unit_test(a_figure_of_one_side_alone_is_held_against_zero),
        cmocka_unit_test(old_names_are_those_of_today),
        cmocka_unit_test(years_are_compared_apart_where_the_rows_have_them),
        cmocka_unit_test(only_the_categories_that_the_job_asks_for_are_added_up),
        cmocka_unit_test(a_month_that_is_not_over_or_not_held_whole_is_not_judged),
        cmocka_unit_test(months_that_the_summary_does_not_reach_are_left_out),
        cmocka_unit_test(an_empty_summary_reaches_all_months_unless_it_may_be_empty),
        cmocka_unit_test(less_than_a_token_is_no_difference_where_all_figures_are_whole),
        cmocka_unit_test(what_is_within_the_tolerance_is_equal),
        cmocka_unit_test(a_service_that_has_moved_on_is_told_from_rows_that_are_lost),
        cmocka_unit_test(a_difference_that_a_reload_did_not_change_is_stuck),
        cmocka_unit_test(months_that_follow_one_another_are_loaded_again_as_one_window),
        cmocka_unit_test(what_is_equal_running_or_not_loaded_is_not_loaded_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
