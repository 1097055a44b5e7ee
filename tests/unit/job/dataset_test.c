/* job/dataset: a job of `source: contract` is one of its dataset's columns. */
#include "job/dataset.h"
#include "unit/job/reading.h"

#define CONTRACT "contract: 1\nsource: contract\n"

static const struct job *only_job(const struct reading *reading)
{
    assert_string_equal(findings_text(reading), "");
    assert_int_equal(reading->jobs.count, 1);
    return &reading->jobs.items[0];
}

static const char *in_words(struct reading *reading, const struct text_list *list)
{
    const char *text = "";
    for (size_t i = 0; i < list->count; i++)
        text = arena_print(reading->arena, "%s%s%s", text, i > 0 ? " " : "", list->items[i]);
    return text;
}

static void expect_names(const char *dataset, const char *key, const char *values)
{
    char text[128];
    snprintf(text, sizeof text, CONTRACT "query: {dataset: %s}\n", dataset);
    SCOPED(reading) struct reading reading = read_jobs(text);
    const struct job *job = only_job(&reading);
    assert_int_equal(job->source, JOB_SOURCE_CONTRACT);
    assert_string_equal(job->query.dataset->name, dataset);
    assert_string_equal(in_words(&reading, &job->query.fields), key);
    assert_string_equal(in_words(&reading, &job->target.key), key);
    assert_string_equal(in_words(&reading, &job->query.metrics), values);
}

static void the_columns_of_each_dataset_are_asked_for(void **state)
{
    (void)state;
    expect_names("contracts", "",
                 "contractName contractStartDate contractEndDate isActive multiyearProvisionedTokens");
    expect_names("contract_years", "year",
                 "startDate endDate provisionedTokens consumedTokens remainingTokens multiyearTokensAtStart "
                 "multiyearConsumedTokens");
    expect_names("custom_field_names", "customField", "position name");
    expect_names("usage_summary", "usageMonth contractYear usageCategory", "uniqueUsers tokensConsumed");
    expect_names("usage_last", "usageCategory chargeCategory", "lastUsageDate lastProcessDate");
}

static void expect_type(const struct job *job, const char *name, enum column_type expected)
{
    enum column_type type;
    assert_true(job_column_type(job, name, &type));
    assert_int_equal(type, expected);
}

static void columns_have_their_types(void **state)
{
    (void)state;
    SCOPED(reading) struct reading contracts = read_jobs(CONTRACT "query: {dataset: contracts}\n");
    expect_type(only_job(&contracts), "contractName", COLUMN_TEXT);
    expect_type(only_job(&contracts), "contractEndDate", COLUMN_DATE);
    expect_type(only_job(&contracts), "isActive", COLUMN_BOOLEAN);
    expect_type(only_job(&contracts), "multiyearProvisionedTokens", COLUMN_NUMERIC);
    SCOPED(reading) struct reading years = read_jobs(CONTRACT "query: {dataset: contract_years}\n");
    expect_type(only_job(&years), "year", COLUMN_INTEGER);
    expect_type(only_job(&years), "consumedTokens", COLUMN_NUMERIC);
}

static void what_cannot_be_summed_is_told(void **state)
{
    (void)state;
    const struct dataset *summary = dataset_find("usage_summary");
    assert_false(dataset_column(summary, "uniqueUsers")->is_additive);
    assert_true(dataset_column(summary, "tokensConsumed")->is_additive);
}

static void what_is_left_counts_multi_year_tokens(void **state)
{
    (void)state;
    const struct dataset *years = dataset_find("contract_years");
    assert_non_null(strstr(dataset_column(years, "remainingTokens")->comment,
                           "remaining_tokens + multiyear_tokens_at_start - multiyear_consumed_tokens"));
    assert_non_null(strstr(dataset_column(years, "consumedTokens")->comment, "without multi-year tokens"));
}

static void types_and_names_of_columns_may_be_changed(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_jobs(CONTRACT "query: {dataset: contract_years}\n"
                           "target: {vanished: keep, types: {year: text}, rename: {year: y}}\n");
    char column[JOB_COLUMN_NAME];
    expect_type(only_job(&reading), "year", COLUMN_TEXT);
    assert_string_equal(job_column_name(only_job(&reading), "year", column), "y");
    assert_string_equal(job_column_name(only_job(&reading), "consumedTokens", column), "consumed_tokens");
}

/* `year` is a column of a dataset, and nothing that the catalogue of usage knows. */
static void columns_of_a_dataset_are_not_those_of_usage(void **state)
{
    (void)state;
    SCOPED(reading) struct reading years = read_jobs(CONTRACT "query: {dataset: contract_years}\n");
    assert_non_null(job_column_entry(only_job(&years), "year"));
    assert_null(job_column_entry(only_job(&years), "usageDate"));
    assert_null(catalogue_find("year"));
}

static void what_may_differ_from_usage_says_so(void **state)
{
    (void)state;
    const struct dataset *years = dataset_find("contract_years");
    const char *const snapshots[] = {"consumedTokens", "remainingTokens", "multiyearConsumedTokens"};
    for (size_t i = 0; i < COUNT_OF(snapshots); i++)
        assert_non_null(
            strstr(dataset_column(years, snapshots[i])->comment, "may differ from the total of the usage"));
    assert_null(dataset_find("contract_year"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_columns_of_each_dataset_are_asked_for),
        cmocka_unit_test(columns_have_their_types),
        cmocka_unit_test(what_cannot_be_summed_is_told),
        cmocka_unit_test(what_is_left_counts_multi_year_tokens),
        cmocka_unit_test(types_and_names_of_columns_may_be_changed),
        cmocka_unit_test(columns_of_a_dataset_are_not_those_of_usage),
        cmocka_unit_test(what_may_differ_from_usage_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
