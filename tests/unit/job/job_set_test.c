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
    assert_set(
        JOB("one", "usageDate", "") "---\n" JOB("two", "userName", ", target: {table: one}"),
        "3:2: error: `two` writes the table `one` as the job `one` on line 1 does, but asks for other "
        "fields, so "
        "that their rows do not mean the same: give one of them a table of its own under `target.table`\n");
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
               "3:2: error: `two` writes the table `one` as the job `one` on line 1 does, but tells its "
               "windows apart "
               "in another way: give one of them a table of its own under `target.table`\n");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_with_tables_of_their_own_get_along),
        cmocka_unit_test(jobs_of_one_grain_may_share_a_table),
        cmocka_unit_test(another_grain_in_the_same_table_is_refused),
        cmocka_unit_test(another_key_in_the_same_table_is_refused),
        cmocka_unit_test(other_window_columns_in_the_same_table_are_refused),
        cmocka_unit_test(a_name_given_twice_is_told_with_both_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
