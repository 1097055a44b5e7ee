/* wire/http and wire/download against a server that closes the connection inside its answer's header. */
#include "base/text.h"
#include "unit/wire/http/client.h"
#include "wire/http/download.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "/N" sends number N of them. */
static const char *const headers[] = {
    "HTTP/1.1 20",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\nContent-Le",
    "HTTP/1.1 200 OK\r\nContent-Length: 0",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
    "HTTP/1.0 200 OK\r\n",
    "HTTP/1.1 204 No Content\r\nDate: now\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /whole\r\n",
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n",
    "HTTP/1.1 404 Not Found\r\n",
    "HTTP/1.1 429 Too Many\r\nRetry-After: 17\r\n",
    "HTTP/1.1 103 Early Hints\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n",
};

static bool answer(const struct tiny_request *request)
{
    if (text_equal(request->path, "/whole"))
        tiny_answer(request, "whole");
    else
        tiny_send(request, headers[strtoul(request->path + 1, NULL, 10)]);
    return false;
}

static const char *url_of(size_t number, char *out, size_t size)
{
    char path[32];
    snprintf(path, sizeof path, "/%zu", number);
    return tiny_server_url(server, path, out, size);
}

static void expect_no_answer(const struct err *err)
{
    assert_int_equal(err->kind, ERR_UNAVAILABLE);
    if (!strstr(err->text, "no answer came"))
        fail_msg("%s", err->text);
}

static void expect_request_fails(enum http_method method)
{
    char url[64];
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct err err = {0};
        SCOPED(http_response) struct http_response response = {0};
        struct http_request request = {
            .method = method, .url = url_of(i, url, sizeof url), .max_bytes = 1000};
        if (http_send(client, &request, &response, &err))
            fail_msg("taken for an answer: %s", headers[i]);
        expect_no_answer(&err);
        assert_int_equal(response.status, 0);
        assert_string_equal(response.retry_after, "");
        assert_string_equal(response.date, "");
        assert_true(response.sent);
    }
}

static void a_request_has_no_answer(void **state)
{
    (void)state;
    expect_request_fails(HTTP_GET);
    expect_request_fails(HTTP_POST);
    expect_request_fails(HTTP_DELETE);
}

static void a_download_has_no_answer(void **state)
{
    (void)state;
    char url[64];
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct err err = {0};
        struct download_answer head;
        struct download_request request = {.url = url_of(i, url, sizeof url)};
        if (download_open(client, &request, &head, &err))
            fail_msg("taken for an answer: %s", headers[i]);
        expect_no_answer(&err);
    }
    assert_int_equal(tiny_server_requests(server), COUNT_OF(headers));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_request_has_no_answer),
        WITH_SERVER(a_download_has_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
