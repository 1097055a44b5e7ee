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
    int64_t send_in_ms = -1;
    int64_t blocked_ms = -1;
    must(budget_take(budget, pg, &send_in_ms, &blocked_ms, &err), &err);
    return send_in_ms > blocked_ms ? send_in_ms : blocked_ms;
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
    must(budget_read(&nearly_dry, pg, 0, &level, &err), &err);
    assert_true(level.requests == 999 && level.blocked_ms == 0);
    take(pg, &nearly_dry);
    must(budget_read(&nearly_dry, pg, 0, &level, &err), &err);
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

static const struct budget strict = {.account = "s", .per_minute = 5, .burst = 50, .period_ms = 8 * HOUR_MS};

static void set_row(struct pg *pg, const char *tokens, const char *age, const char *burst_age,
                    const char *share)
{
    struct err err = {0};
    set_bucket(pg, "s", tokens, age);
    SCOPED(pg_result)
    PGresult *result = pg_query(pg,
                                "update tokenflex_etl.request_budget set blocked_until = null, burst_at = "
                                "clock_timestamp() - nullif($1, '')::interval, rate_share = $2::float8",
                                PG_PARAMS(burst_age, share), &err);
    must(result != NULL, &err);
}

static bool is_near(double one, double other)
{
    return one - other < 0.05 && other - one < 0.05;
}

/* The statement and the functions of state/budget have one arithmetic: over every kind of row. */
static void what_is_taken_is_what_the_arithmetic_says(void **state)
{
    (void)state;
    static const char *const tokens[] = {"-60", "-3", "0", "0.5", "1", "20", "49"};
    static const char *const ages[] = {"0 s", "6 s", "1 minute", "3 hours", "9 hours"};
    static const char *const bursts[] = {"", "1 s", "7 hours 59 minutes", "8 hours 1 s", "30 hours"};
    static const char *const shares[] = {"0.125", "1"};
    SCOPED(pg) struct pg *pg = db_fresh();
    for (size_t i = 0; i < COUNT_OF(tokens) * COUNT_OF(ages) * COUNT_OF(bursts) * COUNT_OF(shares); i++) {
        struct err err = {0};
        struct budget_level before;
        struct budget_level after;
        const char *token = tokens[i % COUNT_OF(tokens)];
        const char *age = ages[i / COUNT_OF(tokens) % COUNT_OF(ages)];
        const char *burst = bursts[i / COUNT_OF(tokens) / COUNT_OF(ages) % COUNT_OF(bursts)];
        set_row(pg, token, age, burst, shares[i % COUNT_OF(shares)]);
        must(budget_read(&strict, pg, 0, &before, &err), &err);
        budget_note_taken(&strict, &before);
        int64_t wait_ms = take(pg, &strict);
        int64_t expected_ms = budget_fill_ms(&strict, &before, 0);
        must(budget_read(&strict, pg, 0, &after, &err), &err);
        double left = tokens_left(pg, "s");
        if (!is_near(left, before.requests) || (after.burst_ms > 0) != (before.burst_ms > 0) ||
            !is_near(after.per_minute, before.per_minute) || wait_ms > expected_ms + 1000 ||
            wait_ms < expected_ms - 6000)
            fail_msg("%s, %s, %s: %f for %f, %lld for %lld ms", token, age, burst, left, before.requests,
                     (long long)wait_ms, (long long)expected_ms);
    }
}

static void after_the_burst_requests_come_at_the_rate_until_the_period_is_over(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    for (int i = 0; i < 49; i++)
        assert_int_equal(take(pg, &strict), 0);
    set_row(pg, "0", "1 hour", "1 hour", "1");
    assert_int_equal(take(pg, &strict), 0);
    assert_in_range(take(pg, &strict), 10000, 12000);
    must(pg_exec(pg,
                 "update tokenflex_etl.request_budget set burst_at = clock_timestamp() - interval '8 hours'",
                 &err),
         &err);
    assert_int_equal(take(pg, &strict), 0);
    assert_true(tokens_left(pg, "s") > 46);
}

