/* report/status/invocation: which rows of the run table one start of the program wrote, and what came of it.
 */
#include "base/macros.h"
#include "report/status/invocation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS 60000

/* Chunk `number` of `count`, ten days long, which took a minute. */
static struct run_row chunk(const char *invocation_id, size_t number, size_t count, enum run_status status)
{
    int64_t started_ms = (int64_t)(number - 1) * MINUTE_MS;
    date_t from = 100 + 10 * ((date_t)number - 1);
    return (struct run_row){
        .invocation_id = invocation_id,
        .chunk = number,
        .chunks = count,
        .status = status,
        .runner_is_gone = true,
        .window = {true, from, from + 10},
        .source = "query",
        .started_ms = started_ms,
        .finished_ms = status == RUN_RUNNING ? 0 : started_ms + MINUTE_MS,
        .rows_read = 100,
        .counts = {.inserted = 1, .updated = 2, .unchanged = 97, .deleted = 3},
        .requests = 2,
        .host = "etl-7",
        .pid = 1,
    };
}

/* As version 0.1 wrote it. */
static struct run_row old_row(enum run_status status)
{
    struct run_row row = chunk(NULL, 1, 1, status);
    row.chunk = 0;
    row.chunks = 0;
    return row;
}

struct folding {
    struct arena *arena;
    struct invocations invocations;
};

static void folding_cleanup(struct folding *folding)
{
    arena_release(folding->arena);
}

static struct folding fold(const struct run_row *rows, size_t count)
{
    struct folding folding = {.arena = arena_make()};
    invocation_fold(rows, count, folding.arena, &folding.invocations);
    return folding;
}

static enum invocation_status status_of(const struct run_row *rows, size_t count)
{
    SCOPED(folding) struct folding folding = fold(rows, count);
    assert_int_equal(folding.invocations.count, 1);
    return folding.invocations.items[0].status;
}

/* One whose usage has not moved. */
static struct run_row unmoved(const char *invocation_id, size_t number, size_t count)
{
    struct run_row row = chunk(invocation_id, number, count, RUN_SKIPPED);
    row.is_unchanged = true;
    row.rows_read = 0;
    return row;
}

static void chunks_that_have_not_moved_are_as_good_as_loaded(void **state)
{
    (void)state;
    struct run_row all[] = {unmoved("a", 2, 2), unmoved("a", 1, 2)};
    struct run_row some[] = {unmoved("a", 2, 2), chunk("a", 1, 2, RUN_SKIPPED)};
    struct run_row none[] = {chunk("a", 2, 2, RUN_SKIPPED), chunk("a", 1, 2, RUN_SKIPPED)};
    struct run_row failed[] = {chunk("a", 2, 2, RUN_FAILED), unmoved("a", 1, 2)};
    assert_int_equal(status_of(all, 2), INVOCATION_SUCCEEDED);
    assert_int_equal(status_of(some, 2), INVOCATION_SUCCEEDED);
    assert_int_equal(status_of(none, 2), INVOCATION_SKIPPED);
    assert_int_equal(status_of(failed, 2), INVOCATION_FAILED);
}

static void a_success_may_have_loaded_nothing(void **state)
{
    (void)state;
    struct run_row rows[] = {unmoved("b", 1, 1), chunk("a", 1, 1, RUN_SUCCEEDED)};
    SCOPED(folding) struct folding folding = fold(rows, 2);
    assert_ptr_equal(invocation_find_success(&folding.invocations), &folding.invocations.items[0]);
    assert_ptr_equal(invocation_find_loaded(&folding.invocations), &folding.invocations.items[1]);
}

