/* api/api with its budget: an answer 429 is everybody's business. */
#include "api/api.h"
#include "base/clock.h"
#include "db/state/fresh.h"
#include "unit/wire/http/tiny_server.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static struct tiny_server *server;

/* The token endpoint: the first token ends at once. */
static struct pg *watcher;            /* NULL: the budget is not looked at */
static int requests_taken;            /* of the budget, when the first token was asked for */
static int64_t second_token_takes_ms; /* the least time that the second takes */
static atomic_uint tokens_given;

static void give_token(const struct tiny_request *request)
{
    unsigned number = atomic_fetch_add(&tokens_given, 1) + 1;
    if (number == 1 && watcher)
        requests_taken = atoi(db_value(watcher, "select count(*) from tokenflex_etl.request_budget"));
    int64_t until_ms = clock_deadline(number == 2 ? second_token_takes_ms : 0);
    while (clock_now_ms() < until_ms)
        usleep(5000);
    tiny_answer(request, number == 1 ? "{\"access_token\":\"token-1\",\"expires_in\":1}"
                                     : "{\"access_token\":\"token-2\",\"expires_in\":3599}");
}

static bool answer(const struct tiny_request *request)
{
    if (strcmp(request->path, "/authentication/v2/token") == 0) {
        give_token(request);
        return true;
    }
    const char *retry_after = strcmp(request->path, "/busy-for-an-hour") == 0       ? "3600"
                              : strcmp(request->path, "/busy-for-two-seconds") == 0 ? "2"
                                                                                    : "0";
    if (strcmp(request->path, "/free") == 0 || tiny_server_requests(request->server) > 1) {
        tiny_answer(request, "good");
        return true;
    }
    tiny_send(request, "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: ");
    tiny_send(request, retry_after);
    tiny_send(request, "\r\n\r\n");
    return true;
}

static int start_server(void **state)
{
    (void)state;
    server = tiny_server_start(answer);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    tiny_server_stop(server);
    return 0;
}

struct way {
    struct settings settings;
    struct api api;
    struct err err;
};

static void way_begin(struct way *way)
{
    *way =
        (struct way){.settings = {.api = {.retries = 1},
                                  .auth = {.flow = AUTH_ACCESS_TOKEN, .client_id = "", .access_token = "t"}}};
    way->api = (struct api){
        .settings = &way->settings,
        .pg = db_fresh(),
        .deadline_ms = clock_deadline(60000),
        .queue = queue_make(&(struct budget){.account = "default", .per_minute = 600, .burst = 50}, 300000),
    };
    way->api.http = http_client_make(&(struct http_options){0}, &way->err);
    assert_non_null(way->api.http);
    way->api.tokens = token_make(&way->settings, way->api.http);
}

static void way_cleanup(struct way *way)
{
    queue_release(way->api.queue);
    token_release(way->api.tokens);
    http_client_release(way->api.http);
    pg_close(way->api.pg);
}

static bool ask(struct way *way, const char *path)
{
    char url[128];
    SCOPED(http_response) struct http_response response = {0};
    struct api_request request = {
        .url = tiny_server_url(server, path, url, sizeof url), .what = "ask", .max_bytes = 1000};
    return api_send(&way->api, &request, (struct api_acceptor){0}, &response, &way->err);
}

static void each_request_is_taken_from_the_budget(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way);
    must(ask(&way, "/free"), &way.err);
    assert_string_equal(db_value(way.api.pg, "select tokens from tokenflex_etl.request_budget"), "48");
}

/* A Retry-After of 0 is a second, and no retry is used up. */
static void a_429_is_waited_for_and_asked_again(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way);
    way.settings.api.retries = 0;
    int64_t started_ms = clock_now_ms();
    must(ask(&way, "/busy-for-a-moment"), &way.err);
    assert_true(clock_now_ms() - started_ms >= 1000);
    assert_int_equal(way.api.requests, 2);
}

/* 49 in the bucket, 48 after the first request, halved: 24. Two seconds at half a request each: 25. A place
 * that was taken before the end of the block would be too old by then, and another one taken. */
