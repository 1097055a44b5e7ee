#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "unit/wire/http/client.h"
#include "wire/http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LARGE 65536

/* "compressed", and a thousand times `a`. */
static const char gzipped[] =
    "\037\213\010\000\000\000\000\000\002\377\113\316\317\055\050\112\055\056\116\115\001\000"
    "\036\113\126\227\012\000\000\000";
static const char gzipped_thousand[] = "\037\213\010\000\000\000\000\000\002\377\113\114\034\005\243\140\024"
                                       "\014\167\000\000\003\332\070\232\350\003\000\000";

static void answer_gzipped(const struct tiny_request *request, const char *bytes, size_t length)
{
    char head[128];
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
             length);
    tiny_send(request, head);
    tiny_send_bytes(request, bytes, length);
}

static void answer_large(const struct tiny_request *request)
{
    char *body = malloc(LARGE + 1);
    memset(body, 'x', LARGE);
    body[LARGE] = '\0';
    tiny_answer(request, body);
    free(body);
}

/* Whole answers. */
static bool answer_well(const struct tiny_request *request)
{
    if (text_starts_with(request->path, "/echo"))
        tiny_answer(request, request->text);
    else if (text_starts_with(request->path, "/together"))
        tiny_answer(request, tiny_server_await_requests(request->server, 4) ? "together" : "alone");
    else if (text_starts_with(request->path, "/limited"))
        tiny_send(request, "HTTP/1.1 429 Too Many\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: "
                           "17\r\nContent-Length: 0\r\n\r\n");
    else if (text_starts_with(request->path, "/moved"))
        tiny_send(request, "HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n");
    else if (text_starts_with(request->path, "/gzipped-thousand"))
        answer_gzipped(request, gzipped_thousand, sizeof gzipped_thousand - 1);
    else if (text_starts_with(request->path, "/gzipped"))
        answer_gzipped(request, gzipped, sizeof gzipped - 1);
    else if (text_starts_with(request->path, "/large"))
        answer_large(request);
    else
        return false;
    return true;
}

