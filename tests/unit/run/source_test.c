/* run/source: query or export, from what is known before anything is asked. */
#include "run/source.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-01..2026-12-01 */
static const struct window november = {true, 20758, 20788};

/* A job that leaves the choice, of which nothing is known, with the service's own limits. */
static struct source_question ask(const struct job *job)
{
    return (struct source_question){
        .job = job,
        .window = &november,
        .may_export = true,
        .budget = {.account = "a", .per_minute = 5, .burst = 50},
        .result_lifetime_ms = 300000,
        .page_size = 1000,
    };
}

static void expect(const struct source_question *question, enum source_way way, const char *words)
{
    struct source_choice choice = source_choose(question);
    assert_int_equal(choice.way, way);
    if (words)
        assert_non_null(strstr(choice.reason, words));
    else
        assert_string_equal(choice.reason, "");
}

static void a_job_that_leaves_the_choice_is_queried(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    expect(&question, SOURCE_QUERY, NULL);
}

static void a_job_that_wants_an_export_gets_one(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.source = JOB_SOURCE_EXPORT;
    struct source_question question = ask(&job);
    question.may_export = false;
    expect(&question, SOURCE_EXPORT, "source: export");
}

static void a_field_of_session_level_comes_by_export(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("usageDate", "sessionStartDate");
    struct source_question question = ask(&job);
    expect(&question, SOURCE_EXPORT, "session level");
}

static void a_dataset_of_the_contract_is_neither(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.source = JOB_SOURCE_CONTRACT;
    struct source_question question = ask(&job);
    question.history.timed_out_days = 1;
    expect(&question, SOURCE_CONTRACT, NULL);
    assert_string_equal(source_name(SOURCE_CONTRACT), "contract");
}

static void an_unknown_field_is_queried(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("usageDate", "carbonClass");
    struct source_question question = ask(&job);
    expect(&question, SOURCE_QUERY, NULL);
}

static void an_export_that_was_asked_for_is_taken_up(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    question.export_is_left = true;
    expect(&question, SOURCE_EXPORT, "earlier run");
}

static void a_query_that_timed_out_lately_is_not_tried(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    question.history = (struct source_history){.timed_out_days = 30, .remembered_until = "2026-11-29"};
    expect(&question, SOURCE_EXPORT, "tried again from 2026-11-29 on");
}

static void a_timeout_is_no_matter_to_a_job_that_insists_on_the_query(void **state)
{
    (void)state;
    struct job job = job_daily;
    job.source = JOB_SOURCE_QUERY;
    struct source_question question = ask(&job);
    question.history.timed_out_days = 30;
    expect(&question, SOURCE_QUERY, NULL);
}

static void without_the_scope_a_window_that_timed_out_comes_in_parts(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    question.may_export = false;
    question.history = (struct source_history){.timed_out_days = 30, .remembered_until = "2026-11-29"};
    expect(&question, SOURCE_PARTS, "2026-11-29");
}

static void without_the_scope_a_snapshot_that_timed_out_is_queried_once_more(void **state)
{
    (void)state;
    struct source_question question = ask(&job_snapshot);
    question.may_export = false;
    question.history.timed_out_days = 30;
    expect(&question, SOURCE_QUERY, NULL);
}

/* 49 requests at hand and 25 more in five minutes pay for 74 pages; the first comes with the poll. */
static void a_result_that_just_can_be_paged_is_queried(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    question.history.rows = 75000;
    expect(&question, SOURCE_QUERY, NULL);
}

static void a_result_that_cannot_be_paged_comes_by_export(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    question.history.rows = 75001;
    expect(&question, SOURCE_EXPORT, "75001 rows");
}

static void without_a_limit_every_result_can_be_paged(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    question.budget.per_minute = 0;
    question.history.rows = 100000000;
    expect(&question, SOURCE_QUERY, NULL);
}

static void without_the_scope_a_large_result_is_queried(void **state)
{
    (void)state;
    struct source_question question = ask(&job_daily);
    question.may_export = false;
    question.history.rows = 100000000;
    expect(&question, SOURCE_QUERY, NULL);
}

static void a_query_in_parts_is_a_query_to_scripts(void **state)
{
    (void)state;
    assert_string_equal(source_name(SOURCE_QUERY), "query");
    assert_string_equal(source_name(SOURCE_PARTS), "query");
    assert_string_equal(source_name(SOURCE_EXPORT), "export");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_that_leaves_the_choice_is_queried),
        cmocka_unit_test(a_job_that_wants_an_export_gets_one),
        cmocka_unit_test(a_field_of_session_level_comes_by_export),
        cmocka_unit_test(a_dataset_of_the_contract_is_neither),
        cmocka_unit_test(an_unknown_field_is_queried),
        cmocka_unit_test(an_export_that_was_asked_for_is_taken_up),
        cmocka_unit_test(a_query_that_timed_out_lately_is_not_tried),
        cmocka_unit_test(a_timeout_is_no_matter_to_a_job_that_insists_on_the_query),
        cmocka_unit_test(without_the_scope_a_window_that_timed_out_comes_in_parts),
        cmocka_unit_test(without_the_scope_a_snapshot_that_timed_out_is_queried_once_more),
        cmocka_unit_test(a_result_that_just_can_be_paged_is_queried),
        cmocka_unit_test(a_result_that_cannot_be_paged_comes_by_export),
        cmocka_unit_test(without_a_limit_every_result_can_be_paged),
        cmocka_unit_test(without_the_scope_a_large_result_is_queried),
        cmocka_unit_test(a_query_in_parts_is_a_query_to_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
