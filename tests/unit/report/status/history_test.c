/* report/status/history: how much of the run table has to be read. */
#include "report/status/history_inner.h"
#include "unit/report/status/histories.h"

/* Five nights and a success among them, before the oldest row, which may be the last chunk of a night. */
static void a_list_that_is_cut_needs_what_is_wanted_before_its_oldest_row(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    const struct history_wanted wanted = {.invocations = 5};
    struct run_row rows[6];
    for (int i = 0; i < 6; i++)
        rows[i] = night(RUN_FAILED, i);
    struct run_list_of_job history = history_of("daily", rows, 6);
    assert_false(history_needs_more(&history, &wanted, arena));
    history.is_whole = false;
    assert_true(history_needs_more(&history, &wanted, arena));
    rows[4] = night(RUN_SUCCEEDED, 4);
    assert_false(history_needs_more(&history, &wanted, arena));
    history.row_count = 5;
    assert_true(history_needs_more(&history, &wanted, arena));
}

static void the_oldest_invocation_of_a_list_that_is_cut_is_left_out(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct invocations invocations;
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0), night(RUN_SUCCEEDED, 1)};
    struct run_list_of_job history = history_of("daily", rows, 2);
    history_fold(&history, arena, &invocations);
    assert_int_equal(invocations.count, 2);
    history.is_whole = false;
    history_fold(&history, arena, &invocations);
    assert_int_equal(invocations.count, 1);
    history.row_count = 1;
    history_fold(&history, arena, &invocations);
    assert_int_equal(invocations.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_that_is_cut_needs_what_is_wanted_before_its_oldest_row),
        cmocka_unit_test(the_oldest_invocation_of_a_list_that_is_cut_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
