/* report/plan/duration: requests played through against the budget. Times are written out from the rate. */
#include "report/plan/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A request a second, ten at most (nine that are taken from), and nothing else takes time. */
static struct duration_facts of(const struct duration_chunk *chunks, size_t count, double level)
{
    return (struct duration_facts){
        .budget = {.account = "a", .per_minute = 60, .burst = 10},
        .level = {.requests = level},
        .result_lifetime_ms = 300000,
        .parallel = 4,
        .chunks = chunks,
        .count = count,
    };
}

static void expect(const struct duration_facts *facts, const int64_t *expected)
{
    int64_t done_ms[8] = {0};
    int64_t last_ms = 0;
    int64_t end_ms = duration_simulate(facts, done_ms);
    for (size_t i = 0; i < facts->count; i++) {
        assert_in_range(done_ms[i], expected[i] > 5 ? expected[i] - 5 : 0, expected[i] + 5);
        last_ms = done_ms[i] > last_ms ? done_ms[i] : last_ms;
    }
    assert_int_equal(end_ms, last_ms);
}

static void nothing_takes_no_time(void **state)
{
    (void)state;
    struct duration_facts facts = of(NULL, 0, 9);
    assert_int_equal(duration_simulate(&facts, NULL), 0);
}

static void what_the_budget_has_is_made_at_once(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {{.unit = 0, .target = 0, .requests = 5, .pages = 4}};
    struct duration_facts facts = of(chunks, 1, 9);
    expect(&facts, (int64_t[]){0});
}

static void what_it_does_not_have_comes_at_its_rate(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {{.unit = 0, .target = 0, .requests = 12, .pages = 11}};
    struct duration_facts facts = of(chunks, 1, 2);
    expect(&facts, (int64_t[]){10000});
}

static void a_submit_waits_until_the_pages_can_be_paid_within_the_lifetime(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {{.unit = 0, .target = 0, .requests = 8, .pages = 7}};
    struct duration_facts facts = of(chunks, 1, 1);
    facts.result_lifetime_ms = 2000;
    /* 1 + 7 less the two that come within the lifetime: six are needed, five more than there are. */
    expect(&facts, (int64_t[]){5000 + 2000});
}

static void the_result_takes_its_time(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {
        {.unit = 0, .target = 0, .requests = 2, .pages = 1, .ready_ms = 30000, .load_ms = 500}};
    struct duration_facts facts = of(chunks, 1, 9);
    facts.request_ms = 100;
    expect(&facts, (int64_t[]){100 + 30000 + 100 + 500});
}

static void an_answer_from_the_cache_is_not_waited_for(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {{.unit = 0, .target = 0, .requests = 1, .ready_ms = 30000}};
    struct duration_facts facts = of(chunks, 1, 9);
    expect(&facts, (int64_t[]){0});
}

static void so_many_turns_are_at_work_at_once(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {
        {.unit = 0, .target = 0, .requests = 2, .ready_ms = 1000},
        {.unit = 1, .target = 1, .requests = 2, .ready_ms = 1000},
        {.unit = 2, .target = 2, .requests = 2, .ready_ms = 1000},
    };
    struct duration_facts facts = of(chunks, 3, 9);
    facts.parallel = 2;
    expect(&facts, (int64_t[]){1000, 1000, 2000});
}

static void chunks_of_a_turn_come_one_after_the_other(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {
        {.unit = 0, .target = 0, .requests = 2, .ready_ms = 1000},
        {.unit = 0, .target = 0, .requests = 2, .ready_ms = 1000},
        {.unit = 1, .target = 1, .requests = 2, .ready_ms = 500},
    };
    struct duration_facts facts = of(chunks, 3, 9);
    expect(&facts, (int64_t[]){1000, 2000, 500});
}

static void turns_of_one_target_come_one_after_the_other(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {
        {.unit = 0, .target = 0, .requests = 2, .ready_ms = 1000},
        {.unit = 1, .target = 0, .requests = 2, .ready_ms = 1000},
    };
    struct duration_facts facts = of(chunks, 2, 9);
    expect(&facts, (int64_t[]){1000, 2000});
}

static void what_is_not_run_takes_nothing(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {
        {.unit = 0, .target = 0},
        {.unit = 0, .target = 0, .requests = 2, .ready_ms = 1000},
    };
    struct duration_facts facts = of(chunks, 2, 9);
    expect(&facts, (int64_t[]){0, 1000});
}

static void nobody_asks_while_the_service_blocks(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {{.unit = 0, .target = 0, .requests = 1}};
    struct duration_facts facts = of(chunks, 1, 9);
    facts.level.blocked_ms = 7000;
    expect(&facts, (int64_t[]){7000});
}

static void without_a_limit_nobody_waits(void **state)
{
    (void)state;
    const struct duration_chunk chunks[] = {{.unit = 0, .target = 0, .requests = 1000, .pages = 999}};
    struct duration_facts facts = of(chunks, 1, 0);
    facts.budget.per_minute = 0;
    expect(&facts, (int64_t[]){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_takes_no_time),
        cmocka_unit_test(what_the_budget_has_is_made_at_once),
        cmocka_unit_test(what_it_does_not_have_comes_at_its_rate),
        cmocka_unit_test(a_submit_waits_until_the_pages_can_be_paid_within_the_lifetime),
        cmocka_unit_test(the_result_takes_its_time),
        cmocka_unit_test(an_answer_from_the_cache_is_not_waited_for),
        cmocka_unit_test(so_many_turns_are_at_work_at_once),
        cmocka_unit_test(chunks_of_a_turn_come_one_after_the_other),
        cmocka_unit_test(turns_of_one_target_come_one_after_the_other),
        cmocka_unit_test(what_is_not_run_takes_nothing),
        cmocka_unit_test(nobody_asks_while_the_service_blocks),
        cmocka_unit_test(without_a_limit_nobody_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
