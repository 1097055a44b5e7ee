/* api/queue over a real bucket: who waits, for how long, and who goes first. */
#include "api/queue.h"
#include "base/clock.h"
#include "base/progress.h"
#include "base/stop.h"
#include "db/state/fresh.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static const struct queue_request poll_request = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER};

#define HOUR_MS 3600000
/* None comes while a test runs, however slow the machine is. */
#define A_REQUEST_IN_TWO_HOURS (1.0 / 120)

static bool take_place(struct queue *queue, struct pg *pg, const struct queue_request *request,
                       int64_t deadline_ms, struct err *err)
{
    int64_t send_by_ms;
    return queue_pass(queue, pg, request, deadline_ms, &send_by_ms, err);
}

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
        must(take_place(queue, pg, &poll_request, CLOCK_NEVER, &err), &err);
    int64_t took_ms = clock_now_ms() - started_ms;
    queue_release(queue);
    /* Five are there, the other five come a tenth of a second each. */
    assert_true(took_ms >= 490);
}

static void without_a_limit_nobody_waits(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(0, 1);
    for (int i = 0; i < 100; i++)
        must(take_place(queue, pg, &poll_request, CLOCK_NEVER, &err), &err);
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
    must(take_place(other, pg, &poll_request, CLOCK_NEVER, &err), &err);
    assert_true(clock_now_ms() - started_ms >= 350);
    must(queue_block(refused, pg, 2 * HOUR_MS, &err), &err);
    must_fail(take_place(other, pg, &poll_request, clock_deadline(HOUR_MS), &err), &err, ERR_LATER,
              "s (429), past the job's timeout");
    const struct queue_request page = {.urgency = URGENCY_PAGE, .expires_at_ms = CLOCK_NEVER};
    must_fail(take_place(refused, pg, &page, clock_deadline(HOUR_MS), &err), &err, ERR_LATER, "(429)");
    queue_release(refused);
    queue_release(other);
}

static void a_turn_past_the_deadline_is_given_back(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(A_REQUEST_IN_TWO_HOURS, 5);
    for (int i = 0; i < 4; i++)
        must(take_place(queue, pg, &poll_request, CLOCK_NEVER, &err), &err);
    must_fail(take_place(queue, pg, &poll_request, clock_deadline(HOUR_MS), &err), &err, ERR_LATER,
              "the request budget allows the next request in");
    queue_release(queue);
    assert_string_equal(db_value(pg, "select tokens between 0 and 0.1 from tokenflex_etl.request_budget"),
                        "t");
}

static bool can_pay(struct queue *queue, struct pg *pg, uint64_t requests)
{
    struct err err = {0};
    bool can;
    static const struct reservation none;
    struct payment payment = {.requests = requests, .span_ms = 60000, .reservation = &none};
    must(queue_can_pay(queue, pg, &payment, &can, &err), &err);
    return can;
}

/* Of a bucket of ten nine are left, and a minute brings one; what other results still take is not there for
 * this one. */
static void what_other_results_take_cannot_be_paid_twice(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(1, 11);
    must(take_place(queue, pg, &poll_request, CLOCK_NEVER, &err), &err);
    assert_true(can_pay(queue, pg, 10));
    assert_false(can_pay(queue, pg, 11));
    struct reservation reservation = {.lifetime_ms = HOUR_MS};
    must(queue_reserve(queue, pg, &reservation, 4, &err), &err);
    assert_true(can_pay(queue, pg, 6));
    assert_false(can_pay(queue, pg, 7));
    must(queue_reserve(queue, pg, &reservation, 0, &err), &err);
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
    must(take_place(queue, pg, &poll_request, CLOCK_NEVER, &err), &err);
    assert_true(clock_now_ms() - started_ms >= 450);
    queue_release(queue);
}

/* Of a bucket of 49: 41 for one submit, its own pages and those of a running query; 61 are more than it
 * holds, so the other has to be done first. */
