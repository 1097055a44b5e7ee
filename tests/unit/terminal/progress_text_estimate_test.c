#include "base/clock.h"
#include "terminal/progress_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct progress_entry paging(void)
{
    return (struct progress_entry){
        .rows = 30000,
        .rows_total = 90000,
        .bytes = PROGRESS_UNKNOWN,
        .bytes_total = PROGRESS_UNKNOWN,
        .updated_ms = 20000,
        .since = {.at_ms = 10000, .rows = 10000, .bytes = PROGRESS_UNKNOWN},
    };
}

static void speed_and_time_left_are_those_of_late(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    assert_true(progress_rows_per_s(&entry, 20000) == 2000);
    assert_int_equal(progress_left_ms(&entry, 20000), 30000);
}

static void time_left_runs_down_until_more_comes(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    assert_int_equal(progress_left_ms(&entry, 25000), 25000);
    assert_int_equal(progress_left_ms(&entry, 70000), 0);
}

static void time_left_is_no_less_than_a_wait(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    entry.wait = "as the service asks";
    entry.wait_until_ms = 80000;
    assert_int_equal(progress_left_ms(&entry, 25000), 55000);
    entry.wait_until_ms = CLOCK_NEVER;
    assert_int_equal(progress_left_ms(&entry, 25000), 25000);
}

static void a_speed_that_nothing_adds_to_falls(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    assert_true(progress_rows_per_s(&entry, 30000) == 1000);
}

static void speed_in_the_first_second_is_not_told(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    entry.updated_ms = 10999;
    assert_true(progress_rows_per_s(&entry, 10999) == 0);
    assert_int_equal(progress_left_ms(&entry, 10999), -1);
}

static void nothing_new_has_no_speed_and_no_end(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    entry.rows = 10000;
    assert_true(progress_rows_per_s(&entry, 20000) == 0);
    assert_int_equal(progress_left_ms(&entry, 20000), -1);
}

static void a_total_that_is_not_known_has_no_end(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    entry.rows_total = PROGRESS_UNKNOWN;
    assert_true(progress_rows_per_s(&entry, 20000) == 2000);
    assert_int_equal(progress_left_ms(&entry, 20000), -1);
}

static void a_download_ends_with_its_bytes(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    entry.rows_total = PROGRESS_UNKNOWN;
    entry.bytes = 3000;
    entry.bytes_total = 4000;
    entry.since.bytes = 1000;
    assert_int_equal(progress_left_ms(&entry, 20000), 5000);
}

static int64_t run_left_ms(struct progress *progress, size_t chunks_done, int64_t now_ms)
{
    progress->chunks_done = chunks_done;
    progress->now_ms = now_ms;
    return progress_run_left_ms(progress);
}

static void a_run_ends_when_chunks_go_on_as_fast_as_so_far(void **state)
{
    (void)state;
    static struct progress progress;
    progress = (struct progress){.jobs = 2, .chunks = 10, .since_ms = 10000};
    assert_int_equal(run_left_ms(&progress, 4, 18000), 12000);
}

static void the_end_of_a_run_is_not_told_too_early_nor_when_all_chunks_are_over(void **state)
{
    (void)state;
    static struct progress progress;
    progress = (struct progress){.jobs = 2, .chunks = 10, .since_ms = 10000};
    assert_int_equal(run_left_ms(&progress, 1, 18000), -1);
    assert_int_equal(run_left_ms(&progress, 4, 10999), -1);
    assert_int_equal(run_left_ms(&progress, 10, 18000), -1);
    progress.since_ms = 0;
    assert_int_equal(run_left_ms(&progress, 4, 18000), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_and_time_left_are_those_of_late),
        cmocka_unit_test(time_left_runs_down_until_more_comes),
        cmocka_unit_test(time_left_is_no_less_than_a_wait),
        cmocka_unit_test(a_speed_that_nothing_adds_to_falls),
        cmocka_unit_test(speed_in_the_first_second_is_not_told),
        cmocka_unit_test(nothing_new_has_no_speed_and_no_end),
        cmocka_unit_test(a_total_that_is_not_known_has_no_end),
        cmocka_unit_test(a_download_ends_with_its_bytes),
        cmocka_unit_test(a_run_ends_when_chunks_go_on_as_fast_as_so_far),
        cmocka_unit_test(the_end_of_a_run_is_not_told_too_early_nor_when_all_chunks_are_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
