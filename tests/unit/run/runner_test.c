/* run/runner, the half that decides: the exit code of a run. */
#include "run/runner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A chunk that ended so: ERR_NONE for one that succeeded. */
static struct run_item ended(enum err_kind kind)
{
    struct run_item item = {.result.status = kind == ERR_NONE ? CHUNK_SUCCEEDED : CHUNK_FAILED};
    item.result.err.kind = kind;
    return item;
}

static void a_run_that_succeeds_is_0(void **state)
{
    (void)state;
    const struct run_item items[] = {ended(ERR_NONE), ended(ERR_NONE)};
    assert_int_equal(run_exit_code(items, 2), 0);
    assert_int_equal(run_exit_code(items, 0), 0);
}

static void one_failure_gives_its_code(void **state)
{
    (void)state;
    static const struct {
        enum err_kind kind;
        int exit_code;
    } cases[] = {
        {ERR_DATA, 65},  {ERR_UNAVAILABLE, 69}, {ERR_BUG, 70},  {ERR_CREATE, 73},
        {ERR_LATER, 75}, {ERR_STOPPED, 75},     {ERR_AUTH, 77}, {ERR_CONFIG, 78},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct run_item items[] = {ended(ERR_NONE), ended(cases[i].kind), ended(ERR_NONE)};
        assert_int_equal(run_exit_code(items, 3), cases[i].exit_code);
    }
}

static void failures_of_one_kind_share_their_code(void **state)
{
    (void)state;
    const struct run_item items[] = {ended(ERR_DATA), ended(ERR_NONE), ended(ERR_DATA)};
    assert_int_equal(run_exit_code(items, 3), 65);
}

static void failures_of_different_kinds_are_1(void **state)
{
    (void)state;
    const struct run_item items[] = {ended(ERR_DATA), ended(ERR_AUTH), ended(ERR_DATA)};
    assert_int_equal(run_exit_code(items, 3), 1);
}

/* Try again later, for whichever reason. */
static void a_stop_and_a_lock_share_their_code(void **state)
{
    (void)state;
    const struct run_item items[] = {ended(ERR_STOPPED), ended(ERR_LATER)};
    assert_int_equal(run_exit_code(items, 2), 75);
}

/* What a failure kept from being begun says nothing of its own. */
static void a_chunk_that_was_never_begun_does_not_count(void **state)
{
    (void)state;
    struct run_item items[] = {ended(ERR_DATA), ended(ERR_NONE)};
    items[1].result.status = CHUNK_NOT_BEGUN;
    assert_int_equal(run_exit_code(items, 2), 65);
}

static void a_chunk_that_was_finished_before_is_no_failure(void **state)
{
    (void)state;
    struct run_item items[] = {ended(ERR_NONE), ended(ERR_NONE)};
    items[0].result.status = CHUNK_SKIPPED;
    assert_int_equal(run_exit_code(items, 2), 0);
}

static void a_chunk_that_failed_without_a_reason_is_70(void **state)
{
    (void)state;
    struct run_item items[] = {ended(ERR_NONE), ended(ERR_NONE)};
    chunk_fail(&items[1].result);
    assert_int_equal(items[1].result.status, CHUNK_FAILED);
    assert_int_equal(items[1].result.err.kind, ERR_BUG);
    assert_int_equal(run_exit_code(items, 2), 70);
}

static void a_chunk_that_failed_keeps_its_reason(void **state)
{
    (void)state;
    struct run_item items[] = {ended(ERR_LATER)};
    chunk_fail(&items[0].result);
    assert_int_equal(run_exit_code(items, 1), 75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_succeeds_is_0),
        cmocka_unit_test(one_failure_gives_its_code),
        cmocka_unit_test(failures_of_one_kind_share_their_code),
        cmocka_unit_test(failures_of_different_kinds_are_1),
        cmocka_unit_test(a_stop_and_a_lock_share_their_code),
        cmocka_unit_test(a_chunk_that_was_never_begun_does_not_count),
        cmocka_unit_test(a_chunk_that_was_finished_before_is_no_failure),
        cmocka_unit_test(a_chunk_that_failed_without_a_reason_is_70),
        cmocka_unit_test(a_chunk_that_failed_keeps_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
