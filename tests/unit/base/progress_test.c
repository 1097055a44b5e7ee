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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_without_an_entry_writes_nothing),
        cmocka_unit_test(an_entry_says_what_its_thread_is_at),
        cmocka_unit_test(a_new_phase_forgets_numbers_and_wait_of_the_one_before),
        cmocka_unit_test(a_name_that_is_too_long_is_cut),
        cmocka_unit_test(each_thread_has_an_entry_of_its_own_in_the_order_of_their_beginning),
        cmocka_unit_test(what_is_over_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
