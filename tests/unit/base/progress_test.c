#include "base/clock.h"
#include "base/progress.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROOM 4

static struct progress_entry only_one(void)
{
    struct progress_entry entries[ROOM];
    struct progress_totals totals;
    assert_int_equal(progress_look(entries, ROOM, &totals), 1);
    return entries[0];
}

static void a_thread_without_an_entry_writes_nothing(void **state)
{
    (void)state;
    struct progress_entry entries[ROOM];
    struct progress_totals totals;
    progress_phase("polling");
    progress_page(1, 2, 1);
    progress_wait("for the budget", CLOCK_NEVER);
    progress_end(1, false);
    assert_int_equal(progress_look(entries, ROOM, &totals), 0);
    assert_int_equal(totals.jobs_over, 0);
}

static void an_entry_says_what_its_thread_is_at(void **state)
{
    (void)state;
    progress_begin("daily", "11000000001");
    progress_chunk(2, 3);
    progress_window("2026-11-01..2026-12-01");
    progress_phase("paging");
    progress_page(5000, 98000, 19);
    progress_page(10000, 98000, 18);
    struct progress_entry entry = only_one();
    assert_string_equal(entry.job, "daily");
    assert_string_equal(entry.contract, "11000000001");
    assert_string_equal(entry.window, "2026-11-01..2026-12-01");
    assert_string_equal(entry.phase, "paging");
    assert_int_equal(entry.chunk, 2);
    assert_int_equal(entry.chunks, 3);
    assert_int_equal(entry.pages, 2);
    assert_int_equal(entry.pages_total, 20);
    assert_int_equal(entry.rows, 10000);
    assert_int_equal(entry.rows_total, 98000);
    progress_leave();
}

static void a_new_phase_forgets_numbers_and_wait_of_the_one_before(void **state)
{
    (void)state;
    progress_begin("daily", NULL);
    progress_page(5000, 98000, 19);
    progress_bytes(10, 20);
    progress_wait("for the budget", CLOCK_NEVER);
    progress_phase("loading");
    struct progress_entry entry = only_one();
    assert_true(entry.pages == PROGRESS_UNKNOWN && entry.rows == PROGRESS_UNKNOWN);
    assert_true(entry.bytes == PROGRESS_UNKNOWN && entry.bytes_total == PROGRESS_UNKNOWN);
    assert_null(entry.wait);
    progress_leave();
}

static void a_name_that_is_too_long_is_cut(void **state)
{
    (void)state;
    char name[300];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    progress_begin(name, name);
    struct progress_entry entry = only_one();
    assert_int_equal(strlen(entry.job), PROGRESS_NAME - 1);
    assert_int_equal(strlen(entry.contract), PROGRESS_NAME - 1);
    progress_leave();
}

static void *begin_and_leave(void *context)
{
    struct progress_entry entries[ROOM];
    struct progress_totals totals;
    progress_begin(context, NULL);
    assert_int_equal(progress_look(entries, ROOM, &totals), 2);
    assert_string_equal(entries[0].job, "first");
    assert_string_equal(entries[1].job, "second");
    assert_int_equal(progress_look(entries, 1, &totals), 1);
    assert_int_equal(totals.running, 2);
    progress_end(1, true);
    return NULL;
}

static void each_thread_has_an_entry_of_its_own_in_the_order_of_their_beginning(void **state)
{
    (void)state;
    pthread_t thread;
    progress_expect(2, 4);
    progress_begin("first", NULL);
    assert_int_equal(pthread_create(&thread, NULL, begin_and_leave, "second"), 0);
    pthread_join(thread, NULL);
    assert_string_equal(only_one().job, "first");
    progress_leave();
}

static void what_is_over_is_counted(void **state)
{
    (void)state;
    struct progress_entry entries[ROOM];
    struct progress_totals totals;
    progress_expect(3, 7);
    progress_begin("first", NULL);
    progress_end(3, false);
    progress_begin("second", NULL);
    progress_end(2, true);
    assert_int_equal(progress_look(entries, ROOM, &totals), 0);
    assert_int_equal(totals.jobs, 3);
    assert_int_equal(totals.jobs_over, 2);
    assert_int_equal(totals.jobs_failed, 1);
    assert_int_equal(totals.chunks, 7);
    assert_int_equal(totals.chunks_over, 5);
}

static void a_wait_is_over_at_its_moment(void **state)
{
    (void)state;
    struct progress_entry entry = {.wait = "for the budget", .wait_until_ms = 5000};
    assert_true(progress_waits(&entry, 4999));
    assert_false(progress_waits(&entry, 5000));
    entry.wait_until_ms = CLOCK_NEVER;
    assert_true(progress_waits(&entry, 5000));
    entry.wait = NULL;
    assert_false(progress_waits(&entry, 0));
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_without_an_entry_writes_nothing),
        cmocka_unit_test(an_entry_says_what_its_thread_is_at),
        cmocka_unit_test(a_new_phase_forgets_numbers_and_wait_of_the_one_before),
        cmocka_unit_test(a_name_that_is_too_long_is_cut),
        cmocka_unit_test(each_thread_has_an_entry_of_its_own_in_the_order_of_their_beginning),
        cmocka_unit_test(what_is_over_is_counted),
        cmocka_unit_test(a_wait_is_over_at_its_moment),
        cmocka_unit_test(speed_and_time_left_are_those_of_late),
        cmocka_unit_test(time_left_runs_down_until_more_comes),
        cmocka_unit_test(time_left_is_no_less_than_a_wait),
        cmocka_unit_test(a_speed_that_nothing_adds_to_falls),
        cmocka_unit_test(speed_in_the_first_second_is_not_told),
        cmocka_unit_test(nothing_new_has_no_speed_and_no_end),
        cmocka_unit_test(a_total_that_is_not_known_has_no_end),
        cmocka_unit_test(a_download_ends_with_its_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
