/* api/budget, the half that lives in the database: one bucket an account, shared by all who use it. */
#include "api/budget.h"
#include "base/clock.h"
#include "db/load/loading.h"

#include <pthread.h>
#include <stdlib.h>

static const struct budget one_a_second = {.account = "a", .per_minute = 60, .burst = 2};

/* So slow that nothing flows back while a test runs. */
static const struct budget nearly_dry = {.account = "dry", .per_minute = 0.000001, .burst = 1000};

/* How long a take kept its caller. */
static int64_t taking_ms(struct pg *pg, const struct budget *budget)
{
    struct err err = {0};
    int64_t started_ms = clock_now_ms();
    must(budget_take(budget, pg, CLOCK_NEVER, &err), &err);
    return clock_now_ms() - started_ms;
}

static void set_bucket(struct pg *pg, const char *account, const char *tokens, const char *refilled_at)
{
    SCOPED(pg_result) PGresult *result = NULL;
    struct err err = {0};
    result = pg_query(pg,
                      "insert into tokenflex_etl.request_budget values ($1, $2::float8, "
                      "clock_timestamp() - $3::interval, null) on conflict (account) do update "
                      "set tokens = excluded.tokens, refilled_at = excluded.refilled_at",
                      PG_PARAMS(account, tokens, refilled_at), &err);
    must(result != NULL, &err);
}

static double tokens_left(struct pg *pg, const char *account)
{
    struct err err = {0};
    SCOPED(pg_result)
    PGresult *left = pg_query(pg, "select tokens from tokenflex_etl.request_budget where account = $1",
                              PG_PARAMS(account), &err);
    must(left != NULL, &err);
    return strtod(pg_text(left, 0, 0), NULL);
}

static void a_new_account_begins_with_its_burst(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    must(budget_take(&nearly_dry, pg, CLOCK_NEVER, &err), &err);
    assert_true(tokens_left(pg, "dry") == 999);
}

/* Of 60 a minute one comes back each second: the third request of a burst of two waits for it. */
static void behind_the_burst_each_request_waits_for_its_share(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    assert_true(taking_ms(pg, &one_a_second) < 500);
    assert_true(taking_ms(pg, &one_a_second) < 500);
    int64_t third_ms = taking_ms(pg, &one_a_second);
    if (third_ms < 800 || third_ms > 1500)
        fail_msg("waited %d ms", (int)third_ms);
}

/* By arithmetic, without waiting: the deadline is before the moment that the request is promised for. */
static void the_wait_is_what_the_bucket_lacks_at_its_rate(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct budget five_a_minute = {.account = "five", .per_minute = 5, .burst = 50};
    set_bucket(pg, "five", "-9", "0 s");
    must_fail(budget_take(&five_a_minute, pg, clock_deadline(60000), &err), &err, ERR_LATER,
              "the request budget allows the next request in 120 s");
}

static void what_flows_back_stops_at_the_burst(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    set_bucket(pg, "a", "0", "1 day");
    must(budget_take(&one_a_second, pg, CLOCK_NEVER, &err), &err);
    assert_true(tokens_left(pg, "a") == 1);
}

static void what_flows_back_is_counted_by_the_databases_clock(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct budget budget = {.account = "a", .per_minute = 60, .burst = 100};
    set_bucket(pg, "a", "10", "30 s");
    must(budget_take(&budget, pg, CLOCK_NEVER, &err), &err);
    double left = tokens_left(pg, "a");
    assert_true(left >= 39 && left < 41); /* 10 + 30 - 1, and the moments that the test takes */
}

/* A server whose clock was set back: nothing is taken away for it. */
static void a_clock_set_back_costs_nothing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct budget budget = {.account = "a", .per_minute = 60, .burst = 100};
    set_bucket(pg, "a", "10", "-1 hour");
    must(budget_take(&budget, pg, CLOCK_NEVER, &err), &err);
    assert_true(tokens_left(pg, "a") == 9);
}

static void a_request_past_the_deadline_is_given_back(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct budget budget = {.account = "dry", .per_minute = 0.000001, .burst = 1};
    must(budget_take(&budget, pg, CLOCK_NEVER, &err), &err);
    must_fail(budget_take(&budget, pg, clock_deadline(60000), &err), &err, ERR_LATER,
              "past the job's timeout");
    double left = tokens_left(pg, "dry");
    assert_true(left >= 0 && left < 0.001);
}

static void a_block_holds_back_every_user_of_the_account(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other = db_connect();
    struct err err = {0};
    must(budget_take(&nearly_dry, pg, CLOCK_NEVER, &err), &err);
    must(budget_block(&nearly_dry, pg, 600000, &err), &err);
    must_fail(budget_take(&nearly_dry, other, clock_deadline(60000), &err), &err, ERR_LATER,
              "allows the next request in 600 s");
}

static void a_block_holds_back_no_other_account(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    must(budget_block(&nearly_dry, pg, 600000, &err), &err);
    assert_true(taking_ms(pg, &one_a_second) < 500);
}

static void a_shorter_block_does_not_end_a_longer_one(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    must(budget_take(&nearly_dry, pg, CLOCK_NEVER, &err), &err);
    must(budget_block(&nearly_dry, pg, 600000, &err), &err);
    must(budget_block(&nearly_dry, pg, 1000, &err), &err);
    must_fail(budget_take(&nearly_dry, pg, clock_deadline(60000), &err), &err, ERR_LATER, "in 600 s");
}

static void a_block_passes(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    must(budget_take(&nearly_dry, pg, CLOCK_NEVER, &err), &err);
    must(budget_block(&nearly_dry, pg, 300, &err), &err);
    int64_t waited_ms = taking_ms(pg, &nearly_dry);
    assert_true(waited_ms >= 200 && waited_ms < 1500);
    assert_true(taking_ms(pg, &nearly_dry) < 200);
}

#define TAKES 50

struct taker {
    pthread_t thread;
    int taken;
    struct err err;
};

static void *take_many(void *context)
{
    struct taker *taker = context;
    SCOPED(pg) struct pg *pg = db_connect();
    while (taker->taken < TAKES && budget_take(&nearly_dry, pg, CLOCK_NEVER, &taker->err))
        taker->taken++;
    return NULL;
}

static void every_request_of_many_takers_is_counted(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct taker takers[8] = {0};
    for (size_t i = 0; i < COUNT_OF(takers); i++)
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_many, &takers[i]), 0);
    for (size_t i = 0; i < COUNT_OF(takers); i++)
        pthread_join(takers[i].thread, NULL);
    for (size_t i = 0; i < COUNT_OF(takers); i++)
        must(takers[i].taken == TAKES, &takers[i].err);
    double left = tokens_left(pg, "dry");
    if (left < 600 || left > 600.001)
        fail_msg("%.9f left of 1000, after 400 were taken", left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_account_begins_with_its_burst),
        cmocka_unit_test(behind_the_burst_each_request_waits_for_its_share),
        cmocka_unit_test(the_wait_is_what_the_bucket_lacks_at_its_rate),
        cmocka_unit_test(what_flows_back_stops_at_the_burst),
        cmocka_unit_test(what_flows_back_is_counted_by_the_databases_clock),
        cmocka_unit_test(a_clock_set_back_costs_nothing),
        cmocka_unit_test(a_request_past_the_deadline_is_given_back),
        cmocka_unit_test(a_block_holds_back_every_user_of_the_account),
        cmocka_unit_test(a_block_holds_back_no_other_account),
        cmocka_unit_test(a_shorter_block_does_not_end_a_longer_one),
        cmocka_unit_test(a_block_passes),
        cmocka_unit_test(every_request_of_many_takers_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