static double share_of(struct pg *pg)
{
    struct err err = {0};
    SCOPED(pg_result)
    PGresult *row = pg_query(pg, "select rate_share from tokenflex_etl.request_budget", PG_NO_PARAMS, &err);
    must(row != NULL, &err);
    return strtod(pg_value(row, 0, "rate_share"), NULL);
}

static void a_429_halves_the_rate_and_what_is_saved_up_once_for_all_that_meet_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    set_row(pg, "20", "0 s", "1 minute", "1");
    must(budget_block(&strict, pg, HOUR_MS, &err), &err);
    must(budget_block(&strict, pg, HOUR_MS, &err), &err);
    assert_true(share_of(pg) == 0.5 && tokens_left(pg, "s") == 10);
    db_exec(pg, "update tokenflex_etl.request_budget set blocked_until = null");
    must(budget_block(&strict, pg, HOUR_MS, &err), &err);
    assert_true(share_of(pg) == 0.25 && tokens_left(pg, "s") == 5);
    set_row(pg, "-4", "0 s", "1 minute", "0.125");
    must(budget_block(&strict, pg, HOUR_MS, &err), &err);
    assert_true(share_of(pg) == 0.125 && tokens_left(pg, "s") == -4);
}

static void the_statement_for_people_ends_a_block(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    char statement[BUDGET_UNBLOCK_TEXT];
    take(pg, &nearly_dry);
    must(budget_block(&nearly_dry, pg, HOUR_MS, &err), &err);
    db_exec(pg, budget_unblock_statement(&nearly_dry, statement));
    assert_int_equal(take(pg, &nearly_dry), 0);
}

static uint64_t reserved(struct pg *pg, int64_t own)
{
    struct err err = {0};
    struct budget_level level;
    must(budget_read(&nearly_dry, pg, own, &level, &err), &err);
    return level.reserved;
}

static void reservations_count_for_all_but_their_owner_until_they_end_or_expire(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other = db_connect();
    struct err err = {0};
    int64_t one = 0;
    int64_t two = 0;
    take(pg, &nearly_dry);
    must(reservation_set(&nearly_dry, pg, 14, HOUR_MS, &one, &err), &err);
    must(reservation_set(&nearly_dry, pg, 5, HOUR_MS, &two, &err), &err);
    assert_int_equal(reserved(other, 0), 19);
    assert_int_equal(reserved(pg, one), 5);
    must(reservation_set(&nearly_dry, pg, 3, HOUR_MS, &one, &err), &err);
    assert_int_equal(reserved(other, 0), 8);
    must(reservation_end(pg, two, &err), &err);
    assert_int_equal(reserved(other, 0), 3);
    db_exec(pg,
            "update tokenflex_etl.request_reservation set expires_at = clock_timestamp() - interval '1 s'");
    assert_int_equal(reserved(other, 0), 0);
    two = 0;
    must(reservation_set(&nearly_dry, pg, 1, HOUR_MS, &two, &err), &err);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.request_reservation"), "1");
}

/* Its owner took longer than it was made for, and another session has deleted it. */
static void a_reservation_that_is_gone_is_made_again(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t one = 0;
    take(pg, &nearly_dry);
    must(reservation_set(&nearly_dry, pg, 14, HOUR_MS, &one, &err), &err);
    int64_t former = one;
    db_exec(pg, "delete from tokenflex_etl.request_reservation");
    must(reservation_set(&nearly_dry, pg, 3, HOUR_MS, &one, &err), &err);
    assert_int_not_equal(one, former);
    assert_int_equal(reserved(pg, 0), 3);
    assert_int_equal(reserved(pg, one), 0);
}

static int64_t reserved_ms(struct pg *pg, int64_t own)
{
    struct err err = {0};
    struct budget_level level;
    must(budget_read(&nearly_dry, pg, own, &level, &err), &err);
    return level.reserved_ms;
}

