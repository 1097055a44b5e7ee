#include "api/url.h"
#include "base/macros.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BASE "https://developer.api.autodesk.com"
#define RESOLVED BASE "/tokenflex/v1/usage/11000000001/query/dd886b5f"

static void expect_detail(const char *base_url, const char *detail_uri, const char *expected)
{
    struct err err = {0};
    SCOPED(buf) struct buf url = buf_make(4096);
    if (!url_put_detail(&url, base_url, detail_uri, &err))
        fail_msg("%s: %s", detail_uri, err.text);
    assert_string_equal(buf_text(&url), expected);
}

/* Refused, with nothing of it in the URL. */
static void expect_refused(const char *base_url, const char *detail_uri)
{
    struct err err = {0};
    SCOPED(buf) struct buf url = buf_make(4096);
    if (url_put_detail(&url, base_url, detail_uri, &err))
        fail_msg("%s was followed to %s", detail_uri, buf_text(&url));
    assert_int_equal(err.kind, ERR_DATA);
    assert_int_equal(url.length, 0);
}

static void a_query_is_submitted_to_its_contract(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    url_put_submit(&url, BASE, "11000000001");
    assert_string_equal(buf_text(&url), BASE "/tokenflex/v1/usage/11000000001/query");
}

static void a_contract_cannot_leave_its_place_in_the_path(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    url_put_submit(&url, BASE, "../1?x=#\n");
    assert_string_equal(buf_text(&url), BASE "/tokenflex/v1/usage/..%2F1%3Fx%3D%23%0A/query");
}

static void a_contract_is_asked_for_by_its_number(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    url_put_contract(&url, BASE, "1/2");
    assert_string_equal(buf_text(&url), BASE "/tokenflex/v1/contract/1%2F2");
}

static void a_bare_id_follows_the_contract(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    url_put_query(&url, BASE, "11000000001", "dd886b5f");
    assert_string_equal(buf_text(&url), BASE "/tokenflex/v1/usage/11000000001/query/dd886b5f");
}

static void a_prefixed_id_is_percent_encoded(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    url_put_query(&url, BASE, "11000000001", "query:dd8a8fa0");
    assert_string_equal(buf_text(&url), BASE "/tokenflex/v1/usage/11000000001/query/query%3Add8a8fa0");
}

static void an_id_cannot_leave_its_place_in_the_path(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    url_put_query(&url, BASE, "1", "a/../b?c=d&e#f\\ \"%2F@\r\n\xC3\xA4");
    assert_string_equal(
        buf_text(&url),
        BASE "/tokenflex/v1/usage/1/query/a%2F..%2Fb%3Fc%3Dd%26e%23f%5C%20%22%252F%40%0D%0A%C3%A4");
}

static void a_detail_uri_with_the_root_is_resolved_against_the_host(void **state)
{
    (void)state;
    expect_detail(BASE, "/tokenflex/v1/usage/11000000001/query/dd886b5f", RESOLVED);
}

static void a_detail_uri_from_v1_on_gets_the_root(void **state)
{
    (void)state;
    expect_detail(BASE, "/v1/usage/11000000001/query/dd886b5f", RESOLVED);
}

static void a_detail_uri_without_any_root_gets_it(void **state)
{
    (void)state;
    expect_detail(BASE, "/usage/11000000001/query/dd886b5f", RESOLVED);
}

static void a_detail_uri_without_a_slash_at_its_beginning_is_the_same(void **state)
{
    (void)state;
    expect_detail(BASE, "tokenflex/v1/usage/11000000001/query/dd886b5f", RESOLVED);
    expect_detail(BASE, "v1/usage/11000000001/query/dd886b5f", RESOLVED);
    expect_detail(BASE, "usage/11000000001/query/dd886b5f", RESOLVED);
}

static void an_absolute_url_to_the_api_is_followed(void **state)
{
    (void)state;
    expect_detail(BASE, RESOLVED, RESOLVED);
    expect_detail(BASE, "HTTPS://Developer.API.Autodesk.com/tokenflex/v1/usage/11000000001/query/dd886b5f",
                  RESOLVED);
    expect_detail(BASE, BASE ":443/tokenflex/v1/usage/11000000001/query/dd886b5f", RESOLVED);
    expect_detail("http://127.0.0.1:8080", "http://127.0.0.1:8080/tokenflex/v1/usage/1/query/2",
                  "http://127.0.0.1:8080/tokenflex/v1/usage/1/query/2");
}