static void the_chunks_of_an_invocation_are_summed_up(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("a", 3, 3, RUN_SUCCEEDED), chunk("a", 2, 3, RUN_SUCCEEDED),
                             chunk("a", 1, 3, RUN_SUCCEEDED)};
    SCOPED(folding) struct folding folding = fold(rows, 3);
    const struct invocation *one = folding.invocations.items;
    assert_int_equal(folding.invocations.count, 1);
    assert_int_equal(one->status, INVOCATION_SUCCEEDED);
    assert_int_equal(one->chunks, 3);
    assert_int_equal(one->succeeded, 3);
    assert_int_equal(one->window.from, 100);
    assert_int_equal(one->window.to, 130);
    assert_int_equal(one->started_ms, 0);
    assert_int_equal(one->ended_ms, 3 * MINUTE_MS);
    assert_int_equal(invocation_elapsed_ms(one, 10 * MINUTE_MS), 3 * MINUTE_MS);
    assert_int_equal(one->rows_read, 300);
    assert_int_equal(one->counts.inserted, 3);
    assert_int_equal(one->counts.updated, 6);
    assert_int_equal(one->counts.unchanged, 291);
    assert_int_equal(one->counts.deleted, 9);
    assert_int_equal(one->requests, 6);
    assert_ptr_equal(one->newest, &rows[0]);
    assert_ptr_equal(one->loaded, &rows[0]);
    assert_null(one->failure);
}

/* In a container every start may be process 1 of the same host, seconds after the one before. */
static void hosts_end_the_chunks_of_an_invocation_in_any_order(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("a", 2, 3, RUN_SUCCEEDED), chunk("a", 3, 3, RUN_SUCCEEDED),
                             chunk("a", 1, 3, RUN_SUCCEEDED)};
    struct run_row running[] = {chunk("a", 3, 3, RUN_SUCCEEDED), chunk("a", 2, 3, RUN_RUNNING),
                                chunk("a", 1, 3, RUN_SUCCEEDED)};
    running[0].runner_is_gone = false;
    assert_int_equal(status_of(rows, 3), INVOCATION_SUCCEEDED);
    assert_int_equal(status_of(running, 3), INVOCATION_RUNNING);
    running[0].runner_is_gone = true;
    assert_int_equal(status_of(running, 3), INVOCATION_DIED);
}

static void a_chunk_that_was_taken_over_counts_as_its_newest_row_says(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("a", 1, 2, RUN_SUCCEEDED), chunk("a", 2, 2, RUN_SUCCEEDED),
                             chunk("a", 1, 2, RUN_FAILED)};
    SCOPED(folding) struct folding folding = fold(rows, 3);
    const struct invocation *one = folding.invocations.items;
    assert_int_equal(one->status, INVOCATION_SUCCEEDED);
    assert_int_equal(one->succeeded, 2);
    assert_int_equal(one->failed, 0);
    assert_int_equal(one->requests, 6);
    assert_null(one->failure);
}

static void rows_that_differ_in_nothing_but_the_invocation_are_two(void **state)
{
    (void)state;
    const struct run_row rows[] = {chunk("b", 1, 1, RUN_SUCCEEDED), chunk("a", 1, 1, RUN_SUCCEEDED)};
    SCOPED(folding) struct folding folding = fold(rows, 2);
    assert_int_equal(folding.invocations.count, 2);
    assert_int_equal(folding.invocations.items[0].rows_read, 100);
    assert_ptr_equal(folding.invocations.items[0].newest, &rows[0]);
}

/* Hours of waiting for the request budget, another host name, days in between: nothing else counts. */
static void chunks_of_one_invocation_are_one_whatever_lies_between_them(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("a", 2, 2, RUN_SUCCEEDED), chunk("a", 1, 2, RUN_SUCCEEDED)};
    rows[0].started_ms += INT64_C(12) * 60 * MINUTE_MS;
    rows[0].host = "renamed";
    rows[0].window = (struct window){true, 500, 510};
    assert_int_equal(status_of(rows, 2), INVOCATION_SUCCEEDED);
}

