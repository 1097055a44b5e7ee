/* wire/http: the client's thread parses complete 2xx answers, and nothing that it has made is lost. */
#include "base/clock.h"
#include "base/text.h"
#include "unit/wire/http/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static atomic_int living; /* results that are not released yet */
static atomic_int made;

/* The length of the body plus the argument; the body gets an X. */
static void *measure(struct buf *body, uint64_t argument)
{
    uint64_t *sum = malloc(sizeof *sum);
    if (!sum)
        abort();
    *sum = body->length + argument;
    body->bytes[0] = 'X';
    atomic_fetch_add(&living, 1);
    atomic_fetch_add(&made, 1);
    return sum;
}

static void forget(void *parsed)
{
    atomic_fetch_sub(&living, 1);
    free(parsed);
}

static bool answer(const struct tiny_request *request)
{
    if (text_equal(request->path, "/refused"))
        tiny_send(request, "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nnot");
    else if (text_equal(request->path, "/cut"))
        tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\ncut");
    else
        tiny_answer(request, "whole");
    return !text_equal(request->path, "/cut");
}

static struct http_call *start(const char *path)
{
    char url[64];
    struct http_request request = {
        .url = tiny_server_url(server, path, url, sizeof url),
        .max_bytes = 100,
        .deadline_ms = clock_deadline(30000),
        .parser = {.parse = measure, .release = forget, .argument = 100},
    };
    return http_start(client, &request);
}

static void a_complete_answer_is_parsed_before_its_owner_gets_it(void **state)
{
    (void)state;
    struct err err;
    struct http_response response;
    assert_true(http_wait(start("/"), &response, &err));
    assert_non_null(response.parsed);
    assert_int_equal(*(uint64_t *)response.parsed, 105);
    assert_string_equal(buf_text(&response.body), "Xhole");
    assert_int_equal(living, 1);
    http_response_cleanup(&response);
    assert_int_equal(living, 0);
}

static void a_refusal_and_half_an_answer_are_not_parsed(void **state)
{
    (void)state;
    struct err err;
    int before = made;
    SCOPED(http_response) struct http_response refused;
    SCOPED(http_response) struct http_response cut;
    assert_true(http_wait(start("/refused"), &refused, &err));
    assert_null(refused.parsed);
    assert_string_equal(buf_text(&refused.body), "not");
    assert_false(http_wait(start("/cut"), &cut, &err));
    assert_null(cut.parsed);
    assert_int_equal(made, before);
}

/* Some before they are sent, some when their answers have come. */
static void of_cancelled_calls_nothing_stays(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        struct http_call *call = start("/");
        if (i % 2)
            assert_true(tiny_server_await_requests(server, i / 2 + 1));
        http_cancel(call);
    }
    http_client_release(client);
    client = NULL;
    assert_int_equal(living, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_complete_answer_is_parsed_before_its_owner_gets_it),
        WITH_SERVER(a_refusal_and_half_an_answer_are_not_parsed),
        WITH_SERVER(of_cancelled_calls_nothing_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
