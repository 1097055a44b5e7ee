#include "unit/job/reading.h"

/* A job of one line, with its name, its fields and the rest. */
#define JOB(name, fields, rest)                                                                              \
    "{name: " name ", contract: 1, query: {fields: [" fields "], metrics: [tokensConsumed]}" rest "}\n"

static void assert_set(const char *text, const char *expected)
{
    SCOPED(reading) struct reading reading = read_jobs(text);
    assert_findings(reading, expected);
}

static void jobs_with_tables_of_their_own_get_along(void **state)
{
    (void)state;
    assert_set(JOB("one", "usageDate", "") "---\n" JOB("two", "userName", ""), "");
}

static void jobs_of_one_grain_may_share_a_table(void **state)
{
    (void)state;
    assert_set(JOB("one", "usageDate, userName",
                   ", target: {table: t}") "---\n" JOB("two", "userName, usageDate", ", target: {table: t}"),
               "");
}

static void another_grain_in_the_same_table_is_refused(void **state)
{
    (void)state;
    assert_set(JOB("one", "usageDate", "") "---\n" JOB("two", "userName", ", target: {table: one}"),
               "3:2: error: `two` writes the table `one` as the job `one` on line 1 does, but requests other "
               "fields, so their rows differ in meaning: give one of them a table of its own under "
               "`target.table`\n");
}

static void another_key_in_the_same_table_is_refused(void **state)
{
    (void)state;
    assert_set(JOB("one", "usageDate, userName", "") "---\n" JOB("two", "usageDate, userName",
                                                                 ", target: {table: one, key: [userName]}"),
               "3:2: error: `two` writes the table `one` as the job `one` on line 1 does, but has another "
               "key: give one "
               "of them a table of its own under `target.table`\n");
}

static void other_window_columns_in_the_same_table_are_refused(void **state)
{
    (void)state;
    assert_set(JOB("one", "userName", ", window: {field: usageDate}") "---\n" JOB("two", "userName",
                                                                                  ", target: {table: one}"),
               "3:2: error: `two` writes the table `one` as the job `one` on line 1 does, but stores its "
               "windows in another way: give one of them a table of its own under `target.table`\n");
}

/* Two jobs of snapshots in one table. */
#define SNAPSHOTS(name, which)                                                                               \
    JOB(name, "userName", ", window: {field: usageDate}, target: {table: t, snapshots: " which "}")

static void other_snapshots_in_the_same_table_are_refused(void **state)
{
    (void)state;
    assert_set(
        SNAPSHOTS("one", "all") "---\n" SNAPSHOTS("two", "latest"),
        "3:2: error: `two` writes the table `t` as the job `one` on line 1 does, but replaces windows, "
        "all of which that one keeps (`target.snapshots`): give one of them a table of its own under "
        "`target.table`\n");
    assert_set(
        SNAPSHOTS("one", "latest") "---\n" SNAPSHOTS("two", "all"),
        "3:2: error: `two` writes the table `t` as the job `one` on line 1 does, but keeps all its "
        "windows, which that one would replace (`target.snapshots`): give one of them a table of its own "
        "under `target.table`\n");
    assert_set(SNAPSHOTS("one", "all") "---\n" SNAPSHOTS("two", "all"), "");
}

/* Two jobs of one table, each with its contracts and the rest of its query. */
#define FILTERED(name, contract, rest)                                                                       \
    "{name: " name ", contract: " contract ", query: {fields: [usageDate]" rest "}, target: {table: t}}\n"

static void other_filters_in_the_same_table_are_refused(void **state)
{
    (void)state;
    assert_set(
        FILTERED("one", "1", ", where: \"userName = 'a'\"") "---\n" FILTERED("two", "[2, 1]", ""),
        "3:2: error: `two` writes the rows of contract `1` in the table `t` as the job `one` on line "
        "1 does, but requests other usage: `two` requests all usage, `one` requests `where userName = 'a'`. "
        "Give one of them a table of its own under `target.table`, or make them one job\n");
}

