#include "base/macros.h"
#include "report/html/html_forecast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct forecast_day day(const char *text)
{
    struct forecast_day made = {.is_known = text != NULL};
    if (text)
        assert_true(date_parse(text, strlen(text), &made.day));
    return made;
}

/* A year that ends on 2026-12-31, seen on 2026-11-01. */
static struct forecast_item item(const char *early, const char *on, const char *late)
{
    return (struct forecast_item){
        .contract = "1",
        .state = "running",
        .end_date = day("2026-12-31"),
        .as_of = day("2026-11-01"),
        .tokens_left = "1000",
        .tokens_a_day = "20",
        .tokens_a_day_until_end = "16.39",
        .runs_out_early = day(early),
        .runs_out_on = day(on),
        .runs_out_late = day(late),
        .left_at_end = "-200",
        .left_at_end_low = "-500",
        .left_at_end_high = "100.5",
        .usage_through = day("2026-10-31"),
        .usage_days = 56,
    };
}

static void expect_lines(const struct forecast_item *of, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct json_writer json = json_writer_make(&out);
    json_begin_array(&json, NULL);
    html_forecast_put_lines(of, &json);
    json_end(&json);
    assert_string_equal(buf_text(&out), expected);
}

#define LINE(name, role, points)                                                                             \
    "{\"name\":\"" name "\",\"role\":\"" role "\",\"points\":[[\"2026-11-01\",1000]," points "]}"
#define PACE LINE("Pace that ends at zero", "pace", "[\"2026-12-31\",0]")

static void lines_end_where_the_tokens_run_out_or_the_year_ends(void **state)
{
    (void)state;
    struct forecast_item within = item("2026-12-01", "2026-12-10", "2026-12-20");
    expect_lines(&within, "[" PACE "," LINE("Forecast", "expected", "[\"2026-12-10\",0]") "," LINE(
                              "Holds in 8 of 10 cases", "range",
                              "[\"2026-12-01\",0],[\"2026-12-20\",0],[\"2026-11-01\",1000]") "]");
    struct forecast_item never = item(NULL, NULL, NULL);
    expect_lines(&never, "[" PACE "," LINE("Forecast", "expected", "[\"2026-12-31\",-200]") "," LINE(
                             "Holds in 8 of 10 cases", "range",
                             "[\"2026-12-31\",-500],[\"2026-12-31\",100.5],[\"2026-11-01\",1000]") "]");
}

static void a_range_that_ends_after_the_year_has_its_corner(void **state)
{
    (void)state;
    struct forecast_item across = item("2026-12-01", "2026-12-20", "2027-02-01");
    expect_lines(
        &across,
        "[" PACE "," LINE("Forecast", "expected", "[\"2026-12-20\",0]") "," LINE(
            "Holds in 8 of 10 cases", "range",
            "[\"2026-12-01\",0],[\"2026-12-31\",0],[\"2026-12-31\",100.5],[\"2026-11-01\",1000]") "]");
}

static void without_a_pace_there_is_no_forecast_line(void **state)
{
    (void)state;
    struct forecast_item unknown = item(NULL, NULL, NULL);
    unknown.tokens_a_day = NULL;
    expect_lines(&unknown, "[" PACE "]");
    unknown.tokens_a_day_until_end = NULL;
    expect_lines(&unknown, "[]");
}

static void expect_words(const struct html_forecast *forecast, const char *contract, const char *words)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    html_put_forecast(&(struct html_source){.contract = contract, .forecast = forecast}, &out);
    if (!strstr(buf_text(&out), words))
        fail_msg("%s is not in %s", words, buf_text(&out));
}

static void the_section_says_what_is_known(void **state)
{
    (void)state;
    struct forecast_item items[] = {item("2026-12-01", "2026-12-10", NULL)};
    struct html_forecast forecast = {.forecast = {.items = items, .count = 1}};
    expect_words(&forecast, "1",
                 "<dt>Left</dt><dd>1,000</dd><dd class=\"remark\">by the record of <time>2026-11-01</time>");
    expect_words(&forecast, "1", "<dd><time>2026-12-10</time></dd>");
    expect_words(&forecast, "1", "earliest <time>2026-12-01</time>, latest after <time>2026-12-31</time>");
    expect_words(&forecast, "1", "<dd>-200</dd><dd class=\"remark\">from -500 to 100.5</dd>");
    expect_words(&forecast, "2", "no year of this contract");
    expect_words(&forecast, NULL, "no year of this contract");
    items[0].tokens_a_day = NULL;
    expect_words(&forecast, "1", "There is no pace");
    items[0].state = "ended";
    expect_words(&forecast, "1", "The last contract year is over");
}

static void expect_no_words(const struct html_forecast *forecast, const char *words)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    html_put_forecast(&(struct html_source){.contract = "1", .forecast = forecast}, &out);
    assert_null(strstr(buf_text(&out), words));
}

static void a_year_whose_record_lacks_figures_says_which(void **state)
{
    (void)state;
    struct forecast_item items[] = {item(NULL, NULL, NULL)};
    struct html_forecast forecast = {.forecast = {.items = items, .count = 1}};
    items[0].tokens_left = items[0].tokens_a_day_until_end = NULL;
    items[0].left_at_end = items[0].left_at_end_low = items[0].left_at_end_high = NULL;
    expect_words(&forecast, "1", "does not say how many tokens are left");
    expect_words(&forecast, "1", "<dt>Tokens a day</dt><dd>20</dd>");
    expect_no_words(&forecast, "no year of this contract");
    expect_no_words(&forecast, "8 of 10");
    items[0] = item(NULL, NULL, NULL);
    items[0].state = "unknown";
    items[0].end_date.is_known = false;
    items[0].tokens_a_day = items[0].tokens_a_day_until_end = NULL;
    items[0].left_at_end = items[0].left_at_end_low = items[0].left_at_end_high = NULL;
    expect_words(&forecast, "1", "does not say when the year begins and ends");
    expect_no_words(&forecast, "8 of 10");
}

static void a_day_within_a_year_that_has_no_real_end_is_shown(void **state)
{
    (void)state;
    struct forecast_item items[] = {item("2026-12-01", "2026-12-10", "2026-12-20")};
    struct html_forecast forecast = {.forecast = {.items = items, .count = 1}};
    items[0].end_date = day("9999-12-31");
    items[0].left_at_end = items[0].left_at_end_low = items[0].left_at_end_high = NULL;
    expect_words(&forecast, "1", "<dt>Tokens run out</dt><dd><time>2026-12-10</time></dd>");
    expect_no_words(&forecast, "Left at the end");
}

static void a_missing_table_is_named_with_its_job(void **state)
{
    (void)state;
    const char *names[] = {"contract_years", "daily_product_usage"};
    struct html_forecast forecast = {.problem = {.kind = PAGE_PROBLEM_MISSING, .missing = {names, 2}}};
    expect_words(&forecast, "1", "tokenflex-etl run contract_years daily_product_usage</code>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_where_the_tokens_run_out_or_the_year_ends),
        cmocka_unit_test(a_range_that_ends_after_the_year_has_its_corner),
        cmocka_unit_test(without_a_pace_there_is_no_forecast_line),
        cmocka_unit_test(the_section_says_what_is_known),
        cmocka_unit_test(a_year_whose_record_lacks_figures_says_which),
        cmocka_unit_test(a_day_within_a_year_that_has_no_real_end_is_shown),
        cmocka_unit_test(a_missing_table_is_named_with_its_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
