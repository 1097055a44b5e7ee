/* job/totals_rule: which jobs' tokens can be held against the service's own totals, and how finely. */
#include "job/totals_rule.h"
#include "unit/job/reading.h"

#define DATED "contract: 1\nwindow: {field: usageDate, last: 3 days}\n"

static const struct job *job_of(struct reading *reading, const char *yaml)
{
    *reading = read_jobs(yaml);
    assert_int_equal(reading->findings.errors, 0);
    return &reading->jobs.items[0];
}

/* by_year, by_category and the one category, as `year category (NAME)`; or the reason. */
static void expect(const char *yaml, const char *expected)
{
    SCOPED(reading) struct reading reading;
    struct totals_rule rule;
    const char *reason;
    const struct job *job = job_of(&reading, yaml);
    if (!totals_rule_of(job, &rule, &reason)) {
        assert_string_equal(reason, expected);
        return;
    }
    char text[200];
    snprintf(text, sizeof text, "%s%s%s (%s)", rule.date_field, rule.by_year ? " year" : "",
             rule.by_category ? " category" : "", rule.category ? rule.category : "");
    assert_string_equal(text, expected);
}

static void what_the_rows_tell_is_compared_apart(void **state)
{
    (void)state;
    expect(DATED "query: {fields: [usageDate], metrics: [tokensConsumed]}\n", "usageDate ()");
    expect(DATED "query: {fields: [usageDate, contractYear, usageCategory], metrics: [tokensConsumed]}\n",
           "usageDate year category ()");
    expect("contract: 1\nwindow: {field: usageMonth, last: 2 months}\n"
           "query: {fields: [usageMonth], metrics: [tokensConsumed], usageCategory: [CLOUD_CONSUMPTION]}\n",
           "usageMonth (CLOUD_SERVICE)");
    expect(DATED "query: {fields: [usageDate], metrics: [tokensConsumed], usageCategory: [CLOUD_SERVICE, "
                 "CLOUD_PRODUCT]}\n",
           "usageDate ()");
    expect("contract: 1\nquery: {fields: [usageMonth], metrics: [tokensConsumed]}\n", "usageMonth ()");
}

static void rows_that_cannot_be_compared_have_a_reason(void **state)
{
    (void)state;
#define TOKENS "query: {fields: [usageDate], metrics: [tokensConsumed]}\n"
    expect(DATED "query: {fields: [usageDate], metrics: [useCount]}\n", "its rows have no tokensConsumed");
    expect(DATED "query: {fields: [productName], metrics: [tokensConsumed]}\n",
           "its rows carry no date of the window");
    expect("contract: 1\nquery: {fields: [productName], metrics: [tokensConsumed]}\n",
           "its rows carry no date of the window");
    expect(DATED "query: {fields: [usageDate], metrics: [tokensConsumed], where: \"userName = 'a'\"}\n",
           "its filter (query.where) is more than a list of categories");
    expect(DATED TOKENS "target: {mode: append}\n", "its table keeps the rows of every run (mode: append)");
    expect(DATED TOKENS "target: {vanished: keep}\n",
           "its table keeps rows that the service no longer has (vanished: keep)");
    expect(DATED TOKENS "target: {snapshots: all}\n", "its table keeps every snapshot (snapshots: all)");
    expect(DATED TOKENS "target: {types: {tokensConsumed: text}}\n",
           "target.types makes its tokens no number, or its date no date");
    expect("contract: 1\nsource: contract\nquery: {dataset: usage_summary}\n",
           "it loads no usage (source: contract)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_rows_tell_is_compared_apart),
        cmocka_unit_test(rows_that_cannot_be_compared_have_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
