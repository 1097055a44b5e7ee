#include "base/secret.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "s3cr+t/of=a client~"

static const char *shown(const char *text)
{
    static char out[512];
    return text_excerpt(text, strlen(text), out, sizeof out);
}

static void a_secret_is_found_as_it_is(void **state)
{
    (void)state;
    secret_remember(SECRET);
    assert_string_equal(shown("the secret " SECRET " is wrong"), "the secret *** is wrong");
    assert_string_equal(shown(SECRET), "***");
    assert_string_equal(shown("x" SECRET SECRET "y"), "x******y");
}

static void a_secret_is_found_percent_encoded(void **state)
{
    (void)state;
    secret_remember(SECRET);
    assert_string_equal(shown("secret=s3cr%2Bt%2Fof%3Da%20client~&x=1"), "secret=***&x=1");
    assert_string_equal(shown("secret=s3cr%2bt%2fof%3da+client%7E&x=1"), "secret=***&x=1");
    assert_string_equal(shown("secret=s3cr%252Bt%252Fof%253Da%2520client~&x=1"), "secret=***&x=1");
    assert_string_equal(shown("%73%33%63%72%2b%74%2f%6f%66%3d%61%20%63%6c%69%65%6e%74%7e"), "***");
}

static void a_secret_is_found_escaped_as_in_json(void **state)
{
    (void)state;
    secret_remember(SECRET);
    assert_string_equal(shown("{\"s\":\"s3cr+t\\/of=a client~\"}"), "{\"s\":\"***\"}");
    assert_string_equal(shown("s3cr\\u002bt\\u002Fof\\u003da client~"), "***");
}

/* `id:secret`, `my-id:secret` and `client:secret` begin in each of the places that a group of three has. */
static void a_secret_is_found_within_base64(void **state)
{
    (void)state;
    secret_remember("sim-secret-of-the-client");
    assert_null(strstr(shown("Basic aWQ6c2ltLXNlY3JldC1vZi10aGUtY2xpZW50"), "c2ltLXNlY3JldC1vZi10aGUt"));
    assert_null(strstr(shown("Basic bXktaWQ6c2ltLXNlY3JldC1vZi10aGUtY2xpZW50"), "LXNlY3JldC1vZi10aGUt"));
    assert_null(strstr(shown("Basic Y2xpZW50OnNpbS1zZWNyZXQtb2YtdGhlLWNsaWVudA=="), "zZWNyZXQtb2YtdGhlLWNs"));
    assert_null(strstr(shown("Basic aWQxOnNpbS1zZWNyZXQtb2YtdGhlLWNsaWVudA%3D%3D"), "zZWNyZXQtb2YtdGhlLWNs"));
    assert_string_equal(shown("c2ltLXNlY3JldC1vZi10aGUtY2xpZW50"), "***");
}

static void base64_has_two_alphabets(void **state)
{
    (void)state;
    secret_remember("\xFB\xEF\xFF\xFE\xFB\xEF\xFF\xFE\xFB");
    assert_string_equal(shown("++///vvv//77"), "***");
    assert_string_equal(shown("--___vvv__77"), "***");
    assert_string_equal(shown("%2B%2B%2f%2f%2fvvv%2f%2f77"), "***");
}

static void a_short_secret_is_found_as_a_word_alone(void **state)
{
    (void)state;
    secret_remember("pass");
    assert_string_equal(shown("password of pass: pass"), "password of ***: ***");
    assert_string_equal(shown("by-pass pass-by bypass (pass)"), "by-pass pass-by bypass (***)");
    assert_string_equal(shown("a%3Dpass%26b"), "a%3D***%26b");
}

static void what_is_shorter_is_no_secret(void **state)
{
    (void)state;
    secret_remember("abc");
    secret_remember("");
    secret_remember(NULL);
    assert_string_equal(shown("abc"), "abc");
}

static void a_secret_cut_at_the_end_of_a_text_is_found(void **state)
{
    (void)state;
    secret_remember("bearer.of.many.parts.and.more");
    assert_string_equal(shown("refused: bearer.of.many"), "refused: ***");
    assert_string_equal(shown("refused: bearer.of.many other"), "refused: bearer.of.many other");
    assert_string_equal(shown("refused: bearer.of"), "refused: bearer.of");
}

