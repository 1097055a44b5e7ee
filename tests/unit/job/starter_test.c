#include "job/starter.h"
#include "unit/job/reading.h"

static const struct starter plain = {.contract = "11000000001"};

static const struct starter nasty = {
    .contract = "A-1_b",
    .custom_names = {"two\nlines: [", "# hash",
                     "\u2028end\xC2\x85"
                     "of\u2029line",
                     "'\"${HOME}\\", "\x01\x1b[31m", "\ufeffmark", "User", "&anchor *alias !tag", "---",
                     "\xf0\x9f\x92\xb0 money"},
};

static void without_custom_fields_it_is_this(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    starter_put(&plain, &out);
    assert_string_equal(
        buf_text(&out),
        "# yaml-language-server: $schema=job.schema.json\n"
        "#\n"
        "# A job to start from, made by `tokenflex-etl discover fields --contract 11000000001 --job`.\n"
        "# Save it as usage_11000000001.yaml in the directory of job definitions, take out what you do not "
        "want, "
        "then:\n"
        "#\n"
        "#     tokenflex-etl check usage_11000000001\n"
        "#     tokenflex-etl run usage_11000000001\n"
        "name: usage_11000000001\n"
        "description: Tokens and hours by day, product and user\n"
        "contract: \"11000000001\"\n"
        "query:\n"
        "  # The grain: each combination of these fields is one row. Once the table is filled, another "
        "grain\n"
        "  # means to load it again (run --rebuild). `tokenflex-etl discover fields` lists all there are.\n"
        "  fields:\n"
        "    - usageDate\n"
        "    - productName\n"
        "    - userName\n"
        "  metrics: [tokensConsumed, usageHours]\n"
        "  # Without this, usage of every category:\n"
        "  # usageCategory: [DESKTOP_PRODUCT]\n"
        "window:\n"
        "  # The service corrects past days for weeks, so each run requests all of these again.\n"
        "  field: usageDate\n"
        "  last: 35 days\n"
        "  chunk: month\n");
}

static void check_has_nothing_to_say_about_it(void **state)
{
    (void)state;
    const struct starter *const starters[] = {&plain, &nasty};
    for (size_t i = 0; i < COUNT_OF(starters); i++) {
        SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
        starter_put(starters[i], &out);
        SCOPED(reading) struct reading reading = read_jobs(buf_text(&out));
        assert_findings(reading, "");
        assert_int_equal(reading.jobs.count, 1);
    }
}

static void every_named_custom_field_is_asked_for_and_renamed(void **state)
{
    (void)state;
    char column[JOB_COLUMN_NAME];
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    starter_put(&nasty, &out);
    SCOPED(reading) struct reading reading = read_jobs(buf_text(&out));
    const struct job *job = &reading.jobs.items[0];
    assert_string_equal(job->name, "usage_a_1_b");
    assert_string_equal(job->contract_numbers.items[0], "A-1_b");
    assert_int_equal(job->query.fields.count, 13);
    assert_string_equal(job_column_name(job, "customField1", column), "two_lines");
    assert_string_equal(job_column_name(job, "customField2", column), "hash");
    assert_string_equal(job_column_name(job, "customField3", column), "end_of_line");
    assert_string_equal(job_column_name(job, "customField4", column), "home");
    assert_string_equal(job_column_name(job, "customField7", column), "custom_user");
    assert_string_equal(job_column_name(job, "customField8", column), "anchor_alias_tag");
    assert_string_equal(job_column_name(job, "customField9", column), "custom_field9");
}

static void a_name_stands_in_one_line_of_comment(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    starter_put(&nasty, &out);
    assert_non_null(strstr(buf_text(&out), "    - customField1 # two?lines: [\n"));
    assert_non_null(strstr(buf_text(&out), "    - customField2 # # hash\n"));
    assert_non_null(strstr(buf_text(&out), "    - customField3 # ?end?of?line\n"));
    assert_non_null(strstr(buf_text(&out), "    - customField5 # ??[31m\n"));
    assert_non_null(strstr(buf_text(&out), "    - customField6 # ?mark\n"));
}

static void a_window_of_35_days_is_asked_for(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    starter_put(&plain, &out);
    SCOPED(reading) struct reading reading = read_jobs(buf_text(&out));
    const struct job_window *window = &reading.jobs.items[0].window;
    assert_string_equal(window->field, "usageDate");
    assert_int_equal(window->last, 35);
    assert_int_equal(window->unit, JOB_DAYS);
    assert_true(window->until_today);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_custom_fields_it_is_this),
        cmocka_unit_test(check_has_nothing_to_say_about_it),
        cmocka_unit_test(every_named_custom_field_is_asked_for_and_renamed),
        cmocka_unit_test(a_name_stands_in_one_line_of_comment),
        cmocka_unit_test(a_window_of_35_days_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
