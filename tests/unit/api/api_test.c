/* api/api against a server of canned answers, without a limit on our side: what is asked again, and what is
 * final. */
#include "api/api.h"
#include "base/clock.h"
#include "unit/wire/http/tiny_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GIVEN_TOKEN "g1v3n-t0k3n"

static struct tiny_server *server;
static atomic_uint tokens_given;
static atomic_bool refuses_once; /* what begins with /once */

static void answer_status(const struct tiny_request *request, const char *status, const char *header,
                          const char *body)
{
    char text[1024];
    snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen(body),
             header, body);
    tiny_send(request, text);
}

static void give_token(const struct tiny_request *request)
{
    char body[128];
    snprintf(body, sizeof body, "{\"access_token\":\"token-%u\",\"expires_in\":3599}",
             atomic_fetch_add(&tokens_given, 1) + 1);
    tiny_answer(request, body);
}

static bool answer_in_part(const struct tiny_request *request)
{
    tiny_send(request, "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n{\"Mess");
    return false;
}

static bool answer(const struct tiny_request *request)
{
    const char *path = request->path;
    bool refused_once = strncmp(path, "/once", 5) == 0 && atomic_exchange(&refuses_once, false);
    if (strcmp(path, "/authentication/v2/token") == 0)
        give_token(request);
    else if (strcmp(path, "/needs-second-token") == 0 && !strstr(request->text, "Bearer token-2"))
        answer_status(request, "401 Unauthorized", "", "{\"developerMessage\":\"expired\"}");
    else if (strcmp(path, "/once/bad-gateway") == 0 && refused_once)
        answer_status(request, "502 Bad Gateway", "", "<html>");
    else if (strcmp(path, "/once/no-json") == 0 && refused_once)
        tiny_answer(request, "<html>");
    else if (strcmp(path, "/broken") == 0)
        answer_status(request, "500 Oops", "", "{\"Message\":\"out of order\"}");
    else if (strcmp(path, "/refused") == 0)
        answer_status(request, "400 Bad Request", "", "{\"Message\":\"unknown field usageDay\"}");
    else if (strcmp(path, "/forbidden") == 0)
        answer_status(request, "403 Forbidden", "", "{\"Message\":\"not yours\"}");
    else if (strcmp(path, "/forbidden-in-part") == 0)
        return answer_in_part(request);
    else if (strcmp(path, "/unauthorized") == 0)
        answer_status(request, "401 Unauthorized", "", "{\"developerMessage\":\"The token is wrong\"}");
    else if (strcmp(path, "/busy") == 0)
        answer_status(request, "429 Too Many Requests", "Retry-After: 3600\r\n", "{}");
    else
        tiny_answer(request, "good");
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

/* A worker's way to the server. */
struct way {
    struct settings settings;
    char base_url[64];
    struct api api;
    struct http_response response;
    struct err err;
    unsigned asked_before;
};

static void way_begin(struct way *way, enum auth_flow flow)
{
    *way = (struct way){.settings = {.api = {.retries = 1},
                                     .auth = {.flow = flow,
                                              .client_id = "client",
                                              .client_secret = "s3cret",
                                              .access_token = GIVEN_TOKEN}}};
    way->settings.api.base_url = tiny_server_url(server, "", way->base_url, sizeof way->base_url);
    way->api = (struct api){.settings = &way->settings,
                            .deadline_ms = clock_deadline(60000),
                            .queue = queue_make(&(struct budget){.account = "a"}, 300000)};
    way->api.http = http_client_make(&(struct http_options){0}, &way->err);
    assert_non_null(way->api.http);
    way->api.tokens = token_make(&way->settings, way->api.http);
    atomic_store(&tokens_given, 0);
    atomic_store(&refuses_once, true);
    way->asked_before = tiny_server_requests(server);
}

static void way_cleanup(struct way *way)
{
    http_response_cleanup(&way->response);
    queue_release(way->api.queue);
    token_release(way->api.tokens);
    http_client_release(way->api.http);
}

static bool accept_good(void *kind, struct buf *body, struct err *err)
{
    return strcmp(buf_text(body), "good") == 0 || err_set(err, *(enum err_kind *)kind, "no good body");
}

/* Sends a request whose body is refused with this kind where it is not "good". */
static bool ask(struct way *way, const char *path, const char *body, enum err_kind refusal)
{
    char url[128];
    snprintf(url, sizeof url, "%s%s", way->base_url, path);
    struct api_request request = {.method = body ? HTTP_POST : HTTP_GET,
                                  .url = url,
                                  .body = body,
                                  .contract = "11000000001",
                                  .what = "ask",
                                  .scope = "data:read",
                                  .max_bytes = 1000};
    return api_send(&way->api, &request, (struct api_acceptor){accept_good, &refusal}, &way->response,
                    &way->err);
}

static void must_answer(struct way *way, const char *path)
{
    if (!ask(way, path, NULL, ERR_UNAVAILABLE))
        fail_msg("%s", way->err.text);
    assert_string_equal(buf_text(&way->response.body), "good");
}

static void expect_failure(struct way *way, const char *path, enum err_kind kind, const char *text)
{
    assert_false(ask(way, path, NULL, ERR_UNAVAILABLE));
    assert_string_equal(way->err.text, text);
    assert_int_equal(way->err.kind, kind);
}

static void expect_requests(const struct way *way, unsigned count)
{
    assert_int_equal(tiny_server_requests(server) - way->asked_before, count);
    assert_int_equal(way->api.requests, count);
}

static void an_answer_costs_one_request(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    must_answer(&way, "/");
    expect_requests(&way, 1);
}

static void a_temporary_fault_is_asked_again(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    must_answer(&way, "/once/bad-gateway");
    expect_requests(&way, 2);
}

static void a_body_that_is_no_answer_is_asked_for_again(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    must_answer(&way, "/once/no-json");
    expect_requests(&way, 2);
}

static void a_body_that_is_refused_for_good_is_final(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    assert_false(ask(&way, "/once/no-json", NULL, ERR_DATA));
    assert_int_equal(way.err.kind, ERR_DATA);
    assert_string_equal(way.err.text, "cannot ask: no good body");
    expect_requests(&way, 1);
}

static void a_fault_that_does_not_pass_is_told_after_the_last_retry(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    expect_failure(&way, "/broken", ERR_UNAVAILABLE, "cannot ask: the service answered 500: out of order");
    assert_int_equal(way.response.status, 500);
    expect_requests(&way, 2);
}

static void a_refused_request_is_told_with_what_was_sent(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    assert_false(ask(&way, "/refused", "{\"fields\":[\"usageDay\"]}", ERR_UNAVAILABLE));
    assert_int_equal(way.err.kind, ERR_CONFIG);
    assert_string_equal(way.err.text,
                        "cannot ask: the service refuses the request (400): unknown field usageDay; "
                        "sent was {\"fields\":[\"usageDay\"]}");
    expect_requests(&way, 1);
}

static void a_forbidden_request_names_contract_and_scope(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    expect_failure(&way, "/forbidden", ERR_AUTH, "cannot ask: the service forbids it (403): not yours");
    assert_non_null(strstr(way.err.hint, "contract 11000000001"));
    assert_non_null(strstr(way.err.hint, "data:read"));
    expect_requests(&way, 1);
}

/* The status says what to do. */
static void a_refusal_whose_body_is_cut_off_is_a_refusal(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    expect_failure(&way, "/forbidden-in-part", ERR_AUTH, "cannot ask: the service forbids it (403)");
    expect_requests(&way, 1);
}

static void a_given_token_that_is_refused_is_final(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    expect_failure(&way, "/unauthorized", ERR_AUTH,
                   "cannot ask: the service refuses the access token (401): The token is wrong");
    assert_null(strstr(way.err.hint, GIVEN_TOKEN));
    expect_requests(&way, 1);
}

/* The token endpoint is no part of the budget: four requests on the wire, two that count. */
static void a_fetched_token_that_is_refused_is_fetched_anew_once(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_CLIENT_CREDENTIALS);
    must_answer(&way, "/needs-second-token");
    assert_int_equal(atomic_load(&tokens_given), 2);
    assert_int_equal(way.api.requests, 2);
}