static void an_absolute_url_without_the_root_gets_it(void **state)
{
    (void)state;
    expect_detail(BASE, BASE "/v1/usage/11000000001/query/dd886b5f", RESOLVED);
}

static void the_path_of_the_base_url_comes_once(void **state)
{
    (void)state;
    static const char proxy[] = "https://proxy.example/apis";
    static const char resolved[] = "https://proxy.example/apis/tokenflex/v1/usage/1/query/2";
    expect_detail(proxy, resolved, resolved);
    expect_detail(proxy, "/apis/tokenflex/v1/usage/1/query/2", resolved);
    expect_detail(proxy, "https://proxy.example/apis/v1/usage/1/query/2", resolved);
    expect_detail(proxy, "https://proxy.example/v1/usage/1/query/2", resolved);
    expect_detail(proxy, "/tokenflex/v1/usage/1/query/2", resolved);
    expect_detail("https://proxy.example/tokenflex", "/tokenflex/v1/usage/1/query/2",
                  "https://proxy.example/tokenflex/tokenflex/v1/usage/1/query/2");
    expect_detail(proxy, "/apisx/1", "https://proxy.example/apis/tokenflex/v1/apisx/1");
}

static void what_only_begins_like_the_root_is_not_the_root(void **state)
{
    (void)state;
    expect_detail(BASE, "/tokenflex/v1beta/x", BASE "/tokenflex/v1/tokenflex/v1beta/x");
    expect_detail(BASE, "/v10/x", BASE "/tokenflex/v1/v10/x");
}

static void the_query_of_a_detail_uri_is_kept(void **state)
{
    (void)state;
    expect_detail(BASE, "/v1/usage/1/query/2?token=a%3Db", BASE "/tokenflex/v1/usage/1/query/2?token=a%3Db");
}

static void an_url_inside_the_query_is_no_absolute_url(void **state)
{
    (void)state;
    expect_detail(BASE, "/v1/usage/1/query/2?from=http://evil.example",
                  BASE "/tokenflex/v1/usage/1/query/2?from=http://evil.example");
}

static void another_host_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, "https://evil.example/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "https://developer.api.autodesk.com.evil.example/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "https://evil.example/developer.api.autodesk.com/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "https:///evil.example/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "https://evil.example?" BASE "/tokenflex/v1/usage/1/query/2");
}

static void a_host_without_a_scheme_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, "//evil.example/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "///evil.example/tokenflex/v1/usage/1/query/2");
}

static void a_user_before_another_host_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, "https://developer.api.autodesk.com@evil.example/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "https://developer.api.autodesk.com:443@evil.example/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "https://user:password@evil.example/tokenflex/v1/usage/1/query/2");
}

/* The host alone is what is taken over; a user would end in the request. */
static void a_user_before_the_own_host_is_not_taken_over(void **state)
{
    (void)state;
    expect_detail(BASE,
                  "https://user:password@developer.api.autodesk.com/v1/usage/11000000001/query/dd886b5f",
                  RESOLVED);
}

static void another_port_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, BASE ":8443/tokenflex/v1/usage/1/query/2");
    expect_refused("http://127.0.0.1:8080", "http://127.0.0.1:8081/tokenflex/v1/usage/1/query/2");
    expect_refused("http://127.0.0.1:8080", "http://127.0.0.1/tokenflex/v1/usage/1/query/2");
}

static void another_scheme_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, "http://developer.api.autodesk.com/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "http://developer.api.autodesk.com:443/tokenflex/v1/usage/1/query/2");
    expect_refused("http://127.0.0.1:8080", "https://127.0.0.1:8080/tokenflex/v1/usage/1/query/2");
    expect_refused(BASE, "ftp://developer.api.autodesk.com/x");
    expect_refused(BASE, "file:///etc/passwd");
}

