#include "run/source.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_job_that_leaves_the_choice_is_queried(void **state)
{
    (void)state;
    struct job job = job_daily;
    struct source_choice choice = source_choose(&job);
    assert_false(choice.by_export);
    assert_null(choice.reason);
    assert_string_equal(source_name(choice), "query");
}

static void a_job_that_wants_an_export_gets_one(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.source = JOB_SOURCE_EXPORT;
    struct source_choice choice = source_choose(&job);
    assert_true(choice.by_export);
    assert_non_null(strstr(choice.reason, "source: export"));
    assert_string_equal(source_name(choice), "export");
}

static void a_field_of_session_level_comes_by_export(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("usageDate", "sessionStartDate");
    struct source_choice choice = source_choose(&job);
    assert_true(choice.by_export);
    assert_non_null(strstr(choice.reason, "session level"));
}

static void an_unknown_field_is_queried(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("usageDate", "carbonClass");
    assert_false(source_choose(&job).by_export);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_that_leaves_the_choice_is_queried),
        cmocka_unit_test(a_job_that_wants_an_export_gets_one),
        cmocka_unit_test(a_field_of_session_level_comes_by_export),
        cmocka_unit_test(an_unknown_field_is_queried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
