/* wire/http: waits for the network that fail. */
#include "base/clock.h"
#include "unit/wire/http/client.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* How many waits of the client fail from now on. */
static atomic_int failing;
static _Thread_local bool is_server;

/* In place of the C library's, also for libcurl. */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    if (!is_server && atomic_load(&failing) > 0) {
        atomic_fetch_sub(&failing, 1);
        errno = ENOMEM;
        return -1;
    }
    struct timespec timeout = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};
    return (int)syscall(SYS_ppoll, fds, count, timeout_ms < 0 ? NULL : &timeout, NULL, 0);
}

/* Between head and body the client has to wait; `/N`: so many of its waits fail. */
static bool answer(const struct tiny_request *request)
{
    is_server = true;
    atomic_store(&failing, atoi(request->path + 1));
    tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
    usleep(100000);
    tiny_send(request, "answer");
    return true;
}

static bool ask(const char *path, struct http_response *response, struct err *err)
{
    char url[64];
    tiny_server_url(server, path, url, sizeof url);
    struct http_request request = {.url = url, .max_bytes = 100, .deadline_ms = clock_deadline(30000)};
    return http_send(client, &request, response, err);
}

static void an_answer_survives_failed_waits(void **state)
{
    (void)state;
    static const char *const paths[] = {"/0", "/1", "/5"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct err err;
        SCOPED(http_response) struct http_response response;
        assert_true(ask(paths[i], &response, &err));
        assert_string_equal(buf_text(&response.body), "answer");
        assert_int_equal(tiny_server_requests(server), i + 1);
        assert_int_equal(failing, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_SERVER(an_answer_survives_failed_waits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
