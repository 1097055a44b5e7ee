/* api/budget, the half that lives in the database: one bucket an account, shared by all who use it. */
#include "db/state/fresh.h"
#include "state/budget.h"
#include "state/page_limit.h"

#include <pthread.h>
#include <stdlib.h>

/* Its bucket holds 1.6 when it is full: the burst less a fifth. */
static const struct budget one_a_second = {.account = "a", .per_minute = 60, .burst = 2};

/* So slow that nothing flows back while a test runs; its bucket holds 999. */
static const struct budget nearly_dry = {.account = "dry", .per_minute = 0.000001, .burst = 1000};

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

static int64_t take(struct pg *pg, const struct budget *budget)
{
    struct err err = {0};
    int64_t wait_ms = -1;
    must(budget_take(budget, pg, &wait_ms, &err), &err);
    return wait_ms;
}

static void set_bucket(struct pg *pg, const char *account, const char *tokens, const char *refilled_at)
{
    SCOPED(pg_result) PGresult *result = NULL;
    struct err err = {0};
    result = pg_query(pg,
                      "insert into tokenflex_etl.request_budget (account, tokens, refilled_at) values ($1, "
                      "$2::float8, clock_timestamp() - $3::interval) on conflict (account) do update "
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
    return strtod(pg_value(left, 0, "tokens"), NULL);
}

static void a_new_account_begins_with_its_burst_less_the_reserve(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    assert_int_equal(take(pg, &nearly_dry), 0);
    assert_true(tokens_left(pg, "dry") == 998);
}

/* One comes back in an hour: the second request lacks 0.4, the third 1.4; a test takes no minute. */
static void behind_the_burst_each_request_waits_for_its_share(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct budget one_an_hour = {.account = "hour", .per_minute = 1.0 / 60, .burst = 2};
    assert_int_equal(take(pg, &one_an_hour), 0);
    assert_in_range(take(pg, &one_an_hour), 23 * MINUTE_MS, 24 * MINUTE_MS);
    assert_in_range(take(pg, &one_an_hour), 83 * MINUTE_MS, 84 * MINUTE_MS);
}

static void the_wait_is_what_the_bucket_lacks_at_its_rate(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct budget five_an_hour = {.account = "five", .per_minute = 5.0 / 60, .burst = 50};
    set_bucket(pg, "five", "-9", "0 s");
    assert_in_range(take(pg, &five_an_hour), 119 * MINUTE_MS, 120 * MINUTE_MS);
}

static void what_flows_back_stops_at_the_burst_less_the_reserve(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct budget budget = {.account = "a", .per_minute = 60, .burst = 50};
    set_bucket(pg, "a", "0", "1 day");
    assert_int_equal(take(pg, &budget), 0);
    assert_true(tokens_left(pg, "a") == 48);
}

static void what_flows_back_is_counted_by_the_databases_clock(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct budget budget = {.account = "a", .per_minute = 1, .burst = 100};
    set_bucket(pg, "a", "10", "30 minutes");
    assert_int_equal(take(pg, &budget), 0);
    double left = tokens_left(pg, "a");
    assert_true(left >= 39 && left < 41); /* 10 + 30 - 1, and the moments that the test takes */
}

/* A server whose clock was set back: nothing is taken away for it. */
static void a_clock_set_back_costs_nothing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct budget budget = {.account = "a", .per_minute = 60, .burst = 100};
    set_bucket(pg, "a", "10", "-1 hour");
    assert_int_equal(take(pg, &budget), 0);
    assert_true(tokens_left(pg, "a") == 9);
}

static void what_is_given_back_is_there_again(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    take(pg, &nearly_dry);
    must(budget_return(&nearly_dry, pg, &err), &err);
    assert_true(tokens_left(pg, "dry") == 999);
}

static void a_look_takes_nothing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct budget_level level;
    must(budget_look(&nearly_dry, pg, &level, &err), &err);
    assert_true(level.requests == 999 && level.blocked_ms == 0);
    take(pg, &nearly_dry);
    must(budget_look(&nearly_dry, pg, &level, &err), &err);
    assert_true(level.requests >= 998 && level.requests < 998.001);
}

