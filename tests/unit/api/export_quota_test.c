#include "api/export_quota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW 1000000

/* A 429 whose text names neither limit. */
static enum export_limit refuse(struct export_quota *quota, int64_t retry_after_ms, int64_t now_ms)
{
    struct export_refusal refusal = {"Quota limit exceeded.", retry_after_ms};
    return export_quota_refused(quota, &refusal, now_ms);
}

static void a_free_quota_may_be_asked(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = EXPORT_QUOTA - 1};
    assert_true(export_quota_may_ask(&quota, NOW));
}

static void a_quota_that_our_own_fill_is_not_asked(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = EXPORT_QUOTA};
    assert_false(export_quota_may_ask(&quota, NOW));
    export_quota_note_full(&quota, NOW);
    assert_false(export_quota_may_ask(&quota, NOW));
    quota.outstanding = EXPORT_QUOTA - 1;
    assert_true(export_quota_may_ask(&quota, NOW));
}

static void with_exports_of_ours_a_refusal_is_the_quotas(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = 1};
    assert_int_equal(refuse(&quota, 1000, NOW), EXPORT_LIMIT_QUOTA);
}

static void without_exports_of_ours_the_first_refusal_is_the_rate_limits(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = 0};
    assert_int_equal(refuse(&quota, 1000, NOW), EXPORT_LIMIT_RATE);
    assert_true(export_quota_may_ask(&quota, NOW));
    assert_int_equal(refuse(&quota, 1000, NOW + 1000), EXPORT_LIMIT_QUOTA);
    assert_int_equal(refuse(&quota, 1000, NOW + 40000), EXPORT_LIMIT_QUOTA);
}

static void an_accepted_request_makes_it_all_forgotten(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = 0};
    assert_int_equal(refuse(&quota, 1000, NOW), EXPORT_LIMIT_RATE);
    assert_int_equal(refuse(&quota, 1000, NOW), EXPORT_LIMIT_QUOTA);
    export_quota_granted(&quota);
    assert_true(export_quota_may_ask(&quota, NOW));
    assert_int_equal(refuse(&quota, 1000, NOW), EXPORT_LIMIT_RATE);
}

static void after_a_refusal_one_of_ours_has_to_end_first(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = 3};
    assert_int_equal(refuse(&quota, 1000, NOW), EXPORT_LIMIT_QUOTA);
    assert_false(export_quota_may_ask(&quota, NOW + 2000));
    quota.outstanding = 2;
    assert_true(export_quota_may_ask(&quota, NOW + 2000));
}

static void nothing_is_asked_before_retry_after_is_over(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = 3};
    assert_int_equal(refuse(&quota, 60000, NOW), EXPORT_LIMIT_QUOTA);
    quota.outstanding = 2;
    assert_false(export_quota_may_ask(&quota, NOW + 59999));
    assert_true(export_quota_may_ask(&quota, NOW + 60000));
}

/* 30 s after the first refusal, 45 s after the second, and so on up to five minutes. */
static void for_exports_that_are_not_ours_it_is_tried_again_in_growing_steps(void **state)
{
    (void)state;
    static const int64_t waits_ms[] = {30000, 45000, 67500, 101250, 151875, 227812, 300000, 300000};
    struct export_quota quota = {.outstanding = 3};
    for (size_t i = 0; i < sizeof waits_ms / sizeof waits_ms[0]; i++) {
        assert_int_equal(refuse(&quota, 1000, NOW), EXPORT_LIMIT_QUOTA);
        assert_false(export_quota_may_ask(&quota, NOW + waits_ms[i] - 1));
        assert_true(export_quota_may_ask(&quota, NOW + waits_ms[i]));
    }
}

static void an_answer_that_names_the_quota_is_believed(void **state)
{
    (void)state;
    struct export_quota quota = {.outstanding = 0};
    struct export_refusal refusal = {"Too many pending export requests", 1000};
    assert_int_equal(export_quota_refused(&quota, &refusal, NOW), EXPORT_LIMIT_QUOTA);
    assert_false(export_quota_may_ask(&quota, NOW + 29999));
    assert_true(export_quota_may_ask(&quota, NOW + 30000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_quota_may_be_asked),
        cmocka_unit_test(a_quota_that_our_own_fill_is_not_asked),
        cmocka_unit_test(with_exports_of_ours_a_refusal_is_the_quotas),
        cmocka_unit_test(without_exports_of_ours_the_first_refusal_is_the_rate_limits),
        cmocka_unit_test(an_answer_that_names_the_quota_is_believed),
        cmocka_unit_test(an_accepted_request_makes_it_all_forgotten),
        cmocka_unit_test(after_a_refusal_one_of_ours_has_to_end_first),
        cmocka_unit_test(nothing_is_asked_before_retry_after_is_over),
        cmocka_unit_test(for_exports_that_are_not_ours_it_is_tried_again_in_growing_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
