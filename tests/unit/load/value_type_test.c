/* load/value: types read off values, and wider types. */
#include "base/macros.h"
#include "load/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_inferred(enum cell_kind kind, const char *bytes, enum column_type expected)
{
    enum column_type type;
    struct cell cell = {.kind = kind, .bytes = bytes, .length = strlen(bytes)};
    assert_true(value_infer(&cell, &type));
    if (type != expected)
        fail_msg("`%s` is %s, not %s", bytes, column_type_name(type), column_type_name(expected));
}

static void the_type_of_a_value_is_the_narrowest(void **state)
{
    (void)state;
    expect_inferred(CELL_TRUE, "", COLUMN_BOOLEAN);
    expect_inferred(CELL_FALSE, "", COLUMN_BOOLEAN);
    expect_inferred(CELL_NUMBER, "60", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "-60", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "9223372036854775807", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "-9223372036854775808", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "9223372036854775808", COLUMN_NUMERIC);
    expect_inferred(CELL_NUMBER, "-9223372036854775809", COLUMN_NUMERIC);
    expect_inferred(CELL_NUMBER, "60.0", COLUMN_NUMERIC);
    expect_inferred(CELL_NUMBER, "6e1", COLUMN_NUMERIC);
    expect_inferred(CELL_TEXT, "2026-11-22", COLUMN_DATE);
    expect_inferred(CELL_TEXT, "2026-11-22T03:04:05", COLUMN_TIMESTAMP);
    expect_inferred(CELL_TEXT, "2026-11-22T00:00:00", COLUMN_TIMESTAMP);
    expect_inferred(CELL_TEXT, "AutoCAD", COLUMN_TEXT);
}

/* A code of digits is no number: leading zeros would be lost on the day they come. */
static void quoted_numbers_are_text(void **state)
{
    (void)state;
    expect_inferred(CELL_TEXT, "60", COLUMN_TEXT);
    expect_inferred(CELL_TEXT, "true", COLUMN_TEXT);
    expect_inferred(CELL_TEXT, "2026-02-30", COLUMN_TEXT);
}

static void null_and_empty_text_have_no_type(void **state)
{
    (void)state;
    enum column_type type;
    assert_false(value_infer(&(struct cell){.kind = CELL_NULL}, &type));
    assert_false(value_infer(&(struct cell){.kind = CELL_TEXT, .bytes = "", .length = 0}, &type));
}

static void the_wider_of_two_types_holds_both(void **state)
{
    (void)state;
#define B COLUMN_BOOLEAN
#define I COLUMN_INTEGER
#define N COLUMN_NUMERIC
#define D COLUMN_DATE
#define T COLUMN_TIMESTAMP
#define X COLUMN_TEXT
    static const enum column_type types[] = {B, I, N, D, T, X};
    static const enum column_type wider[6][6] = {
        {B, X, X, X, X, X}, /* boolean */
        {X, I, N, X, X, X}, /* integer */
        {X, N, N, X, X, X}, /* numeric */
        {X, X, X, D, T, X}, /* date */
        {X, X, X, T, T, X}, /* timestamp */
        {X, X, X, X, X, X}, /* text */
    };
    for (size_t one = 0; one < 6; one++)
        for (size_t other = 0; other < 6; other++)
            assert_int_equal(value_widen(types[one], types[other]), wider[one][other]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_type_of_a_value_is_the_narrowest),
        cmocka_unit_test(quoted_numbers_are_text),
        cmocka_unit_test(null_and_empty_text_have_no_type),
        cmocka_unit_test(the_wider_of_two_types_holds_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
