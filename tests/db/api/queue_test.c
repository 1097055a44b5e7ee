/* api/queue over a real bucket: who waits, for how long, and who goes first. */
#include "api/queue.h"
#include "base/clock.h"
#include "db/state/fresh.h"

#include <pthread.h>
#include <stdatomic.h>

static const struct ticket poll_ticket = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER};

static struct queue *queue_of(double per_minute, unsigned burst)
{
    return queue_make(&(struct budget){.account = "a", .per_minute = per_minute, .burst = burst}, 300000);
}

static void behind_the_burst_requests_come_at_the_rate(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(600, 6);
    int64_t started_ms = clock_now_ms();
    for (int i = 0; i < 10; i++)
        must(queue_pass(queue, pg, &poll_ticket, CLOCK_NEVER, &err), &err);
    int64_t took_ms = clock_now_ms() - started_ms;
    queue_release(queue);
    /* Five are there, the other five come a tenth of a second each. */
    assert_in_range(took_ms, 490, 900);
}

static void without_a_limit_nobody_waits(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(0, 1);
    int64_t started_ms = clock_now_ms();
    for (int i = 0; i < 100; i++)
        must(queue_pass(queue, pg, &poll_ticket, CLOCK_NEVER, &err), &err);
    assert_in_range(clock_now_ms() - started_ms, 0, 900);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.request_budget"), "0");
    queue_release(queue);
}

/* Another process, that has not met the 429 itself. */
static void without_a_limit_a_429_holds_everybody_back(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *refused = queue_of(0, 1);
    struct queue *other = queue_of(0, 1);
    must(queue_block(refused, pg, 400, &err), &err);
    int64_t started_ms = clock_now_ms();
    must(queue_pass(other, pg, &poll_ticket, CLOCK_NEVER, &err), &err);
    assert_in_range(clock_now_ms() - started_ms, 350, 900);
    must(queue_block(refused, pg, 60000, &err), &err);
    must_fail(queue_pass(other, pg, &poll_ticket, clock_deadline(5000), &err), &err, ERR_LATER,
              "the service asks to wait 60 s (429), past the job's timeout");
    const struct ticket page = {.urgency = URGENCY_PAGE, .expires_at_ms = CLOCK_NEVER};
    must_fail(queue_pass(refused, pg, &page, clock_deadline(5000), &err), &err, ERR_LATER, "(429)");
    queue_release(refused);
    queue_release(other);
}

static void a_turn_past_the_deadline_is_given_back(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(1, 5);
    for (int i = 0; i < 4; i++)
        must(queue_pass(queue, pg, &poll_ticket, CLOCK_NEVER, &err), &err);
    int64_t started_ms = clock_now_ms();
    must_fail(queue_pass(queue, pg, &poll_ticket, clock_deadline(5000), &err), &err, ERR_LATER,
              "the request budget allows the next request in");
    assert_true(clock_now_ms() - started_ms < 2000);
    queue_release(queue);
    assert_string_equal(db_value(pg, "select tokens between 0 and 0.1 from tokenflex_etl.request_budget"),
                        "t");
}

static bool can_pay(struct queue *queue, struct pg *pg, uint64_t requests)
{
    struct err err = {0};
    bool can;
    must(queue_can_pay(queue, pg, requests, 60000, &can, &err), &err);
    return can;
}

/* A bucket of nine that gets one a minute; what other results still take is not there for this one. */
static void what_other_results_take_cannot_be_paid_twice(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(1, 11);
    must(queue_pass(queue, pg, &poll_ticket, CLOCK_NEVER, &err), &err);
    assert_true(can_pay(queue, pg, 10));
    assert_false(can_pay(queue, pg, 11));
    queue_reserve(queue, 4);
    assert_true(can_pay(queue, pg, 6));
    assert_false(can_pay(queue, pg, 7));
    queue_reserve(queue, -4);
    assert_true(can_pay(queue, pg, 10));
    queue_release(queue);
}

static void a_429_holds_back_a_place_that_is_held_already(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(600, 50);
    must(queue_block(queue, pg, 500, &err), &err);
    int64_t started_ms = clock_now_ms();
    must(queue_pass(queue, pg, &poll_ticket, CLOCK_NEVER, &err), &err);
    assert_in_range(clock_now_ms() - started_ms, 450, 1200);
    queue_release(queue);
}

struct passer {
    pthread_t thread;
    struct queue *queue;
    struct ticket ticket;
    atomic_int *passed;
    int place;
    struct err err;
};

static void *pass(void *context)
{
    struct passer *passer = context;
    SCOPED(pg) struct pg *pg = db_connect();
    must(queue_pass(passer->queue, pg, &passer->ticket, CLOCK_NEVER, &passer->err), &passer->err);
    passer->place = atomic_fetch_add(passer->passed, 1);
    return NULL;
}

/* The bucket is empty for a second; who comes in meanwhile goes by urgency, not by arrival. */
static void the_most_urgent_goes_first_whoever_came_first(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(120, 50);
    atomic_int passed = 0;
    must(queue_block(queue, pg, 1500, &err), &err);
    struct passer passers[] = {
        {.ticket = {.urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER}},
        {.ticket = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER}},
        {.ticket = {.urgency = URGENCY_PAGE, .expires_at_ms = 2000}},
        {.ticket = {.urgency = URGENCY_PAGE, .expires_at_ms = 1000}},
    };
    for (size_t i = 0; i < COUNT_OF(passers); i++) {
        passers[i].queue = queue;
        passers[i].passed = &passed;
        assert_int_equal(pthread_create(&passers[i].thread, NULL, pass, &passers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(passers); i++)
        pthread_join(passers[i].thread, NULL);
    queue_release(queue);
    assert_int_equal(passers[3].place, 0);
    assert_int_equal(passers[2].place, 1);
    assert_int_equal(passers[1].place, 2);
    assert_int_equal(passers[0].place, 3);
}

/* 22 pages, the bucket holds 4 and 10 flow in while a result lives: the submit waits for a full bucket, the
 * poll goes. */
static void a_submit_that_cannot_be_paid_lets_others_pass(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_make(&(struct budget){.account = "a", .per_minute = 120, .burst = 5}, 5000);
    atomic_int passed = 0;
    for (int i = 0; i < 4; i++)
        must(queue_pass(queue, pg, &poll_ticket, CLOCK_NEVER, &err), &err);
    struct passer passers[] = {
        {.queue = queue,
         .passed = &passed,
         .ticket = {.urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER, .needs = 22}},
        {.queue = queue, .passed = &passed, .ticket = poll_ticket},
    };
    for (size_t i = 0; i < COUNT_OF(passers); i++)
        assert_int_equal(pthread_create(&passers[i].thread, NULL, pass, &passers[i]), 0);
    for (size_t i = 0; i < COUNT_OF(passers); i++)
        pthread_join(passers[i].thread, NULL);
    queue_release(queue);
    assert_int_equal(passers[1].place, 0);
    assert_int_equal(passers[0].place, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_the_burst_requests_come_at_the_rate),
        cmocka_unit_test(without_a_limit_nobody_waits),
        cmocka_unit_test(without_a_limit_a_429_holds_everybody_back),
        cmocka_unit_test(a_turn_past_the_deadline_is_given_back),
        cmocka_unit_test(what_other_results_take_cannot_be_paid_twice),
        cmocka_unit_test(a_429_holds_back_a_place_that_is_held_already),
        cmocka_unit_test(the_most_urgent_goes_first_whoever_came_first),
        cmocka_unit_test(a_submit_that_cannot_be_paid_lets_others_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
