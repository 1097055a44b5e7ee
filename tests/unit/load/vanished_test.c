#include "base/macros.h"
#include "load/vanished.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct vanished fifty = {.schema = "tokenflex", .table = "daily", .max_percent = 50};

/* Of which all days can be compared. */
static void set_rows(struct vanished *vanished, uint64_t before, uint64_t gone, uint64_t more)
{
    vanished->rows_before = before;
    vanished->rows_vanished = gone;
    vanished->rows_new = more;
    vanished->rows_received = before - gone + more;
    vanished->comparable_before = before;
    vanished->comparable_vanished = gone;
    vanished->comparable_new = more;
}

static enum vanished_verdict judge(uint64_t before, uint64_t gone, uint64_t more, double max_percent)
{
    struct vanished vanished = fifty;
    set_rows(&vanished, before, gone, more);
    vanished.max_percent = max_percent;
    return vanished_judge(&vanished);
}

static void the_share_itself_is_allowed_and_one_row_more_is_not(void **state)
{
    (void)state;
    assert_int_equal(judge(100, 50, 0, 50), VANISHED_ALLOWED);
    assert_int_equal(judge(100, 51, 0, 50), VANISHED_TOO_MANY);
    assert_int_equal(judge(40, 5, 0, 12.5), VANISHED_ALLOWED);
    assert_int_equal(judge(40, 6, 0, 12.5), VANISHED_TOO_MANY);
    assert_int_equal(judge(21, 0, 0, 0), VANISHED_ALLOWED);
    assert_int_equal(judge(21, 1, 0, 0), VANISHED_TOO_MANY);
}

static void new_rows_are_offset_against_those_that_vanished(void **state)
{
    (void)state;
    assert_int_equal(judge(100, 100, 50, 50), VANISHED_ALLOWED);
    assert_int_equal(judge(100, 100, 49, 50), VANISHED_TOO_MANY);
    assert_int_equal(judge(100, 100, 100, 0), VANISHED_ALLOWED);
    assert_int_equal(judge(100, 1, 300, 0), VANISHED_ALLOWED);
}

static void of_few_rows_any_share_may_vanish(void **state)
{
    (void)state;
    assert_int_equal(judge(20, 19, 0, 50), VANISHED_ALLOWED);
    assert_int_equal(judge(20, 20, 1, 0), VANISHED_ALLOWED);
    assert_int_equal(judge(21, 20, 0, 50), VANISHED_TOO_MANY);
}

static void an_empty_answer_is_refused_whatever_the_number_of_rows(void **state)
{
    (void)state;
    assert_int_equal(judge(1, 1, 0, 50), VANISHED_ALL);
    assert_int_equal(judge(100, 100, 0, 99.9), VANISHED_ALL);
    assert_int_equal(judge(0, 0, 0, 50), VANISHED_ALLOWED);
    assert_int_equal(judge(0, 0, 5, 0), VANISHED_ALLOWED);
}

static void a_hundred_percent_is_no_limit(void **state)
{
    (void)state;
    assert_int_equal(judge(100, 100, 0, 100), VANISHED_ALLOWED);
    assert_int_equal(judge(100, 99, 0, 100), VANISHED_ALLOWED);
}

static void a_refusal_has_the_numbers_and_what_to_do(void **state)
{
    (void)state;
    struct err err = {0};
    struct vanished vanished = fifty;
    set_rows(&vanished, 40, 30, 2);
    assert_false(vanished_check(&vanished, &err));
    assert_int_equal(err.kind, ERR_DATA);
    assert_string_equal(err.text,
                        "of the 40 rows that the table tokenflex.daily has of this contract and window, "
                        "30 are no longer in the answer, and 2 are new in it: on balance more than the "
                        "50% of checks.max_vanished");
    assert_string_equal(err.hint,
                        "if the answer is right, let this run load it with `run --accept`, or every run "
                        "with `checks.max_vanished: 100%`");
}

static void only_days_that_can_be_compared_count(void **state)
{
    (void)state;
    struct err err = {0};
    struct vanished vanished = fifty;
    set_rows(&vanished, 60, 40, 0);
    vanished.comparable_before = 40;
    vanished.comparable_vanished = 20;
    assert_int_equal(vanished_judge(&vanished), VANISHED_ALLOWED);
    vanished.comparable_vanished = 21;
    assert_int_equal(vanished_judge(&vanished), VANISHED_TOO_MANY);
    vanished.comparable_new = 1;
    assert_int_equal(vanished_judge(&vanished), VANISHED_ALLOWED);
    vanished.comparable_new = 0;
    assert_false(vanished_check(&vanished, &err));
    assert_non_null(strstr(err.text, "of the 40 rows"));
    assert_non_null(strstr(err.text, "of days that were over when they were loaded, 21 are no longer"));
    vanished.comparable_before = vanished.comparable_vanished = 0;
    assert_int_equal(vanished_judge(&vanished), VANISHED_ALLOWED);
    vanished.rows_received = 0;
    assert_int_equal(vanished_judge(&vanished), VANISHED_ALL);
}

static void a_refusal_names_the_windows_that_would_be_replaced(void **state)
{
    (void)state;
    struct err err = {0};
    struct vanished vanished = fifty;
    vanished.rows_before = 3;
    vanished.rows_vanished = 3;
    vanished.replaced = "2026-11-13..2026-11-20";
    assert_false(vanished_check(&vanished, &err));
    assert_string_equal(err.text,
                        "the answer is empty, and the table tokenflex.daily has 3 rows of this contract "
                        "and window (and of 2026-11-13..2026-11-20, which it replaces)");
}

static void rows_that_all_stay_beside_an_answer_without_new_ones_are_no_empty_answer(void **state)
{
    (void)state;
    struct vanished vanished = fifty;
    vanished.rows_before = 3;
    vanished.rows_vanished = 3;
    vanished.rows_received = 5;
    assert_int_equal(vanished_judge(&vanished), VANISHED_ALLOWED);
}

static void what_is_accepted_leaves_no_error(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(buf) struct buf accepted = buf_make(BUF_OWN_TEXT);
    struct vanished vanished = fifty;
    set_rows(&vanished, 3, 3, 0);
    vanished.accept = true;
    vanished.accepted = &accepted;
    assert_true(vanished_check(&vanished, &err));
    assert_int_equal(err.kind, ERR_NONE);
    assert_string_equal(buf_text(&accepted),
                        "the answer is empty, and the table tokenflex.daily has 3 rows of this contract and "
                        "window");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_itself_is_allowed_and_one_row_more_is_not),
        cmocka_unit_test(new_rows_are_offset_against_those_that_vanished),
        cmocka_unit_test(of_few_rows_any_share_may_vanish),
        cmocka_unit_test(an_empty_answer_is_refused_whatever_the_number_of_rows),
        cmocka_unit_test(a_hundred_percent_is_no_limit),
        cmocka_unit_test(a_refusal_has_the_numbers_and_what_to_do),
        cmocka_unit_test(only_days_that_can_be_compared_count),
        cmocka_unit_test(a_refusal_names_the_windows_that_would_be_replaced),
        cmocka_unit_test(rows_that_all_stay_beside_an_answer_without_new_ones_are_no_empty_answer),
        cmocka_unit_test(what_is_accepted_leaves_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
