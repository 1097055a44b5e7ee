/* api/summary: the service's own totals as figures to compare with. */
#include "api/metadata_inner.h"
#include "api/summary_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LINE(month, year, category, tokens)                                                                  \
    "{\"usageMonth\":" month ",\"contractYear\":" year ",\"usageCategory\":" category                        \
    ",\"uniqueUsers\":1,\"tokensConsumed\":" tokens "}"
#define GOOD LINE("\"2018-03-01\"", "1", "\"CLOUD_SERVICE\"", "1")

static bool read_text(const char *text, struct arena *arena, struct summary *summary, struct err *err)
{
    struct metadata metadata;
    struct metadata_request request = {.dataset = dataset_find("usage_summary"), .contract = "11000000001"};
    struct metadata_body body = {text, strlen(text)};
    return metadata_read(&request, body, arena, &metadata, err) &&
           summary_of(&metadata, "11000000001", arena, summary, err);
}

static struct summary read_well(const char *text, struct arena *arena)
{
    struct summary summary;
    struct err err = {0};
    if (!read_text(text, arena, &summary, &err))
        fail_msg("%s", err.text);
    return summary;
}

static void expect_refused(const char *text, const char *words)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct summary summary;
    struct err err = {0};
    assert_false(read_text(text, arena, &summary, &err));
    if (err.kind != ERR_DATA || !strstr(err.text, words))
        fail_msg("expected \"%s\", got %s: %s", words, err_kind_info(err.kind)->name, err.text);
}

static void a_line_has_month_year_category_and_exact_tokens(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct summary summary =
        read_well("[" LINE("\"2018-03-01\"", "\"1\"", "\"PRODUCT_CONSUMPTION\"", "60.50") "," LINE(
                      "\"2018-04\"", "2.0", "\"MANUAL_ADJUSTMENT\"", "-12345678901234567890123.0") "]",
                  arena);
    assert_int_equal(summary.count, 2);
    assert_int_equal(summary.lines[0].month, 17591);
    assert_int_equal(summary.lines[0].contract_year, 1);
    assert_int_equal(summary.lines[0].category, CATEGORY_DESKTOP_PRODUCT);
    assert_string_equal(summary.lines[0].tokens, "60.5");
    assert_int_equal(summary.lines[1].month, 17622);
    assert_int_equal(summary.lines[1].contract_year, 2);
    assert_int_equal(summary.lines[1].category, CATEGORY_MANUAL_ADJUSTMENT);
    assert_string_equal(summary.lines[1].tokens, "-12345678901234567890123");
}

static void whole_figures_are_told_from_fractions(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    assert_true(
        read_well("[" GOOD "," LINE("\"2018-04-01\"", "1", "\"CLOUD_SERVICE\"", "60.0") "]", arena).is_whole);
    assert_false(
        read_well("[" GOOD "," LINE("\"2018-04-01\"", "1", "\"CLOUD_SERVICE\"", "0.5") "]", arena).is_whole);
    assert_false(
        read_well("[" LINE("\"2018-04-01\"", "1", "\"CLOUD_SERVICE\"", "0.5") "," GOOD "]", arena).is_whole);
}

static void no_line_is_no_figure(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    assert_int_equal(read_well("[]", arena).count, 0);
}

static void one_month_twice_is_refused(void **state)
{
    (void)state;
    expect_refused(
        "[" GOOD "," LINE("\"2018-03-01\"", "\"1\"", "\"CLOUD_CONSUMPTION\"", "2") "]",
        "lines 1 and 2 of the summary of contract 11000000001 are both of 2018-03, contract year 1, "
        "CLOUD_SERVICE");
}

static void one_month_of_two_contract_years_is_two_figures(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    assert_int_equal(
        read_well("[" GOOD "," LINE("\"2018-03-01\"", "2", "\"CLOUD_SERVICE\"", "2") "]", arena).count, 2);
}

static void a_month_is_written_in_several_ways(void **state)
{
    (void)state;
    static const char *const months[] = {"2018-04", "2018-04-01", "2018-04-01T00:00:00",
                                         "2018-04-01 00:00:00.000Z", "2018-04-01T00:00:00+00:00"};
    for (size_t i = 0; i < COUNT_OF(months); i++) {
        char json[300];
        SCOPED(arena) struct arena *arena = arena_make();
        snprintf(json, sizeof json, "[" LINE("\"%s\"", "1", "\"CLOUD_SERVICE\"", "1") "]", months[i]);
        struct summary summary = read_well(json, arena);
        assert_int_equal(summary.lines[0].month, 17622);
    }
}

static void what_is_no_figure_is_named(void **state)
{
    (void)state;
    expect_refused("[" GOOD "," LINE("\"2018-04-01\"", "1", "\"CLOUD_SERVICE\"", "\"12\"") "]",
                   "line 2 of the summary of contract 11000000001: tokensConsumed as the text `12` is not a "
                   "number");
    expect_refused("[" LINE("\"2018-04-01\"", "1", "\"CLOUD_SERVICE\"", "null") "]",
                   "tokensConsumed as `null` is not a number");
    expect_refused("[" LINE("\"2018-04-02\"", "1", "\"CLOUD_SERVICE\"", "1") "]",
                   "usageMonth as the text `2018-04-02` is not a first day of a month");
    expect_refused("[" LINE("\"2018-04-01T00:00:01\"", "1", "\"CLOUD_SERVICE\"", "1") "]",
                   "is not a first day");
    expect_refused("[" LINE("201804", "1", "\"CLOUD_SERVICE\"", "1") "]",
                   "usageMonth as `201804` is not a first");
    expect_refused("[" LINE("\"2018-04-01\"", "\"one\"", "\"CLOUD_SERVICE\"", "1") "]",
                   "contractYear as the text `one` is not a year of a contract");
    expect_refused("[" LINE("\"2018-04-01\"", "1.5", "\"CLOUD_SERVICE\"", "1") "]",
                   "contractYear as `1.5` is not a year of a contract");
    expect_refused("[" LINE("\"2018-04-01\"", "0", "\"CLOUD_SERVICE\"", "1") "]",
                   "contractYear as `0` is no");
    expect_refused(
        "[{\"usageMonth\":\"2018-04-01\",\"usageCategory\":\"CLOUD_SERVICE\",\"tokensConsumed\":1}]",
        "contractYear as `null` is not a year of a contract");
}

static void a_category_that_is_not_documented_is_named(void **state)
{
    (void)state;
    expect_refused("[" LINE("\"2018-04-01\"", "1", "\"RENDERING\"", "1") "]",
                   "line 1 of the summary of contract 11000000001: usageCategory as the text `RENDERING` is "
                   "not a usage category that the service documents");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_month_year_category_and_exact_tokens),
        cmocka_unit_test(whole_figures_are_told_from_fractions),
        cmocka_unit_test(no_line_is_no_figure),
        cmocka_unit_test(one_month_twice_is_refused),
        cmocka_unit_test(one_month_of_two_contract_years_is_two_figures),
        cmocka_unit_test(a_month_is_written_in_several_ways),
        cmocka_unit_test(what_is_no_figure_is_named),
        cmocka_unit_test(a_category_that_is_not_documented_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
