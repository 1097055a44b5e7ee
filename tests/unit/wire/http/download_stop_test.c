#include "base/stop.h"
#include "unit/wire/http/tiny_server.h"
#include "wire/http/download.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* A program of its own: a stop stays. What does not heed it waits longer than the test may take. */

static bool answer(const struct tiny_request *request)
{
    tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nfirst");
    tiny_await_close(request);
    return false;
}

static void a_stop_ends_a_download_at_once_and_those_that_come_after(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(stop_install(&err));
    struct tiny_server *server = tiny_server_start(answer);
    struct http_options options = {.stall_timeout_ms = 3600000};
    struct http_client *client = http_client_make(&options, &err);
    char url[64];
    struct download_request request = {.url = tiny_server_url(server, "/", url, sizeof url)};
    struct download_answer head;
    struct download_block block;
    struct download *download = download_open(client, &request, &head, &err);
    assert_non_null(download);
    assert_true(download_read(download, &block, &err));
    assert_int_equal(block.length, 5);

    raise(SIGTERM);
    assert_false(download_read(download, &block, &err));
    assert_int_equal(err.kind, ERR_STOPPED);
    assert_null(download_open(client, &request, &head, &err));
    assert_int_equal(err.kind, ERR_STOPPED);
    assert_int_equal(tiny_server_requests(server), 1);
    download_close(download);
    http_client_release(client);
    tiny_server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_ends_a_download_at_once_and_those_that_come_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
