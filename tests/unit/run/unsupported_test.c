#include "run/unsupported.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct job supported(void)
{
    struct job job = job_daily;
    job.contract_numbers = (struct text_list)NAMES("11000000001");
    return job;
}

static void expect_refused(const struct job *job, const char *words)
{
    struct err err = {0};
    assert_false(supported_job(job, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, words));
    assert_non_null(strstr(err.text, "is not supported yet"));
    assert_string_not_equal(err.hint, "");
}

static void a_plain_job_is_supported(void **state)
{
    (void)state;
    struct err err = {0};
    struct job job = supported();
    assert_true(supported_job(&job, &err));
    job.source = JOB_SOURCE_QUERY;
    assert_true(supported_job(&job, &err));
}

static void an_export_is_refused(void **state)
{
    (void)state;
    struct job job = supported();
    job.source = JOB_SOURCE_EXPORT;
    expect_refused(&job, "source: export");
}

static void a_field_that_only_an_export_has_is_refused(void **state)
{
    (void)state;
    struct job job = supported();
    job.query.fields = (struct text_list)NAMES("usageDate", "sessionStartDate");
    expect_refused(&job, "session level");
}

static void an_unknown_field_is_passed_on(void **state)
{
    (void)state;
    struct err err = {0};
    struct job job = supported();
    job.query.fields = (struct text_list)NAMES("usageDate", "carbonClass");
    assert_true(supported_job(&job, &err));
}

static void settings_that_are_not_done_yet_are_refused_by_name(void **state)
{
    (void)state;
    struct err err = {0};
    struct settings settings = {.auth = {.flow = AUTH_CLIENT_CREDENTIALS}, .run = {.metrics_file = ""}};
    assert_true(supported_settings(&settings, &err));
    settings.auth.flow = AUTH_ACCESS_TOKEN;
    assert_true(supported_settings(&settings, &err));
    settings.run.metrics_file = "metrics.prom";
    assert_false(supported_settings(&settings, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, "run.metrics_file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_job_is_supported),
        cmocka_unit_test(an_export_is_refused),
        cmocka_unit_test(a_field_that_only_an_export_has_is_refused),
        cmocka_unit_test(an_unknown_field_is_passed_on),
        cmocka_unit_test(settings_that_are_not_done_yet_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