static void a_429_costs_one_place_in_the_budget(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way);
    queue_release(way.api.queue);
    way.api.queue = queue_make(&(struct budget){.account = "default", .per_minute = 60, .burst = 50}, 300000);
    must(ask(&way, "/busy-for-two-seconds"), &way.err);
    assert_string_equal(db_value(way.api.pg, "select tokens >= 24 from tokenflex_etl.request_budget"), "t");
}

static void a_429_past_the_jobs_timeout_holds_back_the_others_all_the_same(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way);
    must_fail(ask(&way, "/busy-for-an-hour"), &way.err, ERR_LATER,
              "waiting 3600 s more would pass the job's timeout");
    assert_string_equal(db_value(way.api.pg,
                                 "select blocked_until between clock_timestamp() + interval '59 minutes' "
                                 "and clock_timestamp() + interval '1 hour' "
                                 "from tokenflex_etl.request_budget"),
                        "t");
}

static void ask_for_tokens(struct way *way, char base_url[static 64])
{
    way->settings.auth.flow = AUTH_CLIENT_CREDENTIALS;
    way->settings.auth.client_id = "client";
    way->settings.auth.client_secret = "s3cret";
    way->settings.api.base_url = tiny_server_url(server, "", base_url, 64);
    atomic_store(&tokens_given, 0);
}

/* A wait for the login would make a place older than it may be. */
static void a_token_is_there_before_a_request_is_taken_from_the_budget(void **state)
{
    (void)state;
    char base_url[64];
    SCOPED(way) struct way way;
    way_begin(&way);
    ask_for_tokens(&way, base_url);
    watcher = db_connect();
    requests_taken = -1;
    must(ask(&way, "/free"), &way.err);
    pg_close(watcher);
    watcher = NULL;
    assert_int_equal(requests_taken, 0);
    assert_string_equal(db_value(way.api.pg, "select tokens from tokenflex_etl.request_budget"), "48");
}

/* One request a second, which may be sent within a second. The token ends while the place in the budget is
 * waited for, and the next one takes longer than the place may be used. */
static void a_place_that_has_become_too_old_is_replaced_by_another(void **state)
{
    (void)state;
    char base_url[64];
    SCOPED(way) struct way way;
    way_begin(&way);
    ask_for_tokens(&way, base_url);
    queue_release(way.api.queue);
    way.api.queue = queue_make(&(struct budget){.account = "default", .per_minute = 60, .burst = 5}, 300000);
    db_exec(way.api.pg, "insert into tokenflex_etl.request_budget (account, tokens, refilled_at) "
                        "values ('default', -0.5, clock_timestamp()); create table public.taken ();"
                        "create function public.count_taken() returns trigger language plpgsql as "
                        "'begin insert into public.taken default values; return null; end';"
                        "create trigger count_taken after update on tokenflex_etl.request_budget "
                        "for each row execute function public.count_taken()");
    second_token_takes_ms = 1100;
    must(ask(&way, "/free"), &way.err);
    second_token_takes_ms = 0;
    assert_int_equal(way.api.requests, 1);
    assert_int_equal(tiny_server_requests(server), 3);
    unsigned taken = (unsigned)atoi(db_value(way.api.pg, "select count(*) from public.taken"));
    db_exec(way.api.pg, "drop table public.taken; drop function public.count_taken() cascade");
    assert_true(taken >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_request_is_taken_from_the_budget, start_server, stop_server),
        cmocka_unit_test_setup_teardown(a_429_is_waited_for_and_asked_again, start_server, stop_server),
        cmocka_unit_test_setup_teardown(a_429_costs_one_place_in_the_budget, start_server, stop_server),
        cmocka_unit_test_setup_teardown(a_429_past_the_jobs_timeout_holds_back_the_others_all_the_same,
                                        start_server, stop_server),
        cmocka_unit_test_setup_teardown(a_token_is_there_before_a_request_is_taken_from_the_budget,
                                        start_server, stop_server),
        cmocka_unit_test_setup_teardown(a_place_that_has_become_too_old_is_replaced_by_another, start_server,
                                        stop_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