static void other_filters_of_active_contracts_are_refused(void **state)
{
    (void)state;
    assert_set(
        FILTERED("one", "active", ", where: \"userName = 'a'\"") "---\n" FILTERED("two", "all", ""),
        "3:2: error: `two` writes the rows of active contracts in the table `t` as the job `one` on line "
        "1 does, but requests other usage: `two` requests all usage, `one` requests `where userName = 'a'`. "
        "Give one of them a table of its own under `target.table`, or make them one job\n");
}

static void another_column_of_one_field_is_refused(void **state)
{
    (void)state;
    assert_set(
        JOB("one", "userName", "") "---\n" JOB("two", "userName",
                                               ", target: {table: one, rename: {userName: who}}"),
        "3:2: error: `two` writes the table `one` as the job `one` on line 1 does, but stores a field or "
        "metric in another column (`target.rename`): give one of them a table of its own under "
        "`target.table`\n");
}

static void another_mode_is_refused(void **state)
{
    (void)state;
    assert_set(
        JOB("one", "userName", "") "---\n" JOB("two", "userName", ", target: {table: one, mode: append}"),
        "3:2: error: `two` writes the table `one` as the job `one` on line 1 does, but keeps the rows of "
        "every run, and that one does not (`target.mode`): give one of them a table of its own under "
        "`target.table`\n");
}

static void filters_that_ask_the_same_may_share_a_table(void **state)
{
    (void)state;
    assert_set(
        FILTERED(
            "one", "1",
            ", usageCategory: [PRODUCT_CONSUMPTION], where: \"a IN('x','y')\"") "---\n" FILTERED("two", "1",
                                                                                                 ", "
                                                                                                 "usageCatego"
                                                                                                 "ry: "
                                                                                                 "[DESKTOP_"
                                                                                                 "PRODUCT], "
                                                                                                 "where: \"a "
                                                                                                 " in ( 'y', "
                                                                                                 "'x' )\""),
        "1:101: warning: `a` in `where` is not a field that the service documents" CUSTOM_FIELD_ADVICE "\n"
        "3:97: warning: `a` in `where` is not a field that the service documents" CUSTOM_FIELD_ADVICE "\n");
}

static void filters_of_other_contracts_may_share_a_table(void **state)
{
    (void)state;
    assert_set(FILTERED("one", "1", "") "---\n" FILTERED("two", "2", ", usageCategory: [CLOUD_SERVICE]"), "");
}

/* Who that is, only the service knows: the run finds out. */
static void contracts_that_are_not_named_are_not_compared(void **state)
{
    (void)state;
    assert_set(FILTERED("one", "1", "") "---\n" FILTERED("two", "active", ", usageCategory: [CLOUD_SERVICE]"),
               "");
    assert_set(FILTERED("one", "1", "") "---\n" FILTERED("two", "all", ", usageCategory: [CLOUD_SERVICE]"),
               "");
}

/* The distribution of each of two jobs, where database.distribute_by is `by`. */
static void expect_distributed(enum job_distribute_by by, const char *target, enum job_distribute_by expected,
                               const char *finding)
{
    SCOPED(reading) struct reading reading = reading_make();
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    buf_print(&text, JOB("usage", "usageDate", ", window: {field: usageDate, last: 7 days}, target: %s"),
              target);
    const struct yaml_source source = source_of("usage.yaml", buf_text(&text), NULL);
    job_load(&source, reading.arena, &reading.findings, &reading.jobs);
    job_set_distribute(&reading.jobs, by, &reading.findings);
    assert_int_equal(reading.jobs.items[0].target.distribute_by, expected);
    assert_int_equal(reading.findings.count, finding ? 1 : 0);
    if (finding)
        assert_non_null(strstr(reading.findings.items[0].message, finding));
}

static void a_job_that_says_nothing_is_distributed_as_the_database_is(void **state)
{
    (void)state;
    expect_distributed(JOB_DISTRIBUTE_NONE, "{}", JOB_DISTRIBUTE_NONE, NULL);
    expect_distributed(JOB_DISTRIBUTE_BY_ROW_KEY, "{}", JOB_DISTRIBUTE_BY_ROW_KEY, NULL);
    expect_distributed(JOB_DISTRIBUTE_BY_ROW_KEY, "{distribute_by: none}", JOB_DISTRIBUTE_NONE, NULL);
    expect_distributed(JOB_DISTRIBUTE_NONE, "{distribute_by: contract_number}", JOB_DISTRIBUTE_BY_CONTRACT,
                       NULL);
}