static void a_second_401_is_final(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_CLIENT_CREDENTIALS);
    expect_failure(&way, "/unauthorized", ERR_AUTH,
                   "cannot ask: the service refuses the access token (401): The token is wrong");
    assert_int_equal(way.api.requests, 2);
}

static void a_token_is_fetched_once_for_many_requests(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_CLIENT_CREDENTIALS);
    for (int i = 0; i < 3; i++) {
        must_answer(&way, "/");
        http_response_cleanup(&way.response);
    }
    assert_int_equal(atomic_load(&tokens_given), 1);
}

static void a_wait_past_the_deadline_is_not_begun(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    way.api.deadline_ms = clock_deadline(1800000);
    expect_failure(
        &way, "/busy", ERR_LATER,
        "cannot ask: waiting 3600 s more would pass the job's timeout: the service asks to wait (429)");
    expect_requests(&way, 1);
}

static void nothing_is_asked_after_the_deadline(void **state)
{
    (void)state;
    SCOPED(way) struct way way;
    way_begin(&way, AUTH_ACCESS_TOKEN);
    way.api.deadline_ms = clock_now_ms();
    expect_failure(&way, "/", ERR_LATER, "cannot ask: the job's timeout has passed");
    expect_requests(&way, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_costs_one_request),
        cmocka_unit_test(a_temporary_fault_is_asked_again),
        cmocka_unit_test(a_body_that_is_no_answer_is_asked_for_again),
        cmocka_unit_test(a_body_that_is_refused_for_good_is_final),
        cmocka_unit_test(a_fault_that_does_not_pass_is_told_after_the_last_retry),
        cmocka_unit_test(a_refused_request_is_told_with_what_was_sent),
        cmocka_unit_test(a_forbidden_request_names_contract_and_scope),
        cmocka_unit_test(a_refusal_whose_body_is_cut_off_is_a_refusal),
        cmocka_unit_test(a_given_token_that_is_refused_is_final),
        cmocka_unit_test(a_fetched_token_that_is_refused_is_fetched_anew_once),
        cmocka_unit_test(a_second_401_is_final),
        cmocka_unit_test(a_token_is_fetched_once_for_many_requests),
        cmocka_unit_test(a_wait_past_the_deadline_is_not_begun),
        cmocka_unit_test(nothing_is_asked_after_the_deadline),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
