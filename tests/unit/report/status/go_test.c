/* report/status/go: which rows of the run table are one run to people. */
#include "base/macros.h"
#include "report/status/go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS 60000

/* A chunk of ten days that took a minute. */
static struct run_row chunk(enum run_status status, date_t from, int64_t started_ms)
{
    return (struct run_row){
        .status = status,
        .window = {true, from, from + 10},
        .source = "query",
        .started_ms = started_ms,
        .finished_ms = status == RUN_RUNNING ? 0 : started_ms + MINUTE_MS,
        .rows_read = 100,
        .counts = {.inserted = 1, .updated = 2, .unchanged = 97, .deleted = 3},
        .requests = 2,
        .host = "etl-7",
        .pid = 42,
    };
}

struct folding {
    struct arena *arena;
    struct gos gos;
};

static void folding_cleanup(struct folding *folding)
{
    arena_release(folding->arena);
}

static struct folding fold(const struct run_row *rows, size_t count)
{
    struct folding folding = {.arena = arena_make()};
    go_fold(rows, count, folding.arena, &folding.gos);
    return folding;
}

static void chunks_that_follow_each_other_are_one_go(void **state)
{
    (void)state;
    const struct run_row rows[] = {
        chunk(RUN_SUCCEEDED, 120, 2 * MINUTE_MS),
        chunk(RUN_SUCCEEDED, 110, MINUTE_MS),
        chunk(RUN_SUCCEEDED, 100, 0),
    };
    SCOPED(folding) struct folding folding = fold(rows, 3);
    const struct go *go = folding.gos.items;
    assert_int_equal(folding.gos.count, 1);
    assert_int_equal(go->status, GO_SUCCEEDED);
    assert_int_equal(go->chunks, 3);
    assert_int_equal(go->window.from, 100);
    assert_int_equal(go->window.to, 130);
    assert_int_equal(go->started_ms, 0);
    assert_int_equal(go->finished_ms, 3 * MINUTE_MS);
    assert_int_equal(go->rows_read, 300);
    assert_int_equal(go->counts.inserted, 3);
    assert_int_equal(go->counts.updated, 6);
    assert_int_equal(go->counts.unchanged, 291);
    assert_int_equal(go->counts.deleted, 9);
    assert_int_equal(go->requests, 6);
    assert_ptr_equal(go->newest, &rows[0]);
}

static void a_go_has_failed_when_its_last_chunk_has(void **state)
{
    (void)state;
    const struct run_row rows[] = {
        chunk(RUN_FAILED, 110, MINUTE_MS),
        chunk(RUN_SUCCEEDED, 100, 0),
    };
    SCOPED(folding) struct folding folding = fold(rows, 2);
    assert_int_equal(folding.gos.count, 1);
    assert_int_equal(folding.gos.items[0].status, GO_FAILED);
    assert_int_equal(folding.gos.items[0].succeeded, 1);
    assert_ptr_equal(folding.gos.items[0].failure, &rows[0]);
}

static void a_chunk_that_failed_is_the_last_of_its_go(void **state)
{
    (void)state;
    const struct run_row rows[] = {
        chunk(RUN_SUCCEEDED, 110, MINUTE_MS),
        chunk(RUN_FAILED, 100, 0),
    };
    SCOPED(folding) struct folding folding = fold(rows, 2);
    assert_int_equal(folding.gos.count, 2);
    assert_int_equal(folding.gos.items[0].status, GO_SUCCEEDED);
    assert_int_equal(folding.gos.items[1].status, GO_FAILED);
}

/* Each pair of rows but for one thing: nobody went on from the older to the newer. */
static void rows_that_do_not_follow_are_two_gos(void **state)
{
    (void)state;
    const struct run_row older = chunk(RUN_SUCCEEDED, 100, 0);
    struct run_row newer[] = {
        chunk(RUN_SUCCEEDED, 110, MINUTE_MS),           /* another process */
        chunk(RUN_SUCCEEDED, 110, MINUTE_MS),           /* another host */
        chunk(RUN_SUCCEEDED, 100, MINUTE_MS),           /* the same window again */
        chunk(RUN_SUCCEEDED, 101, MINUTE_MS),           /* the next night's */
        chunk(RUN_SUCCEEDED, 110, 24 * 60 * MINUTE_MS), /* of another night */
        chunk(RUN_SUCCEEDED, 110, MINUTE_MS),           /* without a window */
    };
    newer[0].pid = 43;
    newer[1].host = "etl-8";
    newer[5].window = (struct window){0};
    for (size_t i = 0; i < COUNT_OF(newer); i++) {
        const struct run_row rows[] = {newer[i], older};
        SCOPED(folding) struct folding folding = fold(rows, 2);
        if (folding.gos.count != 2)
            fail_msg("case %zu: %zu gos", i, folding.gos.count);
    }
}

static void a_go_of_finished_chunks_alone_is_skipped(void **state)
{
    (void)state;
    const struct run_row rows[] = {chunk(RUN_SKIPPED, 110, MINUTE_MS), chunk(RUN_SKIPPED, 100, 0)};
    SCOPED(folding) struct folding folding = fold(rows, 2);
    assert_int_equal(folding.gos.count, 1);
    assert_int_equal(folding.gos.items[0].status, GO_SKIPPED);
    assert_int_equal(folding.gos.items[0].skipped, 2);
}

static void a_backfill_that_goes_on_has_succeeded(void **state)
{
    (void)state;
    const struct run_row rows[] = {chunk(RUN_SUCCEEDED, 110, MINUTE_MS), chunk(RUN_SKIPPED, 100, 0)};
    SCOPED(folding) struct folding folding = fold(rows, 2);
    assert_int_equal(folding.gos.items[0].status, GO_SUCCEEDED);
}

static void a_go_runs_as_long_as_its_runner_does(void **state)
{
    (void)state;
    struct run_row rows[] = {chunk(RUN_RUNNING, 110, MINUTE_MS), chunk(RUN_SUCCEEDED, 100, 0)};
    SCOPED(folding) struct folding running = fold(rows, 2);
    assert_int_equal(running.gos.count, 1);
    assert_int_equal(running.gos.items[0].status, GO_RUNNING);
    assert_int_equal(running.gos.items[0].finished_ms, 0);
    assert_int_equal(go_elapsed_ms(&running.gos.items[0], 5 * MINUTE_MS), 5 * MINUTE_MS);
    rows[0].runner_is_gone = true;
    SCOPED(folding) struct folding gone = fold(rows, 2);
    assert_int_equal(gone.gos.items[0].status, GO_DIED);
    assert_int_equal(go_elapsed_ms(&gone.gos.items[0], 5 * MINUTE_MS), 0);
}

static void no_rows_are_no_go(void **state)
{
    (void)state;
    SCOPED(folding) struct folding folding = fold(NULL, 0);
    assert_int_equal(folding.gos.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_that_follow_each_other_are_one_go),
        cmocka_unit_test(a_go_has_failed_when_its_last_chunk_has),
        cmocka_unit_test(a_chunk_that_failed_is_the_last_of_its_go),
        cmocka_unit_test(rows_that_do_not_follow_are_two_gos),
        cmocka_unit_test(a_go_of_finished_chunks_alone_is_skipped),
        cmocka_unit_test(a_backfill_that_goes_on_has_succeeded),
        cmocka_unit_test(a_go_runs_as_long_as_its_runner_does),
        cmocka_unit_test(no_rows_are_no_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
