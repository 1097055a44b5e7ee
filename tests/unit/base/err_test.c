#include "base/err.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void an_error_carries_kind_text_and_hint(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_set(&err, ERR_DATA, "row %d has %d values", 7, 3));
    assert_false(err_hint(&err, "ask for fewer %s", "columns"));
    assert_int_equal(err.kind, ERR_DATA);
    assert_string_equal(err.text, "row 7 has 3 values");
    assert_string_equal(err.hint, "ask for fewer columns");
}

static void context_goes_in_front(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_UNAVAILABLE, "connection refused");
    assert_false(err_wrap(&err, "page at offset %d", 100));
    assert_false(err_wrap(&err, "job %s", "daily"));
    assert_string_equal(err.text, "job daily: page at offset 100: connection refused");
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

static void a_new_error_forgets_the_old_one(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_AUTH, "old");
    err_hint(&err, "old hint");
    err_set(&err, ERR_BUG, "new");
    assert_int_equal(err.kind, ERR_BUG);
    assert_string_equal(err.text, "new");
    assert_string_equal(err.hint, "");
    err_clear(&err);
    assert_int_equal(err.kind, ERR_NONE);
    assert_string_equal(err.text, "");
}

static void a_sqlstate_stays_under_context_and_hint(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_LATER, "deadlock detected");
    strcpy(err.sqlstate, "40P01");
    err_wrap(&err, "cannot update table usage");
    err_hint(&err, "try again");
    assert_string_equal(err.sqlstate, "40P01");
}

static void a_sqlstate_goes_with_its_error(void **state)
{
    (void)state;
    struct err err = {0};
    strcpy(err.sqlstate, "40P01");
    err_set(&err, ERR_LATER, "another error, of no server");
    assert_string_equal(err.sqlstate, "");
    strcpy(err.sqlstate, "40P01");
    err_clear(&err);
    assert_string_equal(err.sqlstate, "");
}

static void text_that_is_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    struct err err = {0};
    char wide[2001] = {0};
    for (size_t i = 0; i < 2000; i += 2)
        memcpy(wide + i, "\xC3\xA9", 2);
    err_set(&err, ERR_DATA, "%s", wide);
    assert_int_equal(strlen(err.text), 1535);
    assert_true(text_is_utf8(err.text, strlen(err.text)));
    err_hint(&err, "%s", wide);
    assert_int_equal(strlen(err.hint), 767);
    assert_true(text_is_utf8(err.hint, strlen(err.hint)));
}

static void context_that_is_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    struct err err = {0};
    char wide[2001] = {0};
    for (size_t i = 0; i < 2000; i += 2)
        memcpy(wide + i, "\xC3\xA9", 2);
    err_set(&err, ERR_DATA, "%s", wide);
    err_wrap(&err, "%s", wide);
    assert_true(strlen(err.text) < sizeof err.text);
    assert_true(text_is_utf8(err.text, strlen(err.text)));
}

static void every_kind_has_its_exit_code(void **state)
{
    (void)state;
    assert_int_equal(err_kind_info(ERR_NONE)->exit_code, 0);
    assert_int_equal(err_kind_info(ERR_USAGE)->exit_code, 64);
    assert_int_equal(err_kind_info(ERR_DATA)->exit_code, 65);
    assert_int_equal(err_kind_info(ERR_UNAVAILABLE)->exit_code, 69);
    assert_int_equal(err_kind_info(ERR_BUG)->exit_code, 70);
    assert_int_equal(err_kind_info(ERR_CREATE)->exit_code, 73);
    assert_int_equal(err_kind_info(ERR_LATER)->exit_code, 75);
    assert_int_equal(err_kind_info(ERR_STOPPED)->exit_code, 75);
    assert_int_equal(err_kind_info(ERR_AUTH)->exit_code, 77);
    assert_int_equal(err_kind_info(ERR_CONFIG)->exit_code, 78);
    assert_true(err_kind_info(ERR_UNAVAILABLE)->may_pass);
    assert_false(err_kind_info(ERR_CONFIG)->may_pass);
}

static void a_kind_is_found_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(err_kind_named("cannot-create"), ERR_CREATE);
    assert_int_equal(err_kind_named("stopped"), ERR_STOPPED);
    assert_int_equal(err_kind_named("died"), ERR_NONE);
    assert_int_equal(err_kind_named(NULL), ERR_NONE);
}

static void a_failure_without_a_reason_is_a_bug(void **state)
{
    (void)state;
    struct err err = {0};
    err_require(&err);
    assert_int_equal(err.kind, ERR_BUG);
    assert_string_equal(err.text, "a step failed without an error message");
}

static void a_reason_that_was_given_stays(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_set(&err, ERR_LATER, "busy"));
    assert_false(err_hint(&err, "wait"));
    err_require(&err);
    assert_int_equal(err.kind, ERR_LATER);
    assert_string_equal(err.text, "busy");
    assert_string_equal(err.hint, "wait");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_carries_kind_text_and_hint),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(a_new_error_forgets_the_old_one),
        cmocka_unit_test(a_sqlstate_stays_under_context_and_hint),
        cmocka_unit_test(a_sqlstate_goes_with_its_error),
        cmocka_unit_test(text_that_is_too_long_is_cut_between_characters),
        cmocka_unit_test(context_that_is_too_long_is_cut_between_characters),
        cmocka_unit_test(every_kind_has_its_exit_code),
        cmocka_unit_test(a_kind_is_found_by_its_name),
        cmocka_unit_test(a_failure_without_a_reason_is_a_bug),
        cmocka_unit_test(a_reason_that_was_given_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