static void a_backslash_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, "\\\\evil.example\\x");
    expect_refused(BASE, "/\\evil.example/x");
    expect_refused(BASE, BASE "\\@evil.example/x");
}

static void a_byte_that_no_url_holds_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, "/v1/usage/1/query/2\r\nHost: evil.example");
    expect_refused(BASE, "/v1/usage/1/query/2\t");
    expect_refused(BASE, " /v1/usage/1/query/2");
    expect_refused(BASE, "/v1/usage/1/query/a b");
    expect_refused(BASE, "/v1/usage/1/query/\x7f");
    expect_refused(BASE, "/v1/usage/1/query/\xC3\xA4");
    expect_refused(BASE, "/v1/usage/1/query/2#part");
}

static void an_empty_detail_uri_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, "");
}

static void an_absolute_url_without_a_path_is_refused(void **state)
{
    (void)state;
    expect_refused(BASE, BASE);
    expect_refused(BASE, BASE "?x=/y");
}

static void a_refusal_names_the_address_without_its_secrets(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(buf) struct buf url = buf_make(4096);
    assert_false(url_put_detail(&url, BASE, "https://user:s3cret@evil.example/a?key=s3cret", &err));
    assert_non_null(strstr(err.text, "https://evil.example/a"));
    assert_null(strstr(err.text, "s3cret"));
}

static void a_page_is_asked_for_by_offset_and_limit(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    assert_true(buf_append_text(&url, RESOLVED));
    url_put_page(&url, 0, 5000);
    assert_string_equal(buf_text(&url), RESOLVED "?offset=0&limit=5000");
}

static void a_page_is_asked_for_behind_what_the_query_has(void **state)
{
    (void)state;
    SCOPED(buf) struct buf url = buf_make(4096);
    assert_true(buf_append_text(&url, RESOLVED "?token=a"));
    url_put_page(&url, 10000000000, 1);
    assert_string_equal(buf_text(&url), RESOLVED "?token=a&offset=10000000000&limit=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_submitted_to_its_contract),
        cmocka_unit_test(a_contract_cannot_leave_its_place_in_the_path),
        cmocka_unit_test(a_contract_is_asked_for_by_its_number),
        cmocka_unit_test(a_bare_id_follows_the_contract),
        cmocka_unit_test(a_prefixed_id_is_percent_encoded),
        cmocka_unit_test(an_id_cannot_leave_its_place_in_the_path),
        cmocka_unit_test(a_detail_uri_with_the_root_is_resolved_against_the_host),
        cmocka_unit_test(a_detail_uri_from_v1_on_gets_the_root),
        cmocka_unit_test(a_detail_uri_without_any_root_gets_it),
        cmocka_unit_test(a_detail_uri_without_a_slash_at_its_beginning_is_the_same),
        cmocka_unit_test(an_absolute_url_to_the_api_is_followed),
        cmocka_unit_test(an_absolute_url_without_the_root_gets_it),
        cmocka_unit_test(the_path_of_the_base_url_comes_once),
        cmocka_unit_test(what_only_begins_like_the_root_is_not_the_root),
        cmocka_unit_test(the_query_of_a_detail_uri_is_kept),
        cmocka_unit_test(an_url_inside_the_query_is_no_absolute_url),
        cmocka_unit_test(another_host_is_refused),
        cmocka_unit_test(a_host_without_a_scheme_is_refused),
        cmocka_unit_test(a_user_before_another_host_is_refused),
        cmocka_unit_test(a_user_before_the_own_host_is_not_taken_over),
        cmocka_unit_test(another_port_is_refused),
        cmocka_unit_test(another_scheme_is_refused),
        cmocka_unit_test(a_backslash_is_refused),
        cmocka_unit_test(a_byte_that_no_url_holds_is_refused),
        cmocka_unit_test(an_empty_detail_uri_is_refused),
        cmocka_unit_test(an_absolute_url_without_a_path_is_refused),
        cmocka_unit_test(a_refusal_names_the_address_without_its_secrets),
        cmocka_unit_test(a_page_is_asked_for_by_offset_and_limit),
        cmocka_unit_test(a_page_is_asked_for_behind_what_the_query_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
