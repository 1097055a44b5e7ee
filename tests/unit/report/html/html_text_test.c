#include "base/macros.h"
#include "report/html/html_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(void (*put)(struct buf *out, const char *text), const char *text, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    put(&out, text);
    assert_string_equal(buf_text(&out), expected);
}

static void what_html_would_act_on_is_escaped(void **state)
{
    (void)state;
    expect(html_put_text, "<b class=\"x\">&'", "&lt;b class=&quot;x&quot;&gt;&amp;&#39;");
    expect(html_put_text, "", "");
    expect(html_put_text, "plain", "plain");
}

static void ends_of_lines_are_blanks_and_control_characters_are_replaced(void **state)
{
    (void)state;
    expect(html_put_text, "a\tb\nc\rd", "a b c d");
    expect(html_put_text,
           "a\x01\x1b\x7f"
           "b",
           "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
           "b");
    expect(html_put_text,
           "a\xC2\x85"
           "b\xC2\xA0"
           "c",
           "a\xEF\xBF\xBD"
           "b\xC2\xA0"
           "c"); /* C1, and a blank that is none */
}

static void letters_of_every_script_and_marks_of_direction_stay(void **state)
{
    (void)state;
    expect(html_put_text, "\u05e9\u202e\u5730\U0001f600", "\u05e9\u202e\u5730\U0001f600");
}

static void a_label_is_isolated_and_has_its_text_as_title(void **state)
{
    (void)state;
    expect(html_put_label, "a \"b\"", "<bdi class=\"label\" title=\"a &quot;b&quot;\">a &quot;b&quot;</bdi>");
}

static void json_cannot_end_its_script_nor_open_a_comment(void **state)
{
    (void)state;
    expect(html_put_json, "[\"</script><!--&\"]", "[\"\\u003c/script\\u003e\\u003c!--\\u0026\"]");
}

static void expect_number(const char *digits, size_t places, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    html_put_number(&out, digits, places);
    assert_string_equal(buf_text(&out), expected);
}

static void thousands_are_separated_and_no_digit_is_lost(void **state)
{
    (void)state;
    expect_number("0", 0, "0");
    expect_number("999", 0, "999");
    expect_number("1000", 0, "1,000");
    expect_number("123456", 0, "123,456");
    expect_number("-1234567.5", 0, "-1,234,567.5");
    expect_number("9007199254740993.000000000000000001", 0, "9,007,199,254,740,993.000000000000000001");
}

static void zeros_at_the_end_are_as_many_as_the_column_needs(void **state)
{
    (void)state;
    expect_number("7.50", 0, "7.5");
    expect_number("7.00", 0, "7");
    expect_number("7", 2, "7.00");
    expect_number("7.5", 2, "7.50");
    expect_number("7.125", 2, "7.125");
    assert_int_equal(html_places("7"), 0);
    assert_int_equal(html_places("7.000"), 0);
    assert_int_equal(html_places("-7.2500"), 2);
}

static void what_is_no_decimal_number_is_shown_as_it_is(void **state)
{
    (void)state;
    expect_number("NaN", 2, "NaN");
    expect_number("1e5", 0, "1e5");
    expect_number("", 2, "");
    expect_number("<1", 0, "&lt;1");
    assert_int_equal(html_places("Infinity"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_html_would_act_on_is_escaped),
        cmocka_unit_test(ends_of_lines_are_blanks_and_control_characters_are_replaced),
        cmocka_unit_test(letters_of_every_script_and_marks_of_direction_stay),
        cmocka_unit_test(a_label_is_isolated_and_has_its_text_as_title),
        cmocka_unit_test(json_cannot_end_its_script_nor_open_a_comment),
        cmocka_unit_test(thousands_are_separated_and_no_digit_is_lost),
        cmocka_unit_test(zeros_at_the_end_are_as_many_as_the_column_needs),
        cmocka_unit_test(what_is_no_decimal_number_is_shown_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
