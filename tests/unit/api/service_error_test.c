#include "api/service_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_text(const char *body, const char *expected)
{
    struct http_response response = {.status = 400, .body = buf_make(4096)};
    char out[64];
    assert_true(buf_append_text(&response.body, body));
    assert_string_equal(service_error_text(&response, out, sizeof out), expected);
    buf_release(&response.body);
}

static void the_message_of_a_refused_request_is_told(void **state)
{
    (void)state;
    expect_text("{\"Code\":\"BadRequestError\",\"Message\":\"unknown field usageDay\"}",
                "unknown field usageDay");
}

static void the_message_of_a_refused_token_is_told(void **state)
{
    (void)state;
    expect_text("{\"developerMessage\":\"The access token is expired\",\"userMessage\":\"\","
                "\"errorCode\":\"AUTH-006\",\"more info\":\"see the documentation\"}",
                "The access token is expired");
}

static void the_description_of_an_oauth_error_is_told(void **state)
{
    (void)state;
    expect_text("{\"error\":\"invalid_client\",\"error_description\":\"Client authentication failed\"}",
                "Client authentication failed");
    expect_text("{\"error\":\"invalid_client\"}", "invalid_client");
}

static void an_empty_message_gives_way_to_the_next(void **state)
{
    (void)state;
    expect_text("{\"Message\":\"\",\"developerMessage\":\"Quota limit exceeded.\"}", "Quota limit exceeded.");
}

static void a_message_that_is_no_text_is_passed_over(void **state)
{
    (void)state;
    expect_text("{\"Message\":{\"nested\":true},\"message\":\"the other\"}", "the other");
    expect_text("{\"Message\":42}", "");
    expect_text("{\"Message\":null}", "");
}

static void a_body_that_is_no_object_says_nothing(void **state)
{
    (void)state;
    expect_text("", "");
    expect_text("<html><body>502 Bad Gateway</body></html>", "");
    expect_text("[\"Message\"]", "");
    expect_text("{\"Message\":\"cut", "");
}

static void a_message_becomes_one_short_line(void **state)
{
    (void)state;
    expect_text("{\"Message\":\"two\\nlines\\u001b[31m\"}", "two?lines?[31m");
    expect_text("{\"Message\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}",
                "012345678901234567890123456789012345678901234567890123456789…");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_of_a_refused_request_is_told),
        cmocka_unit_test(the_message_of_a_refused_token_is_told),
        cmocka_unit_test(the_description_of_an_oauth_error_is_told),
        cmocka_unit_test(an_empty_message_gives_way_to_the_next),
        cmocka_unit_test(a_message_that_is_no_text_is_passed_over),
        cmocka_unit_test(a_body_that_is_no_object_says_nothing),
        cmocka_unit_test(a_message_becomes_one_short_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