static void a_table_is_either_partitioned_or_distributed(void **state)
{
    (void)state;
    expect_distributed(JOB_DISTRIBUTE_BY_CONTRACT, "{partition_by: month, distribute_by: none}",
                       JOB_DISTRIBUTE_NONE, NULL);
    expect_distributed(JOB_DISTRIBUTE_BY_CONTRACT, "{partition_by: month}", JOB_DISTRIBUTE_BY_CONTRACT,
                       "distributed by contract_number (`database.distribute_by`)");
    expect_distributed(JOB_DISTRIBUTE_NONE, "{partition_by: month, distribute_by: _row_key}",
                       JOB_DISTRIBUTE_BY_ROW_KEY, "distributed by _row_key (`target.distribute_by`)");
}

static void a_name_given_twice_is_told_with_both_places(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_make();
    const struct yaml_source first = source_of("a.yaml", "# first\n" JOB("usage", "usageDate", ""), NULL);
    const struct yaml_source second = source_of("b.yaml", JOB("usage", "userName", ""), NULL);
    job_load(&first, reading.arena, &reading.findings, &reading.jobs);
    job_load(&second, reading.arena, &reading.findings, &reading.jobs);
    job_set_check(&reading.jobs, &reading.findings);
    assert_findings(
        reading,
        "1:2: error: there are two jobs named `usage`, the other one at a.yaml:2:2: rename one of them\n");
    assert_string_equal(reading.findings.items[0].place.file, "b.yaml");
}

/* Every one but the first has one finding, beside the first. */
static void many_jobs_of_one_name_have_a_finding_each(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_make();
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    for (int i = 0; i < 1000; i++)
        buf_put(&text, "---\n" JOB("one", "usageDate", ", target: {table: t}"));
    const struct yaml_source source = source_of("usage.yaml", buf_text(&text), NULL);
    job_load(&source, reading.arena, &reading.findings, &reading.jobs);
    job_set_check(&reading.jobs, &reading.findings);
    assert_int_equal(reading.jobs.count, 1000);
    assert_int_equal(reading.findings.errors, 999);
}

static void many_jobs_of_one_table_are_held_against_the_first(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_make();
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    for (int i = 0; i < 1000; i++)
        buf_print(&text, "---\n" JOB("job%d", "usageDate", ", target: {table: t}"), i);
    buf_print(&text, "---\n" JOB("other", "userName", ", target: {table: t}"));
    const struct yaml_source source = source_of("usage.yaml", buf_text(&text), NULL);
    job_load(&source, reading.arena, &reading.findings, &reading.jobs);
    job_set_check(&reading.jobs, &reading.findings);
    assert_int_equal(reading.findings.errors, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_with_tables_of_their_own_get_along),
        cmocka_unit_test(jobs_of_one_grain_may_share_a_table),
        cmocka_unit_test(another_grain_in_the_same_table_is_refused),
        cmocka_unit_test(another_key_in_the_same_table_is_refused),
        cmocka_unit_test(other_window_columns_in_the_same_table_are_refused),
        cmocka_unit_test(other_snapshots_in_the_same_table_are_refused),
        cmocka_unit_test(other_filters_in_the_same_table_are_refused),
        cmocka_unit_test(other_filters_of_active_contracts_are_refused),
        cmocka_unit_test(another_column_of_one_field_is_refused),
        cmocka_unit_test(another_mode_is_refused),
        cmocka_unit_test(filters_that_ask_the_same_may_share_a_table),
        cmocka_unit_test(filters_of_other_contracts_may_share_a_table),
        cmocka_unit_test(contracts_that_are_not_named_are_not_compared),
        cmocka_unit_test(a_job_that_says_nothing_is_distributed_as_the_database_is),
        cmocka_unit_test(a_table_is_either_partitioned_or_distributed),
        cmocka_unit_test(a_name_given_twice_is_told_with_both_places),
        cmocka_unit_test(many_jobs_of_one_name_have_a_finding_each),
        cmocka_unit_test(many_jobs_of_one_table_are_held_against_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
