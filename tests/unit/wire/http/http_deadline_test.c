#include "base/clock.h"
#include "base/text.h"
#include "unit/wire/blocked_resolver.h"
#include "unit/wire/http/tiny_server.h"
#include "wire/http/download.h"
#include "wire/http/http.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* What does not heed a deadline waits longer than the test may take. */
#define HOUR_MS 3600000
#define SHORT_MS 300

/* A byte now and then, for as long as the client listens: nothing stalls, and nothing ends. */
static void drip(const struct tiny_request *request)
{
    struct pollfd closed = {.fd = request->fd, .events = POLLIN | POLLRDHUP};
    while (poll(&closed, 1, 20) == 0 && send(request->fd, "x", 1, MSG_NOSIGNAL) == 1)
        ;
}

static bool answer(const struct tiny_request *request)
{
    if (text_equal(request->path, "/slow")) {
        tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        drip(request);
    } else {
        tiny_await_close(request);
    }
    return false;
}

static struct tiny_server *server;
static struct http_client *client;

static int set_up(void **state)
{
    (void)state;
    struct err err;
    struct http_options options = {.stall_timeout_ms = HOUR_MS, .connect_timeout_ms = HOUR_MS};
    server = tiny_server_start(answer);
    client = http_client_make(&options, &err);
    return client ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    http_client_release(client);
    tiny_server_stop(server);
    return 0;
}

static void expect_late(const char *url)
{
    struct err err;
    struct http_request request = {
        .url = url, .max_bytes = 10000000, .deadline_ms = clock_deadline(SHORT_MS)};
    SCOPED(http_response) struct http_response response;
    assert_false(http_send(client, &request, &response, &err));
    assert_int_equal(err.kind, ERR_LATER);
    assert_non_null(strstr(err.text, "the timeout has passed"));
}

static void a_silent_peer_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    char url[64];
    expect_late(tiny_server_url(server, "/silent", url, sizeof url));
}

static void a_slow_body_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    char url[64];
    expect_late(tiny_server_url(server, "/slow", url, sizeof url));
}

static void a_deadline_that_has_passed_lets_nothing_begin(void **state)
{
    (void)state;
    char url[64];
    struct err err;
    struct http_request request = {.url = tiny_server_url(server, "/silent", url, sizeof url),
                                   .max_bytes = 10,
                                   .deadline_ms = clock_now_ms()};
    SCOPED(http_response) struct http_response response;
    assert_false(http_send(client, &request, &response, &err));
    assert_int_equal(err.kind, ERR_LATER);
}

static void a_download_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    char url[64];
    struct err err = {0};
    struct download_answer head;
    struct download_block block;
    const struct download_request silent = {.url = tiny_server_url(server, "/silent", url, sizeof url),
                                            .deadline_ms = clock_deadline(SHORT_MS)};
    assert_null(download_open(client, &silent, &head, &err));
    assert_int_equal(err.kind, ERR_LATER);
    const struct download_request slow = {.url = tiny_server_url(server, "/slow", url, sizeof url),
                                          .deadline_ms = clock_deadline(SHORT_MS)};
    SCOPED(download) struct download *download = download_open(client, &slow, &head, &err);
    while (download && download_read(download, &block, &err))
        assert_false(block.ended);
    assert_int_equal(err.kind, ERR_LATER);
}

static void the_look_up_of_a_name_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    expect_late("http://nowhere.invalid/");
    assert_true(resolver_asked > 0);
    resolver_release();
}

/* In the use of the budget: its place is too old. */
static void a_request_whose_connection_is_ready_too_late_is_not_sent(void **state)
{
    (void)state;
    char url[64];
    struct err err;
    struct http_request request = {.url = tiny_server_url(server, "/silent", url, sizeof url),
                                   .max_bytes = 10,
                                   .send_by_ms = clock_now_ms() - 1};
    SCOPED(http_response) struct http_response response;
    assert_false(http_send(client, &request, &response, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_true(response.was_late);
    assert_false(response.sent);
    assert_int_equal(tiny_server_requests(server), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_silent_peer_is_waited_for_until_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slow_body_is_waited_for_until_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deadline_that_has_passed_lets_nothing_begin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_download_is_waited_for_until_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_look_up_of_a_name_is_waited_for_until_the_deadline, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_request_whose_connection_is_ready_too_late_is_not_sent, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
