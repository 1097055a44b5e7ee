#include "base/clock.h"
#include "base/stop.h"
#include "base/text.h"
#include "unit/wire/http/tiny_server.h"
#include "wire/http/http.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* A program of its own: a stop stays. What does not heed it waits longer than the test may take. */
#define HOUR_MS 3600000

static bool stay_silent(const struct tiny_request *request)
{
    /* The connection is kept for the next request: one that is closed behind the answer may be found out too
     * late. */
    if (text_equal(request->path, "/last-words")) {
        tiny_answer(request, "heard");
        return true;
    }
    tiny_await_close(request);
    return false;
}

static void expect_stopped(struct http_call *call)
{
    struct err err;
    SCOPED(http_response) struct http_response response;
    assert_false(http_wait(call, &response, &err));
    assert_int_equal(err.kind, ERR_STOPPED);
}

static void a_stop_ends_all_calls_at_once_and_those_that_come_after(void **state)
{
    (void)state;
    struct err err;
    assert_true(stop_install(&err));
    struct tiny_server *server = tiny_server_start(stay_silent);
    struct http_options options = {.stall_timeout_ms = HOUR_MS};
    struct http_client *client = http_client_make(&options, &err);
    char url[64];
    struct http_request request = {.url = tiny_server_url(server, "/", url, sizeof url), .max_bytes = 1000};
    struct http_call *one = http_start(client, &request);
    struct http_call *other = http_start(client, &request);
    assert_true(tiny_server_await_requests(server, 2));

    raise(SIGTERM);
    expect_stopped(one);
    expect_stopped(other);
    expect_stopped(http_start(client, &request));
    assert_int_equal(tiny_server_requests(server), 2);
    http_client_release(client);
    tiny_server_stop(server);
}

/* After the stop of the test before. */
static void a_call_that_ignores_a_stop_is_made_after_it_within_its_timeout(void **state)
{
    (void)state;
    struct err err;
    struct tiny_server *server = tiny_server_start(stay_silent);
    struct http_options options = {.stall_timeout_ms = HOUR_MS};
    struct http_client *client = http_client_make(&options, &err);
    char url[64];
    struct http_request request = {.timeout_ms = HOUR_MS, .ignores_stop = true, .max_bytes = 1000};
    request.url = tiny_server_url(server, "/last-words", url, sizeof url);
    SCOPED(http_response) struct http_response heard;
    if (!http_send(client, &request, &heard, &err))
        fail_msg("%s", err.text);
    assert_string_equal(buf_text(&heard.body), "heard");

    request.url = tiny_server_url(server, "/", url, sizeof url);
    request.timeout_ms = 300;
    SCOPED(http_response) struct http_response none;
    assert_false(http_send(client, &request, &none, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    http_client_release(client);
    tiny_server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_ends_all_calls_at_once_and_those_that_come_after),
        cmocka_unit_test(a_call_that_ignores_a_stop_is_made_after_it_within_its_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
