/* run/export_width: records with and without a comma behind their last value. */
#include "run/export_width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct export_width plain = {.columns = 3};
static const struct export_width with_comma = {.columns = 3, .final_comma = true};

static void records_are_as_the_header(void **state)
{
    (void)state;
    struct export_width width = plain;
    assert_true(export_width_fits(&width, 3, false));
    assert_true(export_width_fits(&width, 3, true));
    assert_false(export_width_fits(&width, 2, false));
    assert_false(export_width_fits(&width, 4, false));
    width = with_comma;
    assert_true(export_width_fits(&width, 4, true));
    assert_false(export_width_fits(&width, 4, false));
    assert_false(export_width_fits(&width, 5, true));
}

static void records_may_have_the_comma_that_the_header_lacks(void **state)
{
    (void)state;
    struct export_width width = plain;
    assert_true(export_width_fits(&width, 4, true));
    assert_true(export_width_has_comma(&width));
    assert_true(export_width_fits(&width, 4, true));
    assert_true(export_width_fits(&width, 3, false));
}

static void records_may_lack_the_comma_of_the_header(void **state)
{
    (void)state;
    struct export_width width = with_comma;
    assert_true(export_width_fits(&width, 3, false));
    assert_false(export_width_has_comma(&width));
    assert_true(export_width_fits(&width, 3, true));
    assert_true(export_width_fits(&width, 4, true));
}

/* `1,2,` of three columns is two values and a comma, or three of which the last is null. */
static void a_record_that_may_have_lost_a_value_is_refused(void **state)
{
    (void)state;
    struct export_width width = with_comma;
    assert_false(export_width_fits(&width, 3, true));
    assert_true(export_width_fits(&width, 4, true));
    assert_false(export_width_fits(&width, 3, true));
    width = plain;
    assert_true(export_width_fits(&width, 4, true));
    assert_false(export_width_fits(&width, 3, true));
}

/* Or `1,5` is a number. */
static void a_comma_more_than_others_have_is_refused(void **state)
{
    (void)state;
    struct export_width width = plain;
    assert_true(export_width_fits(&width, 3, false));
    assert_false(export_width_fits(&width, 4, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_as_the_header),
        cmocka_unit_test(records_may_have_the_comma_that_the_header_lacks),
        cmocka_unit_test(records_may_lack_the_comma_of_the_header),
        cmocka_unit_test(a_record_that_may_have_lost_a_value_is_refused),
        cmocka_unit_test(a_comma_more_than_others_have_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
