/* api/export_file, the half that decides. */
#include "api/export_file_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* An answer to the first try of two retries. */
static struct export_file_try try_of(enum download_verdict verdict, int status)
{
    return (struct export_file_try){
        .answered = true,
        .verdict = verdict,
        .status = status,
        .retry_after = "",
        .retries = 2,
        .first_wait_ms = 1000,
        .random = 0.5,
    };
}

static void expect_action(const struct export_file_try *tried, enum export_file_action action)
{
    struct export_file_step step = export_file_judge(tried);
    assert_int_equal(step.action, action);
}

static void a_file_is_read(void **state)
{
    (void)state;
    struct export_file_try file = try_of(DOWNLOAD_FILE, 200);
    expect_action(&file, EXPORT_FILE_READ);
    file.failures = 7;
    file.refusals = 7;
    expect_action(&file, EXPORT_FILE_READ);
}

static void a_part_that_was_not_asked_for_is_a_temporary_fault(void **state)
{
    (void)state;
    static const int statuses[] = {206, 416};
    for (size_t i = 0; i < 2; i++) {
        struct export_file_try tried = try_of(DOWNLOAD_FAILED, statuses[i]);
        expect_action(&tried, EXPORT_FILE_AGAIN);
        tried.failures = 2;
        expect_action(&tried, EXPORT_FILE_FAIL);
    }
}

static void a_refused_address_is_replaced_as_often_as_retries_say(void **state)
{
    (void)state;
    struct export_file_try tried = try_of(DOWNLOAD_REFUSED, 403);
    tried.retries = 5;
    static const int64_t waits_ms[] = {0, 500, 1000, 2000, 4000};
    for (unsigned i = 0; i < 5; i++) {
        tried.refusals = i;
        struct export_file_step step = export_file_judge(&tried);
        assert_int_equal(step.action, EXPORT_FILE_NEW_URL);
        assert_int_equal(step.wait_ms, waits_ms[i]);
    }
    tried.refusals = 5;
    expect_action(&tried, EXPORT_FILE_FAIL);
}

static void an_address_is_replaced_once_without_retries_too(void **state)
{
    (void)state;
    struct export_file_try tried = try_of(DOWNLOAD_REFUSED, 403);
    tried.retries = 0;
    expect_action(&tried, EXPORT_FILE_NEW_URL);
    tried.refusals = 1;
    expect_action(&tried, EXPORT_FILE_FAIL);
}

static void a_temporary_fault_is_waited_for_as_often_as_retries_say(void **state)
{
    (void)state;
    struct export_file_try tried = {
        .answered = false, .retry_after = "", .retries = 2, .first_wait_ms = 1000, .random = 0.5};
    struct export_file_step step = export_file_judge(&tried);
    assert_int_equal(step.action, EXPORT_FILE_AGAIN);
    assert_int_equal(step.wait_ms, 500);
    tried.failures = 1;
    step = export_file_judge(&tried);
    assert_int_equal(step.action, EXPORT_FILE_AGAIN);
    assert_int_equal(step.wait_ms, 1000);
    tried.failures = 2;
    expect_action(&tried, EXPORT_FILE_FAIL);
}

static void a_host_that_asks_to_wait_is_waited_for(void **state)
{
    (void)state;
    struct export_file_try busy = try_of(DOWNLOAD_FAILED, 429);
    struct export_file_try broken = try_of(DOWNLOAD_FAILED, 503);
    busy.retry_after = "17";
    broken.retry_after = "18";
    assert_int_equal(export_file_judge(&busy).action, EXPORT_FILE_AGAIN);
    assert_int_equal(export_file_judge(&busy).wait_ms, 17000);
    assert_int_equal(export_file_judge(&broken).wait_ms, 18000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(a_part_that_was_not_asked_for_is_a_temporary_fault),
        cmocka_unit_test(a_refused_address_is_replaced_as_often_as_retries_say),
        cmocka_unit_test(an_address_is_replaced_once_without_retries_too),
        cmocka_unit_test(a_temporary_fault_is_waited_for_as_often_as_retries_say),
        cmocka_unit_test(a_host_that_asks_to_wait_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
