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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_quoted),
        cmocka_unit_test(what_json_reserves_is_escaped),
        cmocka_unit_test(bytes_that_are_no_utf8_become_the_replacement_character),
        cmocka_unit_test(no_text_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
