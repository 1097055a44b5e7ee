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

/* The findings of a budget with these keys beside those that it needs. */
static void expect(const char *keys, const char *findings)
{
    char yaml[600];
    snprintf(yaml, sizeof yaml, "budgets: [{%s}]", keys);
    SCOPED(reading) struct reading reading = read_settings(yaml, home);
    assert_findings(reading, findings);
}

#define NAME_EXPECTED                                                                                        \
    "`budgets.name` must be a name on one line, without control characters and blanks around it"

static void a_name_is_one_printable_line(void **state)
{
    (void)state;
    static const char *const names[] = {"a\\nb",     "a\\u0007b", "a\\x7Fb", "a\\u0085b", "a\\u202eb",
                                        "a\\u2028b", " a",        "a ",      " ",         "\\ta"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char yaml[200];
        snprintf(yaml, sizeof yaml, "budgets: [{name: \"%s\", contract: \"1\", tokens: 1}]", names[i]);
        SCOPED(reading) struct reading reading = read_settings(yaml, home);
        assert_int_equal(reading.findings.count, 1);
        assert_non_null(strstr(reading.findings.items[0].message, NAME_EXPECTED));
    }
    expect("name: \"\", contract: \"1\", tokens: 1", "1:18: error: " NAME_EXPECTED ", found an empty text\n");
    expect("name: [a], contract: \"1\", tokens: 1", "1:18: error: " NAME_EXPECTED ", found a list\n");
}

static void a_name_of_any_script_is_kept_whole(void **state)
{
    (void)state;
    char yaml[400];
    char name[201];
    memset(name, 'x', 200);
    name[200] = '\0';
    memcpy(name, "חיפה 地理 Größe", strlen("חיפה 地理 Größe"));
    snprintf(yaml, sizeof yaml, "budgets: [{name: %s, contract: \"1\", tokens: 1}]", name);
    SCOPED(reading) struct reading reading = read_settings(yaml, home);
    assert_findings(reading, "");
    assert_string_equal(reading.settings.budgets.items[0].name, name);
}

static void a_name_has_an_end(void **state)
{
    (void)state;
    char keys[400];
    snprintf(keys, sizeof keys, "name: x%0255d, contract: \"1\", tokens: 1", 0);
    expect(keys, "1:18: error: `budgets.name` is longer than 255 bytes: shorten it\n");
}

static void two_budgets_of_one_name_are_an_error(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_settings("budgets: [{name: a, contract: \"1\", tokens: 1},\n"
                                           "          {name: a, contract: \"2\", tokens: 1}]",
                                           home);
    assert_findings(reading, "2:18: error: there are two budgets of the name `a`: rename one\n");
}

static void the_contract_is_one_number(void **state)
{
    (void)state;
    static const char *const contracts[] = {"active",   "all",     "\" 1\"", "\"1 \"",
                                            "\"1\\n\"", "\"1 2\"", "\"\""};
    for (size_t i = 0; i < COUNT_OF(contracts); i++) {
        char yaml[200];
        snprintf(yaml, sizeof yaml, "budgets: [{name: a, contract: %s, tokens: 1}]", contracts[i]);
        SCOPED(reading) struct reading reading = read_settings(yaml, home);
        assert_int_equal(reading.findings.count, 1);
        assert_non_null(
            strstr(reading.findings.items[0].message,
                   "`budgets.contract` must be the number of one contract, such as \"11000000001\""));
    }
}

static void tokens_are_more_than_none(void **state)
{
    (void)state;
    static const char *const tokens[] = {"0", "0.0", "-5", "1e6", "many", ".5", "\"\"", "[1]"};
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        char yaml[200];
        snprintf(yaml, sizeof yaml, "budgets: [{name: a, contract: \"1\", tokens: %s}]", tokens[i]);
        SCOPED(reading) struct reading reading = read_settings(yaml, home);
        assert_int_equal(reading.findings.count, 1);
        assert_non_null(strstr(reading.findings.items[0].message,
                               "`budgets.tokens` must be a number of tokens above 0, such as 50000"));
    }
}

