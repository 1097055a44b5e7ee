#include "job/job.h"
#include "unit/job/reading.h"

#include <dirent.h>
#include <stdlib.h>

#define QUERY "query: {fields: [usageDate, userName], metrics: [tokensConsumed]}\n"

static const struct job *only_job(const struct reading *reading)
{
    assert_string_equal(findings_text(reading), "");
    assert_int_equal(reading->jobs.count, 1);
    return &reading->jobs.items[0];
}

static void assert_list(const struct text_list *list, const char *expected)
{
    char text[256] = "";
    for (size_t i = 0; i < list->count; i++) {
        strcat(text, i > 0 ? " " : "");
        strcat(text, list->items[i]);
    }
    assert_string_equal(text, expected);
}

static void absent_keys_have_their_defaults(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs("contract: 11000000001\n" QUERY);
    const struct job *job = only_job(&reading);
    assert_string_equal(job->name, "usage");
    assert_null(job->description);
    assert_true(job->enabled);
    assert_int_equal(job->tags.count, 0);
    assert_int_equal(job->contracts, JOB_CONTRACTS_LISTED);
    assert_list(&job->contract_numbers, "11000000001");
    assert_int_equal(job->query.usage_categories.count, 0);
    assert_null(job->query.where);
    assert_false(job->window.present);
    assert_int_equal(job->source, JOB_SOURCE_AUTO);
    assert_int_equal(job->page_size, 5000);
    assert_int_equal(job->timeout_ms, 3600000);
    assert_string_equal(job->target.table, "usage");
    assert_int_equal(job->target.mode, JOB_UPSERT);
    assert_list(&job->target.key, "usageDate userName");
    assert_int_equal(job->target.type_count, 0);
    assert_int_equal(job->target.rename_count, 0);
    assert_int_equal(job->target.on_schema_change, JOB_EVOLVE);
    assert_int_equal(job->target.vanished, JOB_VANISHED_DELETE);
    assert_int_equal(job->target.snapshots, JOB_SNAPSHOTS_LATEST);
    assert_float_equal(job->checks.max_vanished_percent, 50.0, 0);
    assert_int_equal(job->reconcile, JOB_RECONCILE_AUTO);
    assert_int_equal(job->place.line, 1);
}

static const char full_job[] = "# a comment\n"
                               "name: daily\n"
                               "description: Tokens by day\n"
                               "enabled: false\n"
                               "tags: [nightly, finance]\n"
                               "contract: [\"11000000001\", 11000000002]\n"
                               "query:\n"
                               "  fields: [usageDate, customField1]\n"
                               "  metrics: [tokensConsumed, useCount]\n"
                               "  usageCategory: [DESKTOP_PRODUCT, CLOUD_PRODUCT]\n"
                               "  where: |\n"
                               "    userName LIKE 'admin%'\n"
                               "window: {field: usageDate, last: 35 days, until: 2026-11-22, chunk: week}\n"
                               "source: query\n"
                               "page_size: 1000\n"
                               "timeout: 30m\n"
                               "target:\n"
                               "  table: usage_by_day\n"
                               "  mode: upsert\n"
                               "  vanished: delete\n"
                               "  snapshots: all\n"
                               "  key: [usageDate]\n"
                               "  types: {customField1: integer}\n"
                               "  rename: {customField1: department}\n"
                               "  on_schema_change: fail\n"
                               "checks:\n"
                               "  max_vanished: 12.5%\n";

static void the_head_of_a_job_is_taken(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs(full_job);
    const struct job *job = only_job(&reading);
    assert_string_equal(job->name, "daily");
    assert_string_equal(job->description, "Tokens by day");
    assert_false(job->enabled);
    assert_list(&job->tags, "nightly finance");
    assert_list(&job->contract_numbers, "11000000001 11000000002");
    assert_int_equal(job->source, JOB_SOURCE_QUERY);
    assert_int_equal(job->page_size, 1000);
    assert_int_equal(job->timeout_ms, 1800000);
    assert_string_equal(job->place.file, "usage.yaml");
    assert_int_equal(job->place.line, 2);
    assert_int_equal(job->place.column, 1);
}