/* One of no requests holds nobody back. */
static void reservations_hold_back_until_the_last_of_them_expires(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t one = 0;
    int64_t two = 0;
    int64_t none = 0;
    take(pg, &nearly_dry);
    must(reservation_set(&nearly_dry, pg, 14, HOUR_MS, &one, &err) &&
             reservation_set(&nearly_dry, pg, 5, 3 * HOUR_MS, &two, &err) &&
             reservation_set(&nearly_dry, pg, 0, 9 * HOUR_MS, &none, &err),
         &err);
    assert_in_range(reserved_ms(pg, 0), 2 * HOUR_MS, 3 * HOUR_MS);
    assert_in_range(reserved_ms(pg, two), 1, HOUR_MS);
}

static void reservations_are_those_of_one_account(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t one = 0;
    take(pg, &nearly_dry);
    must(reservation_set(&one_a_second, pg, 14, HOUR_MS, &one, &err), &err);
    assert_int_equal(reserved(pg, 0), 0);
}

static void a_page_size_that_was_learnt_is_kept_for_the_account(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    unsigned limit = 7;
    must(page_limit_known(pg, one_a_second.account, &limit, &err), &err);
    assert_int_equal(limit, 0);
    must(page_limit_learn(pg, &one_a_second, 2500, &err), &err);
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
    must(page_limit_learn(pg, &budget, 2500, &err), &err);
    must(budget_read(&budget, pg, 0, &level, &err), &err);
    assert_true(level.requests == 49);
}

static void a_page_size_is_forgotten_after_a_month(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    unsigned limit = 7;
    must(page_limit_learn(pg, &one_a_second, 2500, &err), &err);
    must(pg_exec(pg, "update tokenflex_etl.request_budget set max_page_size_at = now() - interval '31 days'",
                 &err),
         &err);
    must(page_limit_known(pg, one_a_second.account, &limit, &err), &err);
    assert_int_equal(limit, 0);
}

/* What was sent would be forgotten with the row. */
static void a_row_that_was_deleted_after_its_first_use_is_not_made_again(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    int64_t ignored;
    const char *words = "the row of account a in tokenflex_etl.request_budget was deleted";
    struct budget used = one_a_second;
    must(budget_check_row(&used, pg, &err), &err);
    used.was_used = true;
    must_fail(budget_check_row(&used, pg, &err), &err, ERR_LATER, words);
    must_fail(budget_take(&used, pg, &ignored, &ignored, &err), &err, ERR_LATER, words);
    must_fail(budget_lock(&used, pg, &err), &err, ERR_LATER, words);
    must_fail(budget_block(&used, pg, HOUR_MS, &err), &err, ERR_LATER, words);
    must_fail(page_limit_learn(pg, &used, 2500, &err), &err, ERR_LATER, words);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex_etl.request_budget"), "0");
    take(pg, &one_a_second);
    must(budget_check_row(&used, pg, &err), &err);
    take(pg, &used);
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
    int64_t send_in_ms;
    int64_t blocked_ms;
    while (taker->taken < TAKES && budget_take(&nearly_dry, pg, &send_in_ms, &blocked_ms, &taker->err))
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
        cmocka_unit_test(a_row_that_was_deleted_after_its_first_use_is_not_made_again),
        cmocka_unit_test(every_request_of_many_takers_is_counted),
        cmocka_unit_test(what_is_taken_is_what_the_arithmetic_says),
        cmocka_unit_test(after_the_burst_requests_come_at_the_rate_until_the_period_is_over),
        cmocka_unit_test(a_429_halves_the_rate_and_what_is_saved_up_once_for_all_that_meet_it),
        cmocka_unit_test(the_statement_for_people_ends_a_block),
        cmocka_unit_test(reservations_count_for_all_but_their_owner_until_they_end_or_expire),
        cmocka_unit_test(a_reservation_that_is_gone_is_made_again),
        cmocka_unit_test(reservations_hold_back_until_the_last_of_them_expires),
        cmocka_unit_test(reservations_are_those_of_one_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