static void an_invocation_has_failed_when_a_chunk_has(void **state)
{
    (void)state;
    const struct run_row rows[] = {chunk("a", 2, 3, RUN_FAILED), chunk("a", 1, 3, RUN_SUCCEEDED)};
    SCOPED(folding) struct folding folding = fold(rows, 2);
    const struct invocation *one = folding.invocations.items;
    assert_int_equal(one->status, INVOCATION_FAILED);
    assert_int_equal(one->chunks, 3);
    assert_int_equal(one->succeeded, 1);
    assert_ptr_equal(one->failure, &rows[0]);
    assert_ptr_equal(one->loaded, &rows[1]);
}

static void every_chunk_has_to_be_loaded_or_finished_before(void **state)
{
    (void)state;
    const struct run_row loaded[] = {chunk("a", 2, 2, RUN_SUCCEEDED), chunk("a", 1, 2, RUN_SKIPPED)};
    const struct run_row last_was_finished[] = {chunk("a", 2, 2, RUN_SKIPPED),
                                                chunk("a", 1, 2, RUN_SUCCEEDED)};
    const struct run_row nothing_to_do[] = {chunk("a", 2, 2, RUN_SKIPPED), chunk("a", 1, 2, RUN_SKIPPED)};
    assert_int_equal(status_of(loaded, 2), INVOCATION_SUCCEEDED);
    assert_int_equal(status_of(last_was_finished, 2), INVOCATION_SUCCEEDED);
    assert_int_equal(status_of(nothing_to_do, 2), INVOCATION_SKIPPED);
}

/* The process was killed after a chunk was committed, or in the middle of one. */
static void an_invocation_with_chunks_missing_is_none_that_succeeded(void **state)
{
    (void)state;
    const struct run_row between[] = {chunk("a", 1, 2, RUN_SUCCEEDED)};
    const struct run_row after_a_finished_one[] = {chunk("a", 1, 2, RUN_SKIPPED)};
    const struct run_row within[] = {chunk("a", 2, 2, RUN_RUNNING), chunk("a", 1, 2, RUN_SUCCEEDED)};
    assert_int_equal(status_of(between, 1), INVOCATION_DIED);
    assert_int_equal(status_of(after_a_finished_one, 1), INVOCATION_DIED);
    assert_int_equal(status_of(within, 2), INVOCATION_DIED);
    SCOPED(folding) struct folding folding = fold(within, 2);
    assert_int_equal(folding.invocations.items[0].ended_ms, MINUTE_MS);
    assert_int_equal(invocation_elapsed_ms(folding.invocations.items, 9 * MINUTE_MS), MINUTE_MS);
}

static void an_invocation_runs_as_long_as_its_runner_does(void **state)
{
    (void)state;
    struct run_row within[] = {chunk("a", 2, 2, RUN_RUNNING), chunk("a", 1, 2, RUN_SUCCEEDED)};
    struct run_row between[] = {chunk("a", 1, 2, RUN_SUCCEEDED)};
    within[0].runner_is_gone = false;
    between[0].runner_is_gone = false;
    assert_int_equal(status_of(between, 1), INVOCATION_RUNNING);
    SCOPED(folding) struct folding folding = fold(within, 2);
    assert_int_equal(folding.invocations.items[0].status, INVOCATION_RUNNING);
    assert_int_equal(folding.invocations.items[0].ended_ms, 0);
    assert_int_equal(invocation_elapsed_ms(folding.invocations.items, 5 * MINUTE_MS), 5 * MINUTE_MS);
}

/* Who holds the lock now is the later one. */
static void an_unfinished_invocation_is_over_when_a_later_one_has_begun(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("b", 1, 1, RUN_RUNNING), chunk("a", 1, 2, RUN_SUCCEEDED)};
    rows[0].runner_is_gone = false;
    rows[1].runner_is_gone = false;
    SCOPED(folding) struct folding folding = fold(rows, 2);
    assert_int_equal(folding.invocations.items[0].status, INVOCATION_RUNNING);
    assert_int_equal(folding.invocations.items[1].status, INVOCATION_DIED);
}