static void where_is_one_custom_field_with_a_value(void **state)
{
    (void)state;
    expect("name: a, contract: \"1\", tokens: 1, where: {custom_field1: Berlin, custom_field2: R}",
           "1:54: error: `budgets.where` takes one custom field, such as "
           "{custom_field1: Berlin}, found 2: make a budget of each\n");
    expect("name: a, contract: \"1\", tokens: 1, where: {}",
           "1:54: error: `budgets.where` takes one custom field, such as "
           "{custom_field1: Berlin}, found 0\n");
    expect("name: a, contract: \"1\", tokens: 1, where: Berlin",
           "1:54: error: `budgets.where` must be a mapping of one custom field, such as "
           "{custom_field1: Berlin}, found `Berlin`\n");
    expect("name: a, contract: \"1\", tokens: 1, where: {department: Berlin}",
           "1:55: error: `budgets.where` takes custom_field1 to custom_field10, found "
           "`department`\n");
    expect("name: a, contract: \"1\", tokens: 1, where: {custom_field11: Berlin}",
           "1:55: error: `budgets.where` takes custom_field1 to custom_field10, found "
           "`custom_field11`\n");
    expect("name: a, contract: \"1\", tokens: 1, where: {custom_field1: \"\"}",
           "1:70: error: `budgets.where.custom_field1` must be a value of the custom field, "
           "found an empty text\n");
    expect("name: a, contract: \"1\", tokens: 1, where: {custom_field1: [Berlin, Paris]}",
           "1:70: error: `budgets.where.custom_field1` must be a value of the custom field, "
           "found a list\n");
}

static void a_threshold_stands_once(void **state)
{
    (void)state;
    expect("name: a, contract: \"1\", tokens: 1, warn_at: [80%, 80%, 80.0%]",
           "1:62: error: `budgets.warn_at` has `80%` and `80%`: remove one of them\n"
           "1:67: error: `budgets.warn_at` has `80%` and `80.0%`: remove one of them\n");
    expect("name: a, contract: \"1\", tokens: 1, warn_at: [forecast 100%, 100%, forecast 100.00%]",
           "1:78: error: `budgets.warn_at` has `forecast 100%` and `forecast 100.00%`: "
           "remove one of them\n");
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

static void expect_share(const char *tokens, const char *used, int places, const char *expected)
{
    char text[TOKEN_BUDGET_SHARE];
    const struct token_budget budget = {.tokens = tokens};
    assert_string_equal(token_budget_share(&budget, used, places, text), expected);
}

static void a_share_past_the_largest_threshold_is_no_figure(void **state)
{
    (void)state;
    expect_share("1500", "1300.5", 1, "86.7");
    expect_share("1500", "1300.5", 0, "87");
    expect_share("1500", "-15", 0, "-1");
    expect_share("1", "10", 1, "1000.0");
    expect_share("1", "10.01", 1, "over 1000");
    expect_share("1", "-690", 0, "below -1000");
    expect_share("0.000001", "1e300", 0, "over 1000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_has_its_defaults),
        cmocka_unit_test(every_key_is_taken),
        cmocka_unit_test(a_name_is_one_printable_line),
        cmocka_unit_test(a_name_of_any_script_is_kept_whole),
        cmocka_unit_test(a_name_has_an_end),
        cmocka_unit_test(two_budgets_of_one_name_are_an_error),
        cmocka_unit_test(the_contract_is_one_number),
        cmocka_unit_test(tokens_are_more_than_none),
        cmocka_unit_test(where_is_one_custom_field_with_a_value),
        cmocka_unit_test(a_threshold_stands_once),
        cmocka_unit_test(a_warning_is_due_when_its_percentage_is_reached),
        cmocka_unit_test(a_share_past_the_largest_threshold_is_no_figure),
        cmocka_unit_test(a_warning_of_the_forecast_looks_at_the_forecast_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
