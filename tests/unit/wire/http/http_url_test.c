#include "wire/http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_encoded(const char *text, const char *encoded)
{
    SCOPED(buf) struct buf url = buf_make(1000);
    http_put_encoded(&url, text);
    assert_string_equal(buf_text(&url), encoded);
}

static void all_but_unreserved_is_percent_encoded(void **state)
{
    (void)state;
    expect_encoded("2018-09-20T22:43:13#7be9", "2018-09-20T22%3A43%3A13%237be9");
    expect_encoded("query:dd8a", "query%3Add8a");
    expect_encoded("aZ09-._~", "aZ09-._~");
    expect_encoded("a/b?c=d&e+f %", "a%2Fb%3Fc%3Dd%26e%2Bf%20%25");
    expect_encoded("\345\234\260", "%E5%9C%B0");
}

static void expect_safe(const char *url, const char *safe)
{
    char out[64];
    assert_string_equal(http_safe_url(url, out, sizeof out), safe);
}

static void a_safe_url_has_no_query_fragment_or_user(void **state)
{
    (void)state;
    expect_safe("https://host/path?X-Signature=s3cret", "https://host/path");
    expect_safe("https://host/path#s3cret", "https://host/path");
    expect_safe("https://user:s3cret@host:8080/a@b", "https://host:8080/a@b");
    expect_safe("https://s3c@ret@host", "https://host");
    expect_safe("https://host?next=http://other/s3cret", "https://host");
    expect_safe("host/path?next=http://other/s3cret", "host/path");
    expect_safe("user:s3cret@host/path", "host/path");
    expect_safe("", "");
}

static void a_safe_url_is_one_short_line(void **state)
{
    (void)state;
    char out[20];
    assert_string_equal(http_safe_url("http://h/a\r\nb", out, sizeof out), "http://h/a??b");
    assert_string_equal(http_safe_url("http://h/0123456789012345", out, sizeof out), "http://h/0123456…");
}

static void an_origin_is_scheme_host_and_port(void **state)
{
    (void)state;
    struct http_origin origin;
    assert_true(http_origin_of("HTTPS://Developer.API.autodesk.com/tokenflex/v1?x=1", &origin));
    assert_string_equal(origin.scheme, "https");
    assert_string_equal(origin.host, "developer.api.autodesk.com");
    assert_int_equal(origin.port, 443);
    assert_true(http_origin_of("http://[::1]:8080", &origin));
    assert_string_equal(origin.host, "[::1]");
    assert_int_equal(origin.port, 8080);
    assert_true(http_origin_of("https://developer.api.autodesk.com@evil.example/", &origin));
    assert_string_equal(origin.host, "evil.example");
}

static void what_is_no_http_url_has_no_origin(void **state)
{
    (void)state;
    struct http_origin origin;
    assert_false(http_origin_of("", &origin));
    assert_false(http_origin_of("/v1/usage", &origin));
    assert_false(http_origin_of("host/path", &origin));
    assert_false(http_origin_of("ftp://host/", &origin));
    assert_false(http_origin_of("file:///etc/passwd", &origin));
    assert_false(http_origin_of("http://host:99999/", &origin));
    assert_false(http_origin_of("http://ho st/", &origin));
}

static bool same(const char *left, const char *right)
{
    struct http_origin one;
    struct http_origin other;
    assert_true(http_origin_of(left, &one));
    assert_true(http_origin_of(right, &other));
    return http_same_origin(&one, &other);
}

static void origins_differ_by_scheme_host_or_port(void **state)
{
    (void)state;
    assert_true(same("https://host/a", "https://HOST:443/b?c"));
    assert_false(same("https://host", "http://host"));
    assert_false(same("https://host", "https://host:444"));
    assert_false(same("https://host", "https://host.example"));
}

static bool loopback(const char *url)
{
    struct http_origin origin;
    assert_true(http_origin_of(url, &origin));
    return http_is_loopback(&origin);
}

static void loopback_is_this_machine_alone(void **state)
{
    (void)state;
    assert_true(loopback("http://localhost:8080"));
    assert_true(loopback("http://127.0.0.1"));
    assert_true(loopback("http://127.1.2.3"));
    assert_true(loopback("http://[::1]/"));
    assert_false(loopback("http://128.0.0.1"));
    assert_false(loopback("http://localhost.example"));
    assert_false(loopback("http://127.0.0.1.example"));
    assert_false(loopback("http://[::2]/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_but_unreserved_is_percent_encoded),
        cmocka_unit_test(a_safe_url_has_no_query_fragment_or_user),
        cmocka_unit_test(a_safe_url_is_one_short_line),
        cmocka_unit_test(an_origin_is_scheme_host_and_port),
        cmocka_unit_test(what_is_no_http_url_has_no_origin),
        cmocka_unit_test(origins_differ_by_scheme_host_or_port),
        cmocka_unit_test(loopback_is_this_machine_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
