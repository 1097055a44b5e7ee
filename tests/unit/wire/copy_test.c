#include "wire/copy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_encoded(const char *bytes, size_t length, const char *encoded)
{
    SCOPED(buf) struct buf row = buf_make(4096);
    assert_true(copy_put_text(&row, bytes, length));
    assert_string_equal(buf_text(&row), encoded);
    assert_int_equal(row.length, strlen(encoded));
}

static void plain_text_passes_as_it_is(void **state)
{
    (void)state;
    expect_encoded("", 0, "");
    expect_encoded("AutoCAD", 7, "AutoCAD");
    expect_encoded("AutoCAD 2026, Caf\303\251 \345\234\260\347\220\206", 26,
                   "AutoCAD 2026, Caf\303\251 \345\234\260\347\220\206");
}

static void what_copy_would_misread_is_escaped(void **state)
{
    (void)state;
    expect_encoded("\b\f\n\r\t\v\\", 7, "\\b\\f\\n\\r\\t\\v\\\\");
    expect_encoded("\\.", 2, "\\\\.");
    expect_encoded("\\N", 2, "\\\\N");
}

static void other_control_characters_pass_as_they_are(void **state)
{
    (void)state;
    expect_encoded("\x01\x1F\x7F", 3, "\x01\x1F\x7F");
}

static void escapes_are_seen_at_every_place_of_a_word(void **state)
{
    (void)state;
    for (int at = 0; at < 20; at++) {
        char bytes[] = "aaaaaaaaaaaaaaaaaaaa";
        char encoded[32];
        bytes[at] = '\t';
        snprintf(encoded, sizeof encoded, "%.*s\\t%s", at, bytes, bytes + at + 1);
        expect_encoded(bytes, 20, encoded);
    }
}

static void a_row_is_values_between_tabs(void **state)
{
    (void)state;
    SCOPED(buf) struct buf row = buf_make(100);
    assert_true(copy_put_text(&row, "a\tb", 3));
    assert_true(copy_next(&row));
    assert_true(copy_put_null(&row));
    assert_true(copy_next(&row));
    assert_true(copy_put_plain(&row, "60.0", 4));
    assert_true(copy_end_row(&row));
    assert_string_equal(buf_text(&row), "a\\tb\t\\N\t60.0\n");
}

static void text_that_just_fits_is_taken(void **state)
{
    (void)state;
    SCOPED(buf) struct buf row = buf_make(6);
    assert_true(copy_put_text(&row, "ab\nc", 4));
    assert_true(copy_next(&row));
    assert_string_equal(buf_text(&row), "ab\\nc\t");
}

static void past_the_ceiling_nothing_is_appended(void **state)
{
    (void)state;
    SCOPED(buf) struct buf row = buf_make(4);
    assert_false(copy_put_text(&row, "ab\nc", 4));
    assert_int_equal(row.length, 0);
    assert_true(copy_put_text(&row, "ab\n", 3));
    assert_false(copy_next(&row));
    assert_false(copy_end_row(&row));
    assert_false(copy_put_null(&row));
    assert_false(copy_put_plain(&row, "1", 1));
    assert_string_equal(buf_text(&row), "ab\\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_passes_as_it_is),
        cmocka_unit_test(what_copy_would_misread_is_escaped),
        cmocka_unit_test(other_control_characters_pass_as_they_are),
        cmocka_unit_test(escapes_are_seen_at_every_place_of_a_word),
        cmocka_unit_test(a_row_is_values_between_tabs),
        cmocka_unit_test(text_that_just_fits_is_taken),
        cmocka_unit_test(past_the_ceiling_nothing_is_appended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