static void query_and_window_are_taken(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs(full_job);
    const struct job *job = only_job(&reading);
    assert_list(&job->query.fields, "usageDate customField1");
    assert_list(&job->query.metrics, "tokensConsumed useCount");
    assert_list(&job->query.usage_categories, "DESKTOP_PRODUCT CLOUD_PRODUCT");
    assert_string_equal(job->query.where, "userName LIKE 'admin%'");
    assert_true(job->window.present);
    assert_string_equal(job->window.field, "usageDate");
    assert_int_equal(job->window.last, 35);
    assert_int_equal(job->window.unit, JOB_DAYS);
    assert_false(job->window.until_today);
    assert_int_equal(job->window.until, 20779);
    assert_int_equal(job->window.chunk, JOB_CHUNK_WEEK);
}

static void the_target_is_taken(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs(full_job);
    const struct job_target *target = &only_job(&reading)->target;
    assert_string_equal(target->table, "usage_by_day");
    assert_int_equal(target->mode, JOB_UPSERT);
    assert_int_equal(target->vanished, JOB_VANISHED_DELETE);
    assert_int_equal(target->snapshots, JOB_SNAPSHOTS_ALL);
    assert_list(&target->key, "usageDate");
    assert_int_equal(target->type_count, 1);
    assert_string_equal(target->types[0].name, "customField1");
    assert_int_equal(target->types[0].type, COLUMN_INTEGER);
    assert_int_equal(target->rename_count, 1);
    assert_string_equal(target->renames[0].name, "customField1");
    assert_string_equal(target->renames[0].column, "department");
    assert_int_equal(target->on_schema_change, JOB_FAIL);
    assert_float_equal(only_job(&reading)->checks.max_vanished_percent, 12.5, 0);
}

static void contracts_may_be_all_or_the_active_ones(void **state)
{
    (void)state;
    SCOPED(reading) struct reading active = read_jobs("contract: active\n" QUERY);
    assert_int_equal(only_job(&active)->contracts, JOB_CONTRACTS_ACTIVE);
    assert_int_equal(only_job(&active)->contract_numbers.count, 0);
    SCOPED(reading) struct reading all = read_jobs("contract: all\n" QUERY);
    assert_int_equal(only_job(&all)->contracts, JOB_CONTRACTS_ALL);
}

static void one_tag_needs_no_list(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs("contract: 1\ntags: nightly\n" QUERY);
    assert_list(&only_job(&reading)->tags, "nightly");
}

static void what_has_not_moved_is_skipped_where_the_window_says_so(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading plain = read_jobs("contract: 1\nwindow: {field: usageDate, last: 1 month}\n" QUERY);
    assert_false(only_job(&plain)->window.skip_unchanged);
    assert_int_equal(only_job(&plain)->window.full_every, 7);
    assert_int_equal(only_job(&plain)->window.full_every_unit, JOB_DAYS);
    SCOPED(reading)
    struct reading skips = read_jobs("contract: 1\nwindow: {field: usageDate, last: 1 month, skip_unchanged: "
                                     "true, full_every: 2 weeks}\n" QUERY);
    assert_true(only_job(&skips)->window.skip_unchanged);
    assert_int_equal(only_job(&skips)->window.full_every, 2);
    assert_int_equal(only_job(&skips)->window.full_every_unit, JOB_WEEKS);
}

static void a_window_may_be_last_month_in_words(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading month = read_jobs("contract: 1\nwindow: {field: usageDate, last: 1 month}\n" QUERY);
    assert_int_equal(only_job(&month)->window.last, 1);
    assert_int_equal(only_job(&month)->window.unit, JOB_MONTHS);
    SCOPED(reading)
    struct reading weeks = read_jobs("contract: 1\nwindow: {field: usageDate, last: 8 weeks}\n" QUERY);
    assert_int_equal(only_job(&weeks)->window.unit, JOB_WEEKS);
    SCOPED(reading) struct reading open = read_jobs("contract: 1\nwindow: {field: usageMonth}\n" QUERY);
    assert_int_equal(only_job(&open)->window.last, 0);
    assert_true(only_job(&open)->window.until_today);
}