static void a_submit_leaves_the_pages_of_running_queries_in_the_bucket(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(A_REQUEST_IN_TWO_HOURS, 50);
    struct reservation running = {.lifetime_ms = HOUR_MS};
    struct reservation own = {.lifetime_ms = HOUR_MS};
    const struct queue_request submit = {
        .urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER, .requests_needed = 20, .reservation = &own};
    const struct queue_request page = {.urgency = URGENCY_PAGE, .expires_at_ms = CLOCK_NEVER};
    must(queue_reserve(queue, pg, &running, 20, &err), &err);
    must(take_place(queue, pg, &submit, clock_deadline(HOUR_MS), &err), &err);
    assert_string_equal(db_value(pg, "select sum(requests) from tokenflex_etl.request_reservation"), "40");
    queue_release_reservation(&own, pg);
    must(queue_reserve(queue, pg, &running, 40, &err), &err);
    must_fail(take_place(queue, pg, &submit, clock_deadline(300), &err), &err, ERR_LATER,
              "the request budget has not allowed the request by the job's timeout");
    must(take_place(queue, pg, &page, clock_deadline(HOUR_MS), &err), &err);
    must(take_place(queue, pg, &poll_request, clock_deadline(HOUR_MS), &err), &err);
    assert_int_equal(own.id, 0);
    queue_release_reservation(&running, pg);
    must(take_place(queue, pg, &submit, clock_deadline(HOUR_MS), &err), &err);
    queue_release(queue);
}

/* Another process: it has a queue and a connection of its own. */
static void a_submit_leaves_the_pages_of_queries_of_other_processes_too(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *elsewhere = db_connect();
    struct err err = {0};
    struct queue *queue = queue_of(A_REQUEST_IN_TWO_HOURS, 50);
    struct queue *other = queue_of(A_REQUEST_IN_TWO_HOURS, 50);
    struct reservation own = {.lifetime_ms = HOUR_MS};
    struct reservation others = {.lifetime_ms = HOUR_MS};
    struct queue_request submit = {.urgency = URGENCY_SUBMIT,
                                   .expires_at_ms = CLOCK_NEVER,
                                   .requests_needed = 30,
                                   .reservation = &others};
    must(take_place(other, elsewhere, &submit, clock_deadline(HOUR_MS), &err), &err);
    submit.reservation = &own;
    must_fail(take_place(queue, pg, &submit, clock_deadline(300), &err), &err, ERR_LATER,
              "the request budget has not allowed");
    /* The other was killed, and what it had reserved expires. */
    db_exec(pg, "update tokenflex_etl.request_reservation set expires_at = clock_timestamp()");
    must(take_place(queue, pg, &submit, clock_deadline(HOUR_MS), &err), &err);
    queue_release(queue);
    queue_release(other);
}

/* A submit that is repeated reserves what it needs once. */
static void a_submit_reserves_what_it_needs_once(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(A_REQUEST_IN_TWO_HOURS, 50);
    struct reservation own = {.lifetime_ms = HOUR_MS};
    const struct queue_request submit = {
        .urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER, .requests_needed = 30, .reservation = &own};
    must(take_place(queue, pg, &submit, clock_deadline(HOUR_MS), &err), &err);
    must(take_place(queue, pg, &submit, clock_deadline(HOUR_MS), &err), &err);
    assert_string_equal(db_value(pg, "select sum(requests) from tokenflex_etl.request_reservation"), "30");
    queue_release_reservation(&own, pg);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.request_reservation"), "0");
    queue_release(queue);
}

/* An hour, which somebody ends. */
static void a_block_that_is_ended_in_the_database_holds_nobody_back(void **state)
{
    (void)state;
    static const double rates[] = {600, 0};
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        SCOPED(pg) struct pg *pg = db_fresh();
        struct err err = {0};
        struct queue *queue = queue_of(rates[i], 50);
        must(queue_block(queue, pg, HOUR_MS, &err), &err);
        must_fail(take_place(queue, pg, &poll_request, clock_deadline(HOUR_MS / 2), &err), &err, ERR_LATER,
                  "(429)");
        assert_non_null(strstr(err.hint, "update tokenflex_etl.request_budget set blocked_until = null"));
        db_exec(pg, "update tokenflex_etl.request_budget set blocked_until = null where account = 'a'");
        must(take_place(queue, pg, &poll_request, clock_deadline(2 * HOUR_MS), &err), &err);
        queue_release(queue);
    }
}