static void a_block_holds_back_every_user_of_the_account(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other = db_connect();
    struct err err = {0};
    take(pg, &nearly_dry);
    must(budget_block(&nearly_dry, pg, HOUR_MS, &err), &err);
    assert_in_range(take(other, &nearly_dry), 59 * MINUTE_MS, HOUR_MS);
}

static void a_block_of_an_account_that_was_never_used_holds_too(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    must(budget_block(&one_a_second, pg, HOUR_MS, &err), &err);
    assert_in_range(take(pg, &one_a_second), 59 * MINUTE_MS, HOUR_MS);
}

static void a_block_holds_back_no_other_account(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    must(budget_block(&nearly_dry, pg, HOUR_MS, &err), &err);
    assert_int_equal(take(pg, &one_a_second), 0);
}

static void a_shorter_block_does_not_end_a_longer_one(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    take(pg, &nearly_dry);
    must(budget_block(&nearly_dry, pg, HOUR_MS, &err), &err);
    must(budget_block(&nearly_dry, pg, 1000, &err), &err);
    assert_in_range(take(pg, &nearly_dry), 59 * MINUTE_MS, HOUR_MS);
}

static void a_page_size_that_was_learnt_is_kept_for_the_account(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    unsigned limit = 7;
    must(page_limit_known(pg, one_a_second.account, &limit, &err), &err);
    assert_int_equal(limit, 0);
    must(page_limit_learn(pg, one_a_second.account, 2500, &err), &err);
    must(page_limit_known(pg, one_a_second.account, &limit, &err), &err);
    assert_int_equal(limit, 2500);
    must(page_limit_known(pg, nearly_dry.account, &limit, &err), &err);
    assert_int_equal(limit, 0);
}

static void learning_a_page_size_costs_no_request(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct budget_level level;
    struct budget budget = {.account = "a", .per_minute = 5, .burst = 50};
    must(page_limit_learn(pg, budget.account, 2500, &err), &err);
    must(budget_look(&budget, pg, &level, &err), &err);
    assert_true(level.requests == 49);
}

static void a_page_size_is_forgotten_after_a_month(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    unsigned limit = 7;
    must(page_limit_learn(pg, one_a_second.account, 2500, &err), &err);
    must(pg_exec(pg, "update tokenflex_etl.request_budget set max_page_size_at = now() - interval '31 days'",
                 &err),
         &err);
    must(page_limit_known(pg, one_a_second.account, &limit, &err), &err);
    assert_int_equal(limit, 0);
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
    int64_t wait_ms;
    while (taker->taken < TAKES && budget_take(&nearly_dry, pg, &wait_ms, &taker->err))
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
    if (left < 599 || left > 599.001)
        fail_msg("%.9f left of 999, after 400 were taken", left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_account_begins_with_its_burst_less_the_reserve),
        cmocka_unit_test(behind_the_burst_each_request_waits_for_its_share),
        cmocka_unit_test(the_wait_is_what_the_bucket_lacks_at_its_rate),
        cmocka_unit_test(what_flows_back_stops_at_the_burst_less_the_reserve),
        cmocka_unit_test(what_flows_back_is_counted_by_the_databases_clock),
        cmocka_unit_test(a_clock_set_back_costs_nothing),
        cmocka_unit_test(what_is_given_back_is_there_again),
        cmocka_unit_test(a_look_takes_nothing),
        cmocka_unit_test(a_block_holds_back_every_user_of_the_account),
        cmocka_unit_test(a_block_of_an_account_that_was_never_used_holds_too),
        cmocka_unit_test(a_block_holds_back_no_other_account),
        cmocka_unit_test(a_shorter_block_does_not_end_a_longer_one),
        cmocka_unit_test(a_page_size_that_was_learnt_is_kept_for_the_account),
        cmocka_unit_test(learning_a_page_size_costs_no_request),
        cmocka_unit_test(a_page_size_is_forgotten_after_a_month),
        cmocka_unit_test(every_request_of_many_takers_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