static void windows_of_odd_lengths_are_refused(void **state)
{
    (void)state;
    const char *const wrong[] = {"0 days",  "36501 days",    "5201 weeks", "1201 months",
                                 "35days",  "-1 days",       "days",       "1 year",
                                 "1 dayss", "99999999 days", "1.5 months", "today"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[256];
        snprintf(text, sizeof text, "contract: 1\n" QUERY "window: {field: usageDate, last: %s}\n", wrong[i]);
        SCOPED(reading) struct reading reading = read_jobs(text);
        assert_int_equal(reading.findings.errors, 1);
    }
}

static void percentages_are_numbers_with_a_percent_sign(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double percent;
    } sound[] = {{"0%", 0}, {"100%", 100}, {"100.0%", 100}, {"'7%'", 7}, {"0.25%", 0.25}};
    static const char *const unsound[] = {"50",  "%",   "-1%",     "100.1%", "1e1%", "50 %", "' 50%'",
                                          ".5%", "5.%", "50%%",    "0x10%",  "NaN%", "half", "{percent: 50}",
                                          "''",  "~",   "1000000%"};
    char text[256];
    for (size_t i = 0; i < COUNT_OF(sound); i++) {
        snprintf(text, sizeof text, "contract: 1\n" QUERY "checks: {max_vanished: %s}\n", sound[i].text);
        SCOPED(reading) struct reading reading = read_jobs(text);
        assert_float_equal(only_job(&reading)->checks.max_vanished_percent, sound[i].percent, 0);
    }
    for (size_t i = 0; i < COUNT_OF(unsound); i++) {
        snprintf(text, sizeof text, "contract: 1\n" QUERY "checks: {max_vanished: %s}\n", unsound[i]);
        SCOPED(reading) struct reading reading = read_jobs(text);
        assert_int_equal(reading.findings.errors, 1);
        assert_int_equal(reading.findings.items[0].place.line, 3);
        assert_int_equal(reading.findings.items[0].place.column, 24);
    }
}

static void values_are_text_until_their_key_says_otherwise(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_jobs("contract: 0x1F\nname: \"null\"\nenabled: \"true\"\npage_size: '007'\n" QUERY);
    const struct job *job = only_job(&reading);
    assert_list(&job->contract_numbers, "0x1F");
    assert_string_equal(job->name, "null");
    assert_true(job->enabled);
    assert_int_equal(job->page_size, 7);
}

static void metrics_alone_are_one_row(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs("contract: 1\nquery: {metrics: [tokensConsumed]}\n");
    assert_int_equal(only_job(&reading)->query.fields.count, 0);
    assert_int_equal(only_job(&reading)->target.key.count, 0);
}

static void a_file_may_hold_several_jobs(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_jobs("name: one\ncontract: 1\n" QUERY "---\nname: two\ncontract: 1\n" QUERY);
    assert_findings(reading, "");
    assert_int_equal(reading.jobs.count, 2);
    assert_string_equal(job_find(&reading.jobs, "two")->name, "two");
    assert_int_equal(job_find(&reading.jobs, "two")->place.line, 5);
    assert_null(job_find(&reading.jobs, "three"));
}

static void a_file_name_that_is_no_job_name_asks_for_one(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_make();
    const struct yaml_source source = source_of("jobs/Daily usage.yaml", "contract: 1\n" QUERY, NULL);
    job_load(&source, reading.arena, &reading.findings, &reading.jobs);
    assert_findings(reading,
                    "1:1: error: `name` is missing, and the file's name `Daily usage` cannot be a job's "
                    "name: add a name of lower-case letters, digits and `_`, or rename the file\n");
}

static void a_job_with_errors_can_still_be_looked_up(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs("name: Broken-Job\ncontract: 1\nquery: 7\n");
    assert_int_equal(reading.findings.errors, 2);
    assert_non_null(job_find(&reading.jobs, "Broken-Job"));
}

static void a_document_that_is_no_mapping_is_no_job(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs("- name: list\n---\njust text\n");
    assert_int_equal(reading.jobs.count, 0);
    assert_findings(
        reading, "1:1: error: the document must be a mapping with keys such as `name:`, found a list\n"
                 "3:1: error: the document must be a mapping with keys such as `name:`, found `just text`\n");
}

