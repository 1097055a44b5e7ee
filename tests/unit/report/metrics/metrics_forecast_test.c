/* report/metrics/metrics_forecast: the forecast and the budgets of tokens as metrics. */
#include "base/macros.h"
#include "report/metrics/metrics_forecast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void days_are_seconds_and_unknown_ones_are_left_out(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct forecast_item items[] = {
        {.contract = "1", .state = "running", .tokens_left = "-2.5", .runs_out_early = {true, 20000}},
        {.contract = "2", .state = "ended", .tokens_left = "7", .runs_out_on = {true, 1}},
        {.contract = "3", .state = "not_started", .runs_out_on = {true, 1}, .runs_out_late = {true, 2}},
    };
    metrics_put_forecast(&(struct forecast){.items = items, .count = COUNT_OF(items)}, &out);
    const char *text = buf_text(&out);
    assert_non_null(strstr(text, "# TYPE tokenflex_etl_tokens_left gauge\n"
                                 "tokenflex_etl_tokens_left{contract=\"1\"} -2.5\n"
                                 "# HELP tokenflex_etl_runs_out_timestamp_seconds "));
    assert_non_null(
        strstr(text, "\ntokenflex_etl_runs_out_timestamp_seconds{contract=\"1\",bound=\"early\"} 1728000000\n"
                     "tokenflex_etl_runs_out_timestamp_seconds{contract=\"3\",bound=\"on\"} 86400\n"
                     "tokenflex_etl_runs_out_timestamp_seconds{contract=\"3\",bound=\"late\"} 172800\n"));
    assert_null(strstr(text, "contract=\"2\""));
}

static void nothing_is_said_of_nothing(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    metrics_put_forecast(&(struct forecast){0}, &out);
    metrics_put_token_budgets(&(struct token_budget_uses){0}, &out);
    assert_string_equal(buf_text(&out), "");
}

static void a_budget_whose_use_is_not_known_says_so_beside_its_tokens(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct token_budget_warning warning = {.text = "80%", .percent = 80};
    struct token_budget budget = {
        .name = "All", .contract = "1", .tokens = "50", .warnings = &warning, .warning_count = 1};
    struct token_budget_use use = {.budget = &budget, .problem = "no rows"};
    metrics_put_token_budgets(&(struct token_budget_uses){&use, 1}, &out);
    assert_null(strstr(buf_text(&out), "budget_used"));
    assert_null(strstr(buf_text(&out), "budget_warning"));
    assert_non_null(
        strstr(buf_text(&out), "\ntokenflex_etl_budget_tokens{budget=\"All\",contract=\"1\"} 50\n"));
    assert_non_null(
        strstr(buf_text(&out), "\ntokenflex_etl_budget_known{budget=\"All\",contract=\"1\"} 0\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_seconds_and_unknown_ones_are_left_out),
        cmocka_unit_test(nothing_is_said_of_nothing),
        cmocka_unit_test(a_budget_whose_use_is_not_known_says_so_beside_its_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
