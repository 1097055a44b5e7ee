/* api/export_post, the half that decides. */
#include "api/export_post_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum export_post_verdict judge(enum err_kind kind, int status, bool sent)
{
    struct export_post_failure failure = {kind, status, sent};
    return export_post_judge(&failure);
}

static void what_never_went_out_may_be_repeated(void **state)
{
    (void)state;
    assert_int_equal(judge(ERR_UNAVAILABLE, 0, false), EXPORT_POST_UNSENT);
}

static void what_went_out_without_an_answer_is_in_doubt(void **state)
{
    (void)state;
    assert_int_equal(judge(ERR_UNAVAILABLE, 0, true), EXPORT_POST_UNKNOWN);
    assert_int_equal(judge(ERR_UNAVAILABLE, 408, true), EXPORT_POST_UNKNOWN);
    assert_int_equal(judge(ERR_UNAVAILABLE, 500, true), EXPORT_POST_UNKNOWN);
    assert_int_equal(judge(ERR_UNAVAILABLE, 504, true), EXPORT_POST_UNKNOWN);
}

static void a_success_that_cannot_be_read_is_in_doubt(void **state)
{
    (void)state;
    assert_int_equal(judge(ERR_UNAVAILABLE, 200, true), EXPORT_POST_UNKNOWN);
    assert_int_equal(judge(ERR_UNAVAILABLE, 201, true), EXPORT_POST_UNKNOWN);
}

static void a_429_is_a_limit(void **state)
{
    (void)state;
    assert_int_equal(judge(ERR_LATER, 429, true), EXPORT_POST_LIMITED);
}

static void a_refusal_is_final(void **state)
{
    (void)state;
    assert_int_equal(judge(ERR_CONFIG, 400, true), EXPORT_POST_REFUSED);
    assert_int_equal(judge(ERR_AUTH, 401, true), EXPORT_POST_REFUSED);
    assert_int_equal(judge(ERR_AUTH, 403, true), EXPORT_POST_REFUSED);
    assert_int_equal(judge(ERR_UNAVAILABLE, 302, true), EXPORT_POST_REFUSED);
    assert_int_equal(judge(ERR_DATA, 200, true), EXPORT_POST_REFUSED);
}

static void what_does_not_pass_is_final(void **state)
{
    (void)state;
    assert_int_equal(judge(ERR_STOPPED, 0, true), EXPORT_POST_REFUSED);
    assert_int_equal(judge(ERR_LATER, 0, false), EXPORT_POST_REFUSED);
    assert_int_equal(judge(ERR_DATA, 0, false), EXPORT_POST_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_went_out_may_be_repeated),
        cmocka_unit_test(what_went_out_without_an_answer_is_in_doubt),
        cmocka_unit_test(a_success_that_cannot_be_read_is_in_doubt),
        cmocka_unit_test(a_429_is_a_limit),
        cmocka_unit_test(a_refusal_is_final),
        cmocka_unit_test(what_does_not_pass_is_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