static void columns_are_renamed_or_in_snake_case(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs(full_job);
    char column[JOB_COLUMN_NAME];
    const struct job *job = only_job(&reading);
    assert_string_equal(job_column_name(job, "customField1", column), "department");
    assert_string_equal(job_column_name(job, "tokensConsumed", column), "tokens_consumed");
    assert_string_equal(job_column_name(job, "anotherName", column), "another_name");
}

static void types_come_from_the_job_then_from_the_catalogue(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs(full_job);
    const struct job *job = only_job(&reading);
    enum column_type type;
    assert_true(job_column_type(job, "customField1", &type) && type == COLUMN_INTEGER);
    assert_true(job_column_type(job, "customField2", &type) && type == COLUMN_TEXT);
    assert_true(job_column_type(job, "usageDate", &type) && type == COLUMN_DATE);
    assert_false(job_column_type(job, "anotherName", &type));
}

static void rows_are_dated_by_the_field_of_the_window(void **state)
{
    (void)state;
    SCOPED(reading) struct reading dated = read_jobs("contract: 1\nwindow: {field: usageDate}\n" QUERY);
    assert_true(job_rows_are_dated(only_job(&dated)));
    SCOPED(reading) struct reading undated = read_jobs("contract: 1\nwindow: {field: usageMonth}\n" QUERY);
    assert_false(job_rows_are_dated(only_job(&undated)));
    SCOPED(reading) struct reading windowless = read_jobs("contract: 1\n" QUERY);
    assert_false(job_rows_are_dated(only_job(&windowless)));
}

static void the_shipped_jobs_are_without_findings(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_make();
    DIR *directory = opendir(SOURCE_ROOT "/jobs");
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        char path[512];
        char text[8192];
        if (!strstr(entry->d_name, ".yaml"))
            continue;
        snprintf(path, sizeof path, SOURCE_ROOT "/jobs/%s", entry->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        const struct yaml_source source =
            source_of(arena_copy_text(reading.arena, entry->d_name), text, NULL);
        job_load(&source, reading.arena, &reading.findings, &reading.jobs);
    }
    closedir(directory);
    job_set_check(&reading.jobs, &reading.findings);
    assert_findings(reading, "");
    assert_non_null(job_find(&reading.jobs, "daily_product_usage"));
    assert_non_null(job_find(&reading.jobs, "monthly_summary_by_category"));
    assert_non_null(job_find(&reading.jobs, "monthly_product_users"));
    assert_non_null(job_find(&reading.jobs, "manual_adjustments"));
    assert_non_null(job_find(&reading.jobs, "cloud_usage"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_keys_have_their_defaults),
        cmocka_unit_test(the_head_of_a_job_is_taken),
        cmocka_unit_test(query_and_window_are_taken),
        cmocka_unit_test(the_target_is_taken),
        cmocka_unit_test(contracts_may_be_all_or_the_active_ones),
        cmocka_unit_test(one_tag_needs_no_list),
        cmocka_unit_test(what_has_not_moved_is_skipped_where_the_window_says_so),
        cmocka_unit_test(a_window_may_be_last_month_in_words),
        cmocka_unit_test(windows_of_odd_lengths_are_refused),
        cmocka_unit_test(percentages_are_numbers_with_a_percent_sign),
        cmocka_unit_test(values_are_text_until_their_key_says_otherwise),
        cmocka_unit_test(metrics_alone_are_one_row),
        cmocka_unit_test(a_file_may_hold_several_jobs),
        cmocka_unit_test(a_file_name_that_is_no_job_name_asks_for_one),
        cmocka_unit_test(a_job_with_errors_can_still_be_looked_up),
        cmocka_unit_test(a_document_that_is_no_mapping_is_no_job),
        cmocka_unit_test(columns_are_renamed_or_in_snake_case),
        cmocka_unit_test(types_come_from_the_job_then_from_the_catalogue),
        cmocka_unit_test(rows_are_dated_by_the_field_of_the_window),
        cmocka_unit_test(the_shipped_jobs_are_without_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