static void a_request_that_gives_up_does_not_wait_for_a_block(void **state)
{
    (void)state;
    static const double rates[] = {600, 0};
    const struct queue_request request = {
        .urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER, .gives_up_if_blocked = true};
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        SCOPED(pg) struct pg *pg = db_fresh();
        struct err err = {0};
        struct queue *queue = queue_of(rates[i], 50);
        must(take_place(queue, pg, &request, CLOCK_NEVER, &err), &err);
        must(queue_block(queue, pg, HOUR_MS, &err), &err);
        must_fail(take_place(queue, pg, &request, CLOCK_NEVER, &err), &err, ERR_LATER,
                  "the service asks to wait");
        assert_non_null(strstr(err.hint, "update tokenflex_etl.request_budget set blocked_until = null"));
        queue_release(queue);
    }
}

struct passer {
    pthread_t thread;
    struct queue *queue;
    struct queue_request queue_request;
    int64_t deadline_ms; /* 0: within the hour */
    bool passed;
    int64_t send_by_ms;
    struct err err;
};

static void *pass(void *context)
{
    struct passer *passer = context;
    SCOPED(pg) struct pg *pg = db_connect();
    int64_t deadline_ms = passer->deadline_ms ? passer->deadline_ms : clock_deadline(HOUR_MS);
    progress_begin("test", NULL);
    passer->passed =
        queue_pass(passer->queue, pg, &passer->queue_request, deadline_ms, &passer->send_by_ms, &passer->err);
    progress_leave();
    return NULL;
}

static void start(struct passer *passers, size_t count, struct queue *queue)
{
    for (size_t i = 0; i < count; i++) {
        passers[i].queue = queue;
        assert_int_equal(pthread_create(&passers[i].thread, NULL, pass, &passers[i]), 0);
    }
}

static void join(struct passer *passers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pthread_join(passers[i].thread, NULL);
}

/* Waits until so many stand in the line; false when that takes until then. */
static bool stand_in_line(size_t count, int64_t until_ms)
{
    for (;;) {
        static struct progress progress;
        size_t waiting = 0;
        progress_read(&progress);
        for (size_t i = 0; i < progress.count; i++)
            waiting += progress.entries[i].wait != NULL;
        if (clock_now_ms() >= until_ms)
            return false;
        if (waiting == count)
            return true;
        usleep(5000);
    }
}

static void fill_bucket(struct pg *pg, const char *tokens)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(
        &sql,
        "truncate tokenflex_etl.request_budget; insert into tokenflex_etl.request_budget (account, tokens, "
        "refilled_at) values ('a', %s, clock_timestamp())",
        tokens);
    db_exec(pg, buf_text(&sql));
}

/* One request is there, and may be made once the service lets anybody ask; all are in the line by then. */
static void let_one_pass(struct pg *pg, struct passer *passers, size_t count)
{
    for (int64_t block_ms = 200;; block_ms *= 2) {
        struct err err = {0};
        struct queue *queue = queue_of(A_REQUEST_IN_TWO_HOURS, 5);
        /* The 429 halves it. */
        fill_bucket(pg, "2");
        int64_t blocked_until_ms = clock_deadline(block_ms);
        must(queue_block(queue, pg, block_ms, &err), &err);
        start(passers, count, queue);
        bool in_time = stand_in_line(count, blocked_until_ms);
        join(passers, count);
        queue_release(queue);
        if (in_time)
            return;
    }
}

