/* report/plan/estimate: the requests of a chunk, from what past runs took. */
#include "report/plan/estimate.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct chunk november = {.job = &job_daily, .window = {true, 20758, 20788}};

static struct fetch_task task_by(enum source_way way)
{
    return (struct fetch_task){
        .chunk = &november,
        .page_size = 100,
        .history = {.query_overhead = -1},
        .choice = {.way = way},
    };
}

static void expect(const struct fetch_task *task, uint64_t requests, uint64_t pages, bool is_guess)
{
    struct estimate estimate = estimate_chunk(task);
    assert_int_equal(estimate.requests, requests);
    assert_int_equal(estimate.pages, pages);
    assert_int_equal(estimate.is_guess, is_guess);
}

static void a_query_that_nobody_knows_takes_a_submit_and_a_poll(void **state)
{
    (void)state;
    struct fetch_task task = task_by(SOURCE_QUERY);
    expect(&task, 2, 1, true);
}

static void each_page_is_a_request(void **state)
{
    (void)state;
    struct fetch_task task = task_by(SOURCE_QUERY);
    task.history.query_overhead = 1;
    task.history.rows = 100;
    expect(&task, 2, 1, false);
    task.history.rows = 101;
    expect(&task, 3, 2, false);
    task.history.query_overhead = 3;
    expect(&task, 5, 2, false);
}

static void an_answer_from_the_cache_is_one_request(void **state)
{
    (void)state;
    struct fetch_task task = task_by(SOURCE_QUERY);
    task.history.query_overhead = 0;
    task.history.rows = 7;
    expect(&task, 1, 1, false);
}

static void an_export_takes_what_it_took(void **state)
{
    (void)state;
    struct fetch_task task = task_by(SOURCE_EXPORT);
    expect(&task, 3, 0, true);
    task.history.export_requests = 6;
    task.history.rows = 1000000;
    expect(&task, 6, 0, false);
}

static void a_dataset_of_the_contract_is_one_request(void **state)
{
    (void)state;
    struct fetch_task task = task_by(SOURCE_CONTRACT);
    expect(&task, 1, 0, false);
}

/* Thirty days that time out from fifteen on: four parts. */
static void each_part_has_a_query_of_its_own(void **state)
{
    (void)state;
    struct fetch_task task = task_by(SOURCE_PARTS);
    task.history.timed_out_days = 15;
    task.history.rows = 50;
    expect(&task, 4 + 4, 4, true);
    task.history.rows = 600;
    expect(&task, 4 + 6, 6, true);
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
