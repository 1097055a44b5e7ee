/* load/rebuild, the half that decides: names. */
#include "base/text.h"
#include "load/rebuild/rebuild.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 54, 55 and 63 characters. */
#define LONG_54 "a23456789_b23456789_c23456789_d23456789_e23456789_f234"
#define LONG_55 LONG_54 "5"
#define LONG_63 LONG_54 "56789_g23"

static void a_successor_is_named_after_its_table(void **state)
{
    (void)state;
    char name[REBUILD_NAME];
    assert_string_equal(rebuild_successor_name("usage", name), "usage__rebuild");
    assert_string_equal(rebuild_successor_name(LONG_54, name), LONG_54 "__rebuild");
}

static void a_name_that_would_be_too_long_is_cut_and_told_apart(void **state)
{
    (void)state;
    char one[REBUILD_NAME];
    char other[REBUILD_NAME];
    rebuild_successor_name(LONG_55, one);
    rebuild_successor_name(LONG_63, other);
    assert_int_equal(strlen(one), 63);
    assert_int_equal(strlen(other), 63);
    assert_memory_equal(one, LONG_54, 45);
    assert_string_equal(one + 54, "__rebuild");
    assert_string_not_equal(one, other);
}

static void expect_index(const char *index, const char *expected)
{
    char name[REBUILD_NAME];
    assert_string_equal(rebuild_index_name(index, "usage", "usage__rebuild", name), expected);
}

static void an_index_takes_the_name_of_the_table(void **state)
{
    (void)state;
    expect_index("usage__rebuild_usage_date__row_key_idx", "usage_usage_date__row_key_idx");
    expect_index("usage__rebuild__row_key_idx", "usage__row_key_idx");
    expect_index("usage__rebuild_usage_date__row_key_idx1", "usage_usage_date__row_key_idx1");
}

/* PostgreSQL cuts the table's name where the whole would be too long. */
static void an_index_with_a_name_that_was_cut_takes_it_too(void **state)
{
    (void)state;
    expect_index("usage__re_usage_date__row_key_idx", "usage_usage_date__row_key_idx");
    expect_index("usage__usage_date__row_key_idx", "usage_usage_date__row_key_idx");
    expect_index("usage_usage_date__row_key_idx", "usage_usage_date__row_key_idx");
}

static void an_index_of_another_name_keeps_it(void **state)
{
    (void)state;
    expect_index("by_day", "by_day");
    expect_index("usa_usage_date__row_key_idx", "usa_usage_date__row_key_idx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_successor_is_named_after_its_table),
        cmocka_unit_test(a_name_that_would_be_too_long_is_cut_and_told_apart),
        cmocka_unit_test(an_index_takes_the_name_of_the_table),
        cmocka_unit_test(an_index_with_a_name_that_was_cut_takes_it_too),
        cmocka_unit_test(an_index_of_another_name_keeps_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