static void a_row_of_version_0_1_is_an_invocation_of_its_own(void **state)
{
    (void)state;
    const struct run_row rows[] = {old_row(RUN_FAILED), old_row(RUN_SUCCEEDED), old_row(RUN_SUCCEEDED)};
    SCOPED(folding) struct folding folding = fold(rows, 3);
    assert_int_equal(folding.invocations.count, 3);
    assert_int_equal(folding.invocations.items[0].status, INVOCATION_FAILED);
    assert_int_equal(folding.invocations.items[1].status, INVOCATION_SUCCEEDED);
    assert_int_equal(folding.invocations.items[1].chunks, 1);
}

static void failures_are_counted_since_the_last_success_and_what_was_skipped_is_none(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("h", 1, 1, RUN_RUNNING),   chunk("g", 1, 1, RUN_SKIPPED),
                             chunk("f", 1, 2, RUN_SUCCEEDED), chunk("e", 1, 1, RUN_SKIPPED),
                             chunk("d", 1, 1, RUN_FAILED),    chunk("c", 1, 1, RUN_SUCCEEDED),
                             chunk("b", 1, 1, RUN_FAILED)};
    rows[0].runner_is_gone = false;
    SCOPED(folding) struct folding folding = fold(rows, COUNT_OF(rows));
    const struct invocations *all = &folding.invocations;
    assert_int_equal(invocation_count_failures(all), 2);
    assert_ptr_equal(invocation_find_ended(all), &all->items[2]);
    assert_ptr_equal(invocation_find_success(all), &all->items[5]);
}

/* Days 100 to 135 failed. Whether that stands after a success of these days. */
static bool stands_after(date_t from, date_t to, bool window_given)
{
    struct run_row rows[] = {chunk("b", 1, 1, RUN_SUCCEEDED), chunk("a", 1, 1, RUN_FAILED)};
    rows[0].window = (struct window){true, from, to};
    rows[0].window_given = window_given;
    rows[1].window = (struct window){true, 100, 135};
    SCOPED(folding) struct folding folding = fold(rows, COUNT_OF(rows));
    const struct invocations *all = &folding.invocations;
    const struct invocation *failure = invocation_find_standing(all);
    assert_ptr_equal(failure, failure ? &all->items[1] : NULL);
    assert_ptr_equal(invocation_find_success(all), failure ? NULL : &all->items[0]);
    assert_int_equal(invocation_count_failures(all), failure ? 1 : 0);
    return failure;
}

static void a_failure_stands_until_its_days_are_loaded_or_the_own_window_is(void **state)
{
    (void)state;
    assert_true(stands_after(50, 100, true));
    assert_true(stands_after(130, 136, true));
    assert_true(stands_after(101, 135, true));
    assert_true(stands_after(100, 134, true));
    assert_false(stands_after(100, 135, true));
    assert_false(stands_after(90, 140, true));
    assert_false(stands_after(101, 136, false));
}

/* A repair between two failed nights makes up for neither: the last success is the one before both. */
static void a_success_between_failures_that_stand_does_not_count(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("d", 1, 1, RUN_FAILED), chunk("c", 1, 1, RUN_SUCCEEDED),
                             chunk("b", 1, 1, RUN_FAILED), chunk("a", 1, 1, RUN_SUCCEEDED)};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i].window = (struct window){true, 100, 135};
    rows[1].window = (struct window){true, 50, 80};
    rows[1].window_given = true;
    SCOPED(folding) struct folding folding = fold(rows, COUNT_OF(rows));
    const struct invocations *all = &folding.invocations;
    assert_ptr_equal(invocation_find_standing(all), &all->items[0]);
    assert_ptr_equal(invocation_find_success(all), &all->items[3]);
    assert_int_equal(invocation_count_failures(all), 2);
}

