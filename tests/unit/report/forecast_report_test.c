/* report/forecast_report: the forecast as people and as scripts read it. */
#include "base/macros.h"
#include "report/forecast_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct forecast_day day(const char *text)
{
    struct forecast_day found = {0};
    found.is_known = date_parse(text, strlen(text), &found.day);
    return found;
}

static struct forecast_item running(void)
{
    return (struct forecast_item){
        .contract = "11000000001",
        .contract_year = "2",
        .state = "running",
        .start_date = day("2026-01-01"),
        .end_date = day("2026-12-31"),
        .as_of = day("2026-11-28"),
        .tokens_left = "100.5",
        .tokens_a_day = "10",
        .runs_out_on = day("2026-12-08"),
        .runs_out_early = day("2026-12-07"),
        .left_at_end = "-239.5",
        .usage_through = day("2026-11-24"),
        .usage_days = 53,
    };
}

static const char *text_of(struct forecast_item item, struct buf *out)
{
    struct forecast forecast = {.items = &item, .count = 1};
    forecast_report_put_table(&forecast, out);
    return buf_text(out);
}

static void the_json_has_what_is_known_and_null_for_the_rest(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct forecast_item item = running();
    struct forecast forecast = {.items = &item, .count = 1};
    forecast_report_put_json(&forecast, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"contracts\":[{\"contract_number\":\"11000000001\",\"contract_year\":2,\"start_date\":\"2026-01-"
        "01\","
        "\"end_date\":\"2026-12-31\",\"tokens_left\":100.5,\"tokens_a_day\":10,\"runs_out_on\":\"2026-12-"
        "08\","
        "\"runs_out_early\":\"2026-12-07\",\"runs_out_late\":null,\"left_at_end\":-239.5,\"usage_through\":"
        "\"2026-11-24\",\"remark\":null}]}\n");
}

static void the_json_without_contracts_is_an_empty_list(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    forecast_report_put_json(&(struct forecast){0}, &out);
    assert_string_equal(buf_text(&out), "{\"contracts\":[]}\n");
}

static void the_text_has_a_line_a_contract_and_a_dash_for_what_is_not_known(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    assert_string_equal(
        text_of(running(), &out),
        "contract     year  ends on     tokens left  a day  usage until  runs out on  earliest    latest  "
        "left at end\n"
        "11000000001  2     2026-12-31        100.5     10  2026-11-24   2026-12-08   2026-12-07  -       "
        "     -239.5\n"
        "\nThe tokens run out between earliest and latest in 8 of 10 cases.\n");
}

static void the_text_explains_what_the_figures_do_not_say(void **state)
{
    (void)state;
    SCOPED(buf) struct buf ended = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf later = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf empty = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf unknown = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf short_of_days = buf_make(BUF_OWN_TEXT);
    struct forecast_item item = running();
    item.state = "ended";
    item.tokens_a_day = NULL;
    assert_non_null(
        strstr(text_of(item, &ended), "11000000001: its last contract year ended on 2026-12-31\n"));
    assert_null(strstr(buf_text(&ended), "no pace"));
    item.state = "not_started";
    assert_non_null(
        strstr(text_of(item, &later), "11000000001: its next contract year begins on 2026-01-01\n"));
    assert_non_null(strstr(buf_text(&later), "there is no pace"));
    item = running();
    item.tokens_left = "-3";
    assert_non_null(strstr(text_of(item, &empty), "11000000001: no tokens are left\n"));
    item.tokens_left = NULL;
    item.state = "unknown";
    assert_non_null(strstr(text_of(item, &unknown),
                           "11000000001: its contract record does not say when the year begins and ends\n"
                           "11000000001: its contract record does not say how many tokens are left\n"));
    SCOPED(buf) struct buf stale = buf_make(BUF_OWN_TEXT);
    item = running();
    item.tokens_a_day = NULL;
    item.remark = "cloud_usage has no day after 2026-11-01";
    assert_non_null(strstr(text_of(item, &stale),
                           "11000000001: there is no pace: cloud_usage has no day after 2026-11-01\n"));
    assert_null(strstr(buf_text(&stale), "fewer than 14"));
    item = running();
    item.usage_days = 48;
    assert_non_null(strstr(text_of(item, &short_of_days),
                           "11000000001: the pace is of 48 days until 2026-11-24, instead of 56\n"));
}

static void the_text_explains_the_range_only_where_a_contract_has_one(void **state)
{
    (void)state;
    SCOPED(buf) struct buf none = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf spent = buf_make(BUF_OWN_TEXT);
    struct forecast_item item = running();
    item.tokens_left = "0";
    assert_null(strstr(text_of(item, &spent), "earliest and latest"));
    item = running();
    item.runs_out_on.is_known = item.runs_out_early.is_known = false;
    assert_null(strstr(text_of(item, &none), "earliest and latest"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_json_has_what_is_known_and_null_for_the_rest),
        cmocka_unit_test(the_json_without_contracts_is_an_empty_list),
        cmocka_unit_test(the_text_has_a_line_a_contract_and_a_dash_for_what_is_not_known),
        cmocka_unit_test(the_text_explains_what_the_figures_do_not_say),
        cmocka_unit_test(the_text_explains_the_range_only_where_a_contract_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