static void the_most_urgent_goes_first_whoever_came_first(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct passer passers[] = {
        {.queue_request = {.urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER}},
        {.queue_request = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER}},
        {.queue_request = {.urgency = URGENCY_PAGE, .expires_at_ms = 2000}},
        {.queue_request = {.urgency = URGENCY_PAGE, .expires_at_ms = 1000}},
    };
    for (size_t count = COUNT_OF(passers); count > 1; count--) {
        let_one_pass(pg, passers, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(passers[i].passed, i == count - 1);
    }
}

/* The bucket holds 4 of 22 pages, and 2 are there: the submit waits for a full one. The last case: a stop
 * stays. */
static void a_submit_that_cannot_be_paid_lets_others_pass_until_it_is_stopped(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct queue *queue = queue_of(A_REQUEST_IN_TWO_HOURS, 5);
    struct passer submit = {
        .queue_request = {.urgency = URGENCY_SUBMIT, .expires_at_ms = CLOCK_NEVER, .requests_needed = 22},
        .deadline_ms = CLOCK_NEVER};
    fill_bucket(pg, "2");
    start(&submit, 1, queue);
    assert_true(stand_in_line(1, CLOCK_NEVER));
    must(take_place(queue, pg, &poll_request, clock_deadline(HOUR_MS), &err), &err);
    raise(SIGTERM);
    join(&submit, 1);
    queue_release(queue);
    assert_false(submit.passed);
    assert_int_equal(submit.err.kind, ERR_STOPPED);
}

static bool is_awaited(struct pg *pg)
{
    return strcmp(db_value(pg, "select exists (select from pg_stat_activity where wait_event_type = 'Lock')"),
                  "t") == 0;
}

/* The process may have been stopped after the place was taken: how old the place is, is counted from the
 * question. */
static void a_place_is_as_old_as_the_question_for_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *elsewhere = db_connect();
    struct queue *queue = queue_of(6, 50);
    struct passer passer = {.queue_request = poll_request};
    int64_t before_ms = clock_now_ms();
    fill_bucket(pg, "9");
    db_exec(pg, "begin; select from tokenflex_etl.request_budget for update");
    start(&passer, 1, queue);
    while (!is_awaited(elsewhere))
        usleep(5000);
    int64_t asked_ms = clock_now_ms();
    usleep(20000);
    db_exec(pg, "commit");
    join(&passer, 1);
    queue_release(queue);
    must(passer.passed, &passer.err);
    assert_in_range(passer.send_by_ms, before_ms + 10000, asked_ms + 10000);
}

static void without_a_limit_a_place_does_not_grow_old(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t send_by_ms = 0;
    struct queue *queue = queue_of(0, 1);
    must(queue_pass(queue, pg, &poll_request, CLOCK_NEVER, &send_by_ms, &err), &err);
    assert_true(send_by_ms == CLOCK_NEVER);
    queue_release(queue);
}

int main(void)
{
    struct err err = {0};
    must(stop_install(&err), &err);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_the_burst_requests_come_at_the_rate),
        cmocka_unit_test(without_a_limit_nobody_waits),
        cmocka_unit_test(without_a_limit_a_429_holds_everybody_back),
        cmocka_unit_test(a_turn_past_the_deadline_is_given_back),
        cmocka_unit_test(what_other_results_take_cannot_be_paid_twice),
        cmocka_unit_test(a_submit_leaves_the_pages_of_running_queries_in_the_bucket),
        cmocka_unit_test(a_submit_leaves_the_pages_of_queries_of_other_processes_too),
        cmocka_unit_test(a_submit_reserves_what_it_needs_once),
        cmocka_unit_test(a_request_that_gives_up_does_not_wait_for_a_block),
        cmocka_unit_test(a_block_that_is_ended_in_the_database_holds_nobody_back),
        cmocka_unit_test(a_429_holds_back_a_place_that_is_held_already),
        cmocka_unit_test(a_place_is_as_old_as_the_question_for_it),
        cmocka_unit_test(without_a_limit_a_place_does_not_grow_old),
        cmocka_unit_test(the_most_urgent_goes_first_whoever_came_first),
        cmocka_unit_test(a_submit_that_cannot_be_paid_lets_others_pass_until_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
