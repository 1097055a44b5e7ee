/* job/token_budget: budgets of the settings, and when they warn. */
#include "job/token_budget.h"
#include "unit/job/reading.h"

static const char *const home[] = {"HOME=/srv/etl", NULL};

static void a_budget_has_its_defaults(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_settings("budgets: [{name: All, contract: \"11000000001\", tokens: 50000.5}]", home);
    assert_findings(reading, "");
    assert_int_equal(reading.settings.budgets.count, 1);
    const struct token_budget *budget = &reading.settings.budgets.items[0];
    assert_string_equal(budget->name, "All");
    assert_string_equal(budget->contract, "11000000001");
    assert_string_equal(budget->tokens, "50000.5");
    assert_int_equal(budget->period, TOKEN_BUDGET_CONTRACT_YEAR);
    assert_int_equal(budget->condition.field == NULL, true);
    assert_int_equal(budget->warning_count, 2);
    assert_string_equal(budget->warnings[0].text, "80%");
    assert_false(budget->warnings[0].is_forecast);
    assert_string_equal(budget->warnings[1].text, "forecast 100%");
    assert_true(budget->warnings[1].is_forecast);
    assert_true(budget->warnings[1].percent == 100);
}

static void every_key_is_taken(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_settings(
        "budgets:\n"
        "  - {name: Berlin, contract: 11000000001, where: {customField10: 4711},\n"
        "     tokens: 7, period: month, warn_at: [forecast 12.5%]}\n"
        "  - {name: Paris, contract: 11000000002, where: {custom_field1: Paris}, tokens: 8, warn_at: []}\n",
        home);
    assert_findings(reading, "");
    assert_int_equal(reading.settings.budgets.count, 2);
    const struct token_budget *budget = &reading.settings.budgets.items[0];
    assert_int_equal(budget->period, TOKEN_BUDGET_MONTH);
    assert_string_equal(budget->condition.field, "customField10");
    assert_string_equal(budget->condition.value, "4711");
    assert_int_equal(budget->warning_count, 1);
    assert_true(budget->warnings[0].percent == 12.5);
    assert_string_equal(reading.settings.budgets.items[1].condition.field, "customField1");
    assert_int_equal(reading.settings.budgets.items[1].warning_count, 0);
}

static void a_name_is_printable(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_settings("budgets: [{name: \"a\\u202eb\", contract: \"1\", tokens: 1}]", home);
    assert_findings(reading, "");
    assert_string_equal(reading.settings.budgets.items[0].name, "a?b");
}

static bool warns(const char *tokens, const char *text, const char *consumed, const char *forecast)
{
    char yaml[256];
    snprintf(yaml, sizeof yaml, "budgets: [{name: All, contract: \"1\", tokens: %s, warn_at: [%s]}]", tokens,
             text);
    SCOPED(reading) struct reading reading = read_settings(yaml, home);
    assert_findings(reading, "");
    const struct token_budget *budget = &reading.settings.budgets.items[0];
    return token_budget_warns(budget, &budget->warnings[0], consumed, forecast);
}

static void a_warning_is_due_when_its_percentage_is_reached(void **state)
{
    (void)state;
    assert_false(warns("1000", "80%", "799.99", "5000"));
    assert_true(warns("1000", "80%", "800", NULL));
    assert_false(warns("0.3", "100%", "0.2999", NULL));
    assert_true(warns("0.3", "100%", "0.3", NULL));
}

static void a_warning_of_the_forecast_looks_at_the_forecast_alone(void **state)
{
    (void)state;
    assert_false(warns("1000", "forecast 100%", "5000", "999"));
    assert_true(warns("1000", "forecast 100%", "0", "1000"));
    assert_false(warns("1000", "forecast 100%", "5000", NULL));
    assert_false(warns("1000", "80%", NULL, "5000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_has_its_defaults),
        cmocka_unit_test(every_key_is_taken),
        cmocka_unit_test(a_name_is_printable),
        cmocka_unit_test(a_warning_is_due_when_its_percentage_is_reached),
        cmocka_unit_test(a_warning_of_the_forecast_looks_at_the_forecast_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