static void a_day_at_the_end_of_a_text_is_not_the_key_that_begins_with_it(void **state)
{
    (void)state;
    secret_remember_address("https://files.example/a.csv?key=2018-05-31T10%3A00%3A00Z%230123456789abcdef");
    assert_string_equal(shown("the days up to 2018-05-31"), "the days up to 2018-05-31");
    assert_string_equal(shown("key 2018-05-31T10:00:00Z#0123456789abcdef"), "key ***");
}

static void a_presigned_address_is_found_whole_and_by_its_parameters(void **state)
{
    (void)state;
    const char *url = "https://files.example/a/b.csv?X-Amz-Signature=0123456789abcdef%2B&X-Amz-Expires=300";
    secret_remember_address(url);
    assert_string_equal(shown(url), "***");
    assert_string_equal(shown("Signature 0123456789abcdef+ does not match"), "Signature *** does not match");
    assert_string_equal(shown("GET https://files.example/a"), "GET https://files.example/a");
    assert_string_equal(shown("expires in 300 at files.example"), "expires in 300 at files.example");
}

static void an_address_without_parameters_is_no_secret(void **state)
{
    (void)state;
    secret_remember_address("https://files.example/plain.csv");
    assert_string_equal(shown("https://files.example/plain.csv"), "https://files.example/plain.csv");
}

static void temporary_secrets_give_way_and_permanent_ones_stay(void **state)
{
    (void)state;
    char token[32];
    secret_remember("lasting-secret-1");
    for (int i = 0; i <= SECRET_MAX_TEMPORARY; i++) {
        snprintf(token, sizeof token, "passing-token-%04d", i);
        secret_remember_temporary(token);
        secret_remember_temporary(token);
    }
    assert_string_equal(shown("passing-token-0000"), "passing-token-0000");
    assert_string_equal(shown("passing-token-0001"), "***");
    assert_string_equal(shown(token), "***");
    assert_string_equal(shown("lasting-secret-1"), "***");
}

static void addresses_of_many_exports_forget_no_token(void **state)
{
    (void)state;
    char url[128];
    secret_remember_temporary("bearer-of-this-hour");
    for (int i = 0; i <= SECRET_MAX_TEMPORARY; i++) {
        snprintf(url, sizeof url, "https://files.example/%d.csv?X-Amz-Signature=signature-of-export-%04d", i,
                 i);
        secret_remember_address(url);
    }
    assert_string_equal(shown("bearer-of-this-hour"), "***");
    assert_string_equal(shown("signature-of-export-0064"), "***");
}

/* A token that an address has as a parameter is a token all the same. */
static void a_token_in_an_address_stays_known_as_a_token(void **state)
{
    (void)state;
    char url[64];
    secret_remember_address("https://files.example/a.csv?token=bearer-in-an-address");
    secret_remember_temporary("bearer-in-an-address");
    for (int i = 0; i <= SECRET_MAX_TEMPORARY; i++) {
        snprintf(url, sizeof url, "https://files.example/a.csv?key=%016d", i);
        secret_remember_address(url);
    }
    assert_string_equal(shown("bearer-in-an-address"), "***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_found_as_it_is),
        cmocka_unit_test(a_secret_is_found_percent_encoded),
        cmocka_unit_test(a_secret_is_found_escaped_as_in_json),
        cmocka_unit_test(a_secret_is_found_within_base64),
        cmocka_unit_test(base64_has_two_alphabets),
        cmocka_unit_test(a_short_secret_is_found_as_a_word_alone),
        cmocka_unit_test(what_is_shorter_is_no_secret),
        cmocka_unit_test(a_secret_cut_at_the_end_of_a_text_is_found),
        cmocka_unit_test(a_day_at_the_end_of_a_text_is_not_the_key_that_begins_with_it),
        cmocka_unit_test(a_presigned_address_is_found_whole_and_by_its_parameters),
        cmocka_unit_test(an_address_without_parameters_is_no_secret),
        cmocka_unit_test(addresses_of_many_exports_forget_no_token),
        cmocka_unit_test(a_token_in_an_address_stays_known_as_a_token),
        cmocka_unit_test(temporary_secrets_give_way_and_permanent_ones_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
