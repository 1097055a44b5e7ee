/* run/source_facts: what is known of a chunk, as run/fallback wants it. */
#include "run/source_facts.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* 2026-11-01..2026-12-01, and its first half. */
static const struct window november = {true, 20758, 20788};
static const struct window half = {true, 20758, 20773};

/* With the service's own limits. */
static struct source_facts known(void)
{
    return (struct source_facts){
        .page_size = 1000,
        .history = {.query_overhead = -1},
        .may_write = true,
        .budget = {.account = "a", .per_minute = 5, .burst = 50},
        .max_level = {.requests = 49},
        .result_lifetime_ms = 300000,
    };
}

static struct fallback_facts facts_of(const struct source_facts *known, const struct job *job,
                                      const struct window *part)
{
    struct chunk chunk = {.job = job, .window = november};
    return source_facts_of_part(known, &chunk, part);
}

static void of_a_job_that_nothing_is_known_of_only_the_job_tells(void **state)
{
    (void)state;
    struct source_facts source = known();
    struct fallback_facts facts = facts_of(&source, &job_daily, &november);
    assert_int_equal(facts.choice, JOB_SOURCE_AUTO);
    assert_int_equal(facts.outcome, FETCH_NOT_TRIED);
    assert_true(facts.may_write);
    assert_true(facts.can_split);
    assert_false(facts.export_only);
    assert_false(facts.export_is_left);
    assert_false(facts.times_out);
    assert_false(facts.cannot_be_paged);
}

static void details_of_products_are_exported_and_those_of_manual_entries_queried(void **state)
{
    (void)state;
    struct job job = job_daily;
    struct source_facts source = known();
    job.query.fields = (struct text_list)NAMES("usageDate", "sessionStartDate");
    assert_true(facts_of(&source, &job, &november).export_only);
    job.query.fields = (struct text_list)NAMES("usageDate", "chargedItemID");
    assert_true(facts_of(&source, &job, &november).export_only);
    job.query.usage_categories = (struct text_list)NAMES("MANUAL_ADJUSTMENT", "MANUAL_CONSUMPTION");
    assert_false(facts_of(&source, &job, &november).export_only);
    job.query.usage_categories = (struct text_list)NAMES("MANUAL_ADJUSTMENT", "CLOUD_CONSUMPTION");
    assert_true(facts_of(&source, &job, &november).export_only);
    job.query.fields = (struct text_list)NAMES("usageDate", "carbonClass");
    assert_false(facts_of(&source, &job, &november).export_only);
}

static void a_snapshot_cannot_be_split(void **state)
{
    (void)state;
    struct source_facts source = known();
    assert_false(facts_of(&source, &job_snapshot, &november).can_split);
}

static void a_timeout_counts_for_parts_of_its_size_and_longer(void **state)
{
    (void)state;
    struct source_facts source = known();
    source.history.timed_out_days = 16;
    assert_true(facts_of(&source, &job_daily, &november).times_out);
    assert_false(facts_of(&source, &job_daily, &half).times_out);
    source.history.timed_out_days = 15;
    assert_true(facts_of(&source, &job_daily, &half).times_out);
}

/* 49 requests at hand and 25 more in five minutes pay for 74 pages; the first comes with the poll. */
static void a_result_is_too_large_where_a_full_budget_does_not_pay_for_its_pages(void **state)
{
    (void)state;
    struct source_facts source = known();
    source.history.rows = 75000;
    assert_false(facts_of(&source, &job_daily, &november).cannot_be_paged);
    source.history.rows = 75001;
    assert_true(facts_of(&source, &job_daily, &november).cannot_be_paged);
    source.budget.per_minute = 0;
    source.history.rows = 100000000;
    assert_false(facts_of(&source, &job_daily, &november).cannot_be_paged);
}

static void a_job_alone_tells_what_the_run_table_calls_its_way(void **state)
{
    (void)state;
    struct job job = job_daily;
    assert_string_equal(source_of_job(&job), "query");
    job.source = JOB_SOURCE_EXPORT;
    assert_string_equal(source_of_job(&job), "export");
    job.source = JOB_SOURCE_CONTRACT;
    assert_string_equal(source_of_job(&job), "contract");
    job.source = JOB_SOURCE_QUERY;
    job.query.fields = (struct text_list)NAMES("usageDate", "sessionStartDate");
    assert_string_equal(source_of_job(&job), "query");
    job.source = JOB_SOURCE_AUTO;
    assert_string_equal(source_of_job(&job), "export");
}

static void a_query_in_parts_is_a_query_to_scripts(void **state)
{
    (void)state;
    assert_string_equal(source_name(FALLBACK_SPLIT), "query");
    assert_string_equal(source_name(FALLBACK_QUERY_AGAIN), "query");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_job_that_nothing_is_known_of_only_the_job_tells),
        cmocka_unit_test(details_of_products_are_exported_and_those_of_manual_entries_queried),
        cmocka_unit_test(a_snapshot_cannot_be_split),
        cmocka_unit_test(a_timeout_counts_for_parts_of_its_size_and_longer),
        cmocka_unit_test(a_result_is_too_large_where_a_full_budget_does_not_pay_for_its_pages),
        cmocka_unit_test(a_job_alone_tells_what_the_run_table_calls_its_way),
        cmocka_unit_test(a_query_in_parts_is_a_query_to_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
