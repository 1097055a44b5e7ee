#include "base/json_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_json(const char *bytes, size_t length, const char *expected)
{
    SCOPED(buf) struct buf buf = buf_make(BUF_OWN_TEXT);
    json_text_put_string(&buf, bytes, length);
    assert_string_equal(buf_text(&buf), expected);
}

static void text_is_quoted(void **state)
{
    (void)state;
    assert_json("", 0, "\"\"");
    assert_json("userName LIKE 'a%'", 18, "\"userName LIKE 'a%'\"");
    assert_json("\xE5\x9C\xB0\xE7\x90\x86", 6, "\"\xE5\x9C\xB0\xE7\x90\x86\"");
}

static void what_json_reserves_is_escaped(void **state)
{
    (void)state;
    assert_json("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
    assert_json("a\nb\tc\rd", 7, "\"a\\nb\\tc\\u000dd\"");
    assert_json("\x01\x1F\x7F", 3, "\"\\u0001\\u001f\\u007f\"");
    assert_json("a\0b", 3, "\"a\\u0000b\"");
}

static void bytes_that_are_no_utf8_become_the_replacement_character(void **state)
{
    (void)state;
    assert_json("Geb\xFChren", 8, "\"Geb\xEF\xBF\xBDhren\"");
    assert_json("\xC3", 1, "\"\xEF\xBF\xBD\"");
    assert_json("\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void no_text_is_null(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(BUF_OWN_TEXT);
    json_text_put(&buf, NULL);
    json_text_put(&buf, "x");
    assert_string_equal(buf_text(&buf), "null\"x\"");
}

static void a_list_is_an_array_of_strings(void **state)
{
    (void)state;
    const char *items[] = {"usageDate", "a\"b"};
    SCOPED(buf) struct buf buf = buf_make(BUF_OWN_TEXT);
    json_text_put_list(&buf, &(struct text_list){items, 0});
    json_text_put_list(&buf, &(struct text_list){items, 2});
    assert_string_equal(buf_text(&buf), "[][\"usageDate\",\"a\\\"b\"]");
}

static void members_have_a_comma_between_them_and_none_before_the_first(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(BUF_OWN_TEXT);
    buf_put(&buf, "{");
    json_text_add(&buf, "text", "{");
    json_text_add_null(&buf, "nothing");
    json_text_add_flag(&buf, "flag", true);
    json_text_add_count(&buf, "count", UINT64_MAX);
    json_text_add_list(&buf, "list", &(struct text_list){0});
    json_text_add_name(&buf, "inner");
    buf_put(&buf, "{");
    json_text_add_flag(&buf, "flag", false);
    buf_put(&buf, "}}");
    assert_string_equal(buf_text(&buf),
                        "{\"text\":\"{\",\"nothing\":null,\"flag\":true,"
                        "\"count\":18446744073709551615,\"list\":[],\"inner\":{\"flag\":false}}");
}

static void moments_and_dates_that_are_not_known_are_null(void **state)
{
    (void)state;
    SCOPED(buf) struct buf buf = buf_make(BUF_OWN_TEXT);
    buf_put(&buf, "{");
    json_text_add_date(&buf, "from", true, 10957);
    json_text_add_date(&buf, "to", false, 10957);
    json_text_add_moment(&buf, "at", 946684800001);
    json_text_add_moment(&buf, "until", 0);
    buf_put(&buf, "}");
    assert_string_equal(buf_text(&buf), "{\"from\":\"2000-01-01\",\"to\":null,"
                                        "\"at\":\"2000-01-01T00:00:00.001Z\",\"until\":null}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_quoted),
        cmocka_unit_test(what_json_reserves_is_escaped),
        cmocka_unit_test(bytes_that_are_no_utf8_become_the_replacement_character),
        cmocka_unit_test(no_text_is_null),
        cmocka_unit_test(a_list_is_an_array_of_strings),
        cmocka_unit_test(members_have_a_comma_between_them_and_none_before_the_first),
        cmocka_unit_test(moments_and_dates_that_are_not_known_are_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
