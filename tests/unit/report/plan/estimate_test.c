/* report/plan/estimate: the requests of a chunk, from what past runs took. */
#include "report/plan/estimate.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct chunk november = {.job = &job_daily, .window = {true, 20758, 20788}};

static struct source_facts unknown(void)
{
    return (struct source_facts){.page_size = 100, .history = {.query_overhead = -1}};
}

static void expect(const struct source_facts *facts, enum fallback_step step, struct estimate expected)
{
    struct estimate estimate = estimate_chunk(&november, facts, step);
    assert_int_equal(estimate.requests, expected.requests);
    assert_int_equal(estimate.pages, expected.pages);
    assert_int_equal(estimate.is_guess, expected.is_guess);
}

static void a_query_that_nobody_knows_takes_a_submit_and_a_poll(void **state)
{
    (void)state;
    struct source_facts facts = unknown();
    expect(&facts, FALLBACK_QUERY, (struct estimate){2, 1, true});
}

static void each_page_is_a_request(void **state)
{
    (void)state;
    struct source_facts facts = unknown();
    facts.history.query_overhead = 1;
    facts.history.rows = 100;
    expect(&facts, FALLBACK_QUERY, (struct estimate){2, 1, false});
    facts.history.rows = 101;
    expect(&facts, FALLBACK_QUERY, (struct estimate){3, 2, false});
    facts.history.query_overhead = 3;
    expect(&facts, FALLBACK_QUERY, (struct estimate){5, 2, false});
}

static void an_answer_from_the_cache_is_one_request(void **state)
{
    (void)state;
    struct source_facts facts = unknown();
    facts.history.query_overhead = 0;
    facts.history.rows = 7;
    expect(&facts, FALLBACK_QUERY, (struct estimate){1, 1, false});
}

static void an_export_takes_what_it_took(void **state)
{
    (void)state;
    struct source_facts facts = unknown();
    expect(&facts, FALLBACK_EXPORT, (struct estimate){4, 0, true});
    facts.history.export_requests = 6;
    facts.history.rows = 1000000;
    expect(&facts, FALLBACK_EXPORT, (struct estimate){6, 0, false});
}

static void a_dataset_of_the_contract_is_one_request(void **state)
{
    (void)state;
    struct source_facts facts = unknown();
    expect(&facts, FALLBACK_CONTRACT, (struct estimate){1, 0, false});
}

/* Thirty days that time out from fifteen on: four parts. */
static void each_part_has_a_query_of_its_own(void **state)
{
    (void)state;
    struct source_facts facts = unknown();
    facts.history.timed_out_days = 15;
    facts.history.rows = 50;
    expect(&facts, FALLBACK_SPLIT, (struct estimate){4 + 4, 4, true});
    facts.history.rows = 600;
    expect(&facts, FALLBACK_SPLIT, (struct estimate){4 + 6, 6, true});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_that_nobody_knows_takes_a_submit_and_a_poll),
        cmocka_unit_test(each_page_is_a_request),
        cmocka_unit_test(an_answer_from_the_cache_is_one_request),
        cmocka_unit_test(an_export_takes_what_it_took),
        cmocka_unit_test(a_dataset_of_the_contract_is_one_request),
        cmocka_unit_test(each_part_has_a_query_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