static void days_that_a_failure_has_not_begun_are_loaded_by_the_same_command(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("d", 3, 3, RUN_SUCCEEDED), chunk("d", 2, 3, RUN_SUCCEEDED),
                             chunk("d", 1, 3, RUN_SUCCEEDED), chunk("c", 1, 1, RUN_SUCCEEDED),
                             chunk("b", 1, 3, RUN_FAILED),    chunk("a", 1, 1, RUN_SUCCEEDED)};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        rows[i].window_given = i < 4;
        rows[i].started_ms += INT64_C(200) * 24 * 60 * MINUTE_MS;
    }
    SCOPED(folding) struct folding of_all = fold(rows, COUNT_OF(rows));
    SCOPED(folding) struct folding of_begun = fold(rows + 3, COUNT_OF(rows) - 3);
    assert_null(invocation_find_standing(&of_all.invocations));
    assert_ptr_equal(invocation_find_success(&of_all.invocations), &of_all.invocations.items[0]);
    assert_ptr_equal(invocation_find_standing(&of_begun.invocations), &of_begun.invocations.items[1]);
    assert_ptr_equal(invocation_find_success(&of_begun.invocations), &of_begun.invocations.items[2]);
    assert_true(invocation_has_regular_success(&of_begun.invocations));
}

static void without_rows_there_is_nothing_to_find(void **state)
{
    (void)state;
    SCOPED(folding) struct folding folding = fold(NULL, 0);
    assert_int_equal(folding.invocations.count, 0);
    assert_int_equal(invocation_count_failures(&folding.invocations), 0);
    assert_null(invocation_find_ended(&folding.invocations));
    assert_null(invocation_find_success(&folding.invocations));
    assert_null(invocation_find_standing(&folding.invocations));
    assert_false(invocation_has_regular_success(&folding.invocations));
}

static void what_the_chunks_have_changed_of_the_table_stands_in_its_order(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk("a", 3, 3, RUN_SUCCEEDED), chunk("a", 2, 3, RUN_SUCCEEDED),
                             chunk("a", 1, 3, RUN_SUCCEEDED)};
    rows[2].schema_changes = "one\ntwo";
    rows[0].schema_changes = "three";
    SCOPED(folding) struct folding folding = fold(rows, COUNT_OF(rows));
    const struct text_list *changes = &folding.invocations.items[0].schema_changes;
    assert_int_equal(changes->count, 3);
    assert_string_equal(changes->items[0], "one");
    assert_string_equal(changes->items[1], "two");
    assert_string_equal(changes->items[2], "three");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_chunks_have_changed_of_the_table_stands_in_its_order),
        cmocka_unit_test(chunks_that_have_not_moved_are_as_good_as_loaded),
        cmocka_unit_test(a_success_may_have_loaded_nothing),
        cmocka_unit_test(the_chunks_of_an_invocation_are_summed_up),
        cmocka_unit_test(hosts_end_the_chunks_of_an_invocation_in_any_order),
        cmocka_unit_test(a_chunk_that_was_taken_over_counts_as_its_newest_row_says),
        cmocka_unit_test(rows_that_differ_in_nothing_but_the_invocation_are_two),
        cmocka_unit_test(chunks_of_one_invocation_are_one_whatever_lies_between_them),
        cmocka_unit_test(an_invocation_has_failed_when_a_chunk_has),
        cmocka_unit_test(every_chunk_has_to_be_loaded_or_finished_before),
        cmocka_unit_test(an_invocation_with_chunks_missing_is_none_that_succeeded),
        cmocka_unit_test(an_invocation_runs_as_long_as_its_runner_does),
        cmocka_unit_test(an_unfinished_invocation_is_over_when_a_later_one_has_begun),
        cmocka_unit_test(a_row_of_version_0_1_is_an_invocation_of_its_own),
        cmocka_unit_test(failures_are_counted_since_the_last_success_and_what_was_skipped_is_none),
        cmocka_unit_test(a_failure_stands_until_its_days_are_loaded_or_the_own_window_is),
        cmocka_unit_test(a_success_between_failures_that_stand_does_not_count),
        cmocka_unit_test(days_that_a_failure_has_not_begun_are_loaded_by_the_same_command),
        cmocka_unit_test(without_rows_there_is_nothing_to_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