/* Answers cut, broken or never given; each ends its connection. */
static bool answer(const struct tiny_request *request)
{
    if (answer_well(request))
        return true;
    if (text_starts_with(request->path, "/cut-chunk"))
        tiny_send(request, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n");
    else if (text_starts_with(request->path, "/cut"))
        tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
    else if (text_starts_with(request->path, "/garbage"))
        tiny_send(request, "this is not HTTP\r\n\r\n");
    else if (text_starts_with(request->path, "/half"))
        tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
    if (text_starts_with(request->path, "/half") || text_starts_with(request->path, "/silent"))
        tiny_await_close(request);
    return false;
}

static struct http_call *start(const char *path, struct http_request request)
{
    char url[256];
    request.url = tiny_server_url(server, path, url, sizeof url);
    if (!request.max_bytes)
        request.max_bytes = 1 << 20;
    return http_start(client, &request);
}

/* Sends, and expects an answer of this status. The caller releases it. */
static struct http_response expect_status(const char *path, struct http_request request, int status)
{
    struct err err;
    struct http_response response;
    if (!http_wait(start(path, request), &response, &err))
        fail_msg("%s", err.text);
    assert_int_equal(response.status, status);
    return response;
}

static void expect_answered(const char *path, struct http_request request, int status)
{
    struct http_response response = expect_status(path, request, status);
    http_response_cleanup(&response);
}

static void expect_failure(struct http_call *call, enum err_kind kind, const char *part)
{
    struct err err;
    SCOPED(http_response) struct http_response response;
    assert_false(http_wait(call, &response, &err));
    assert_int_equal(err.kind, kind);
    if (!strstr(err.text, part))
        fail_msg("`%s` does not say `%s`", err.text, part);
    assert_int_equal(response.body.length, 0);
}

static void a_request_carries_what_it_was_given(void **state)
{
    (void)state;
    struct http_request request = {.method = HTTP_POST, .bearer = "t0ken", .body = "{\"fields\":[]}"};
    SCOPED(http_response) struct http_response response = expect_status("/echo?limit=5", request, 200);
    const char *text = buf_text(&response.body);
    assert_true(text_starts_with(text, "POST /echo?limit=5 HTTP/1.1\r\n"));
    assert_non_null(strstr(text, "\r\nAuthorization: Bearer t0ken\r\n"));
    assert_non_null(strstr(text, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(text, "\r\nUser-Agent: test/1\r\n"));
    assert_non_null(strstr(text, "\r\n\r\n{\"fields\":[]}"));
    assert_null(strstr(text, "Expect:"));
    assert_string_equal(response.content_type, "text/plain");
}

static void basic_credentials_and_form_type_are_sent(void **state)
{
    (void)state;
    struct http_request request = {.method = HTTP_POST,
                                   .basic = "id:secret",
                                   .content_type = "application/x-www-form-urlencoded",
                                   .body = "grant_type=refresh_token"};
    SCOPED(http_response) struct http_response response = expect_status("/echo", request, 200);
    assert_non_null(strstr(buf_text(&response.body), "\r\nAuthorization: Basic aWQ6c2VjcmV0\r\n"));
    assert_non_null(
        strstr(buf_text(&response.body), "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
}

static void a_post_without_body_has_length_zero_and_no_type(void **state)
{
    (void)state;
    SCOPED(http_response)
    struct http_response response = expect_status("/echo", (struct http_request){.method = HTTP_POST}, 200);
    assert_non_null(strstr(buf_text(&response.body), "\r\nContent-Length: 0\r\n"));
    assert_null(strstr(buf_text(&response.body), "Content-Type"));
}

static void delete_is_sent_as_delete(void **state)
{
    (void)state;
    SCOPED(http_response)
    struct http_response response = expect_status("/echo", (struct http_request){.method = HTTP_DELETE}, 200);
    assert_true(text_starts_with(buf_text(&response.body), "DELETE /echo HTTP/1.1\r\n"));
}

static void calls_are_in_flight_together(void **state)
{
    (void)state;
    struct http_call *calls[4];
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        calls[i] = start("/together", (struct http_request){.method = HTTP_GET});
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct err err;
        SCOPED(http_response) struct http_response response;
        assert_true(http_wait(calls[i], &response, &err));
        assert_string_equal(buf_text(&response.body), "together");
    }
}

static void a_connection_is_kept_for_the_next_request(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        expect_answered("/echo", (struct http_request){.method = HTTP_GET}, 200);
    assert_int_equal(tiny_server_connections(server), 1);
}

/* A kept connection may be dead already: whether a POST on it had an effect would not be known. */
static void a_post_is_sent_on_a_new_connection(void **state)
{
    (void)state;
    expect_answered("/echo", (struct http_request){.method = HTTP_GET}, 200);
    expect_answered("/echo", (struct http_request){.method = HTTP_POST, .body = "{}"}, 200);
    assert_int_equal(tiny_server_connections(server), 2);
}

static void a_post_whose_answer_is_lost_is_not_sent_again(void **state)
{
    (void)state;
    expect_answered("/echo", (struct http_request){.method = HTTP_GET}, 200);
    expect_failure(start("/closed", (struct http_request){.method = HTTP_POST, .body = "{}"}),
                   ERR_UNAVAILABLE, "no answer came");
    assert_int_equal(tiny_server_requests(server), 2);
}

static void a_redirect_is_an_answer(void **state)
{
    (void)state;
    expect_answered("/moved", (struct http_request){.method = HTTP_GET, .bearer = "t0ken"}, 302);
    assert_int_equal(tiny_server_requests(server), 1);
}

static void retry_after_and_date_are_kept_as_they_came(void **state)
{
    (void)state;
    SCOPED(http_response)
    struct http_response limited = expect_status("/limited", (struct http_request){.method = HTTP_GET}, 429);
    assert_string_equal(limited.retry_after, "17");
    assert_string_equal(limited.date, "Sun, 06 Nov 1994 08:49:37 GMT");
    SCOPED(http_response)
    struct http_response other = expect_status("/echo", (struct http_request){.method = HTTP_GET}, 200);
    assert_string_equal(other.retry_after, "");
    assert_string_equal(other.date, "");
}

static void a_compressed_answer_is_decompressed(void **state)
{
    (void)state;
    SCOPED(http_response)
    struct http_response response = expect_status("/gzipped", (struct http_request){.method = HTTP_GET}, 200);
    assert_string_equal(buf_text(&response.body), "compressed");
}

static void an_answer_of_just_the_ceiling_is_taken(void **state)
{
    (void)state;
    struct http_request request = {.method = HTTP_GET, .max_bytes = LARGE};
    SCOPED(http_response) struct http_response response = expect_status("/large", request, 200);
    assert_int_equal(response.body.length, LARGE);
}

static void an_answer_past_the_ceiling_is_refused(void **state)
{
    (void)state;
    expect_failure(start("/large", (struct http_request){.method = HTTP_GET, .max_bytes = LARGE - 1}),
                   ERR_DATA, "/large: answer larger than 65535 bytes");
}

static void the_ceiling_counts_decompressed_bytes(void **state)
{
    (void)state;
    expect_failure(start("/gzipped-thousand", (struct http_request){.method = HTTP_GET, .max_bytes = 999}),
                   ERR_DATA, "answer larger than 999 bytes");
}

static void a_cut_answer_is_no_answer(void **state)
{
    (void)state;
    expect_failure(start("/cut", (struct http_request){.method = HTTP_GET}), ERR_UNAVAILABLE,
                   "the answer was cut short after 10 bytes");
    expect_failure(start("/cut-chunk", (struct http_request){.method = HTTP_GET}), ERR_UNAVAILABLE,
                   "the answer was cut short after 6 bytes");
    expect_failure(start("/garbage", (struct http_request){.method = HTTP_GET}), ERR_UNAVAILABLE, "HTTP/0.9");
}

static void a_refused_connection_says_what_to_check(void **state)
{
    (void)state;
    struct err err;
    struct http_response response;
    struct tiny_server *gone = tiny_server_start(answer);
    char url[64];
    struct http_request request = {.url = tiny_server_url(gone, "/x?q=s3cret", url, sizeof url),
                                   .max_bytes = 10};
    char expected[128];
    snprintf(expected, sizeof expected, "GET http://127.0.0.1:%u/x: ", tiny_server_port(gone));
    tiny_server_stop(gone);
    assert_false(http_send(client, &request, &response, &err));
    http_response_cleanup(&response);
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_true(text_starts_with(err.text, expected));
    assert_non_null(strstr(err.hint, "https_proxy"));
    assert_null(strstr(err.text, "s3cret"));
}

static void expect_not_sent(const char *url, const char *bearer)
{
    struct err err;
    SCOPED(http_response) struct http_response response;
    struct http_request request = {.url = url, .bearer = bearer, .max_bytes = 10};
    assert_false(http_send(client, &request, &response, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_null(strstr(err.text, "s3cret"));
}

static void what_is_no_proper_request_is_not_sent(void **state)
{
    (void)state;
    char url[64];
    expect_not_sent("file:///etc/passwd", NULL);
    expect_not_sent("/relative?s3cret", NULL);
    expect_not_sent("http://user:s3cret@127.0.0.1/", NULL);
    expect_not_sent(tiny_server_url(server, "/echo", url, sizeof url), "s3cret\r\nX-Other: 1");
    assert_int_equal(tiny_server_requests(server), 0);
}

static void a_stalled_answer_ends(void **state)
{
    (void)state;
    struct err err;
    struct http_options options = {.stall_timeout_ms = 200};
    struct http_client *impatient = http_client_make(&options, &err);
    const char *paths[] = {"/silent", "/half"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        char url[64];
        struct http_request request = {.url = tiny_server_url(server, paths[i], url, sizeof url),
                                       .max_bytes = 1000};
        int64_t begun = clock_now_ms();
        expect_failure(http_start(impatient, &request), ERR_UNAVAILABLE, "no data arrived for 200ms");
        assert_true(clock_now_ms() - begun >= 200);
    }
    http_client_release(impatient);
}

static void a_call_takes_no_longer_than_its_timeout(void **state)
{
    (void)state;
    int64_t begun = clock_now_ms();
    expect_failure(start("/half", (struct http_request){.method = HTTP_GET, .timeout_ms = 300}),
                   ERR_UNAVAILABLE, "timed out after");
    assert_true(clock_now_ms() - begun >= 250);
}

static void of_a_secret_url_messages_show_the_host_alone(void **state)
{
    (void)state;
    struct err err;
    SCOPED(http_response) struct http_response response;
    struct http_request request = {.method = HTTP_POST, .url_is_secret = true};
    assert_false(http_wait(start("/cut/s3cret?key=s3cret", request), &response, &err));
    assert_non_null(strstr(err.text, "POST http://127.0.0.1:"));
    assert_null(strstr(err.text, "cut/"));
    assert_null(strstr(err.text, "s3cret"));
}

static void a_cancelled_call_ends_its_connection(void **state)
{
    (void)state;
    http_cancel(start("/echo", (struct http_request){.method = HTTP_GET}));
    struct http_call *silent = start("/silent", (struct http_request){.method = HTTP_GET});
    assert_true(tiny_server_await_requests(server, 1));
    http_cancel(silent);
    http_cancel(NULL);
    expect_answered("/echo", (struct http_request){.method = HTTP_GET}, 200);
}

static void a_finished_call_can_be_cancelled(void **state)
{
    (void)state;
    struct http_call *finished = start("/echo", (struct http_request){.method = HTTP_GET});
    expect_answered("/echo", (struct http_request){.method = HTTP_GET}, 200);
    http_cancel(finished);
}

static void calls_outlive_their_client(void **state)
{
    (void)state;
    struct err err;
    struct http_options options = {0};
    struct http_client *released = http_client_make(&options, &err);
    char url[64];
    struct http_request request = {.url = tiny_server_url(server, "/silent", url, sizeof url),
                                   .max_bytes = 1000};
    struct http_call *waited = http_start(released, &request);
    struct http_call *cancelled = http_start(released, &request);
    http_client_release(released);
    expect_failure(waited, ERR_UNAVAILABLE, "cancelled before an answer arrived");
    http_cancel(cancelled);
}

static void the_log_has_one_line_a_request_and_no_secret(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    struct log_options options = {.fd = fileno(file), .level = LOG_DEBUG, .format = LOG_JSON};
    log_setup(&options);
    expect_answered("/echo?signature=s3cret",
                    (struct http_request){.method = HTTP_POST, .bearer = "s3cret", .body = "s3cret"}, 200);
    log_setup(&(struct log_options){.fd = STDERR_FILENO, .level = LOG_INFO, .format = LOG_TEXT});
    char line[2048] = "";
    rewind(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_non_null(strstr(line, "\"event\":\"http-request\""));
    assert_non_null(strstr(line, "POST http://127.0.0.1:"));
    assert_non_null(strstr(line, "/echo: 200, "));
    assert_null(strstr(line, "s3cret"));
    assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_request_carries_what_it_was_given),
        WITH_SERVER(basic_credentials_and_form_type_are_sent),
        WITH_SERVER(a_post_without_body_has_length_zero_and_no_type),
        WITH_SERVER(delete_is_sent_as_delete),
        WITH_SERVER(calls_are_in_flight_together),
        WITH_SERVER(a_connection_is_kept_for_the_next_request),
        WITH_SERVER(a_post_is_sent_on_a_new_connection),
        WITH_SERVER(a_post_whose_answer_is_lost_is_not_sent_again),
        WITH_SERVER(a_redirect_is_an_answer),
        WITH_SERVER(retry_after_and_date_are_kept_as_they_came),
        WITH_SERVER(a_compressed_answer_is_decompressed),
        WITH_SERVER(an_answer_of_just_the_ceiling_is_taken),
        WITH_SERVER(an_answer_past_the_ceiling_is_refused),
        WITH_SERVER(the_ceiling_counts_decompressed_bytes),
        WITH_SERVER(a_cut_answer_is_no_answer),
        WITH_SERVER(a_refused_connection_says_what_to_check),
        WITH_SERVER(what_is_no_proper_request_is_not_sent),
        WITH_SERVER(a_stalled_answer_ends),
        WITH_SERVER(a_call_takes_no_longer_than_its_timeout),
        WITH_SERVER(of_a_secret_url_messages_show_the_host_alone),
        WITH_SERVER(a_cancelled_call_ends_its_connection),
        WITH_SERVER(a_finished_call_can_be_cancelled),
        WITH_SERVER(calls_outlive_their_client),
        WITH_SERVER(the_log_has_one_line_a_request_and_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
