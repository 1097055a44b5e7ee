/* wire/http: waits for the network that fail. */
#include "base/clock.h"
#include "unit/wire/http/client.h"

#include <errno.h>
#include <inttypes.h>
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

/* Between head and body the client has to wait; `/N`: so many of its waits fail. More than it tolerates take
 * it a second. */
static bool answer(const struct tiny_request *request)
{
    is_server = true;
    atomic_store(&failing, atoi(request->path + 1));
    tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
    usleep(failing > 20 ? 1500000 : 100000);
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

/* There are 50 ms after each; libcurl may poll more than once for one. */
static void a_wait_that_fails_again_and_again_is_never_repeated_at_once(void **state)
{
    (void)state;
    struct err err;
    SCOPED(http_response) struct http_response response;
    int64_t began_ms = clock_now_ms();
    assert_false(ask("/100000", &response, &err));
    usleep(300000);
    int64_t waits = 100000 - atomic_exchange(&failing, 0);
    int64_t took_ms = clock_now_ms() - began_ms;
    if (waits > took_ms / 10)
        fail_msg("%" PRId64 " waits in %" PRId64 " ms", waits, took_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(an_answer_survives_failed_waits),
        WITH_SERVER(a_wait_that_fails_again_and_again_is_never_repeated_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
