#include "base/clock.h"
#include "base/progress.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct progress *read_progress(void)
{
    static struct progress progress;
    progress_read(&progress);
    return &progress;
}

static const struct progress_entry *only_entry(void)
{
    const struct progress *progress = read_progress();
    assert_int_equal(progress->count, 1);
    return &progress->entries[0];
}

static void a_thread_without_an_entry_changes_nothing(void **state)
{
    (void)state;
    progress_phase("polling");
    progress_page(1);
    progress_rows(1, 2);
    progress_wait("for the budget", CLOCK_NEVER);
    progress_end(1, false);
    progress_leave();
    assert_int_equal(read_progress()->count, 0);
    assert_int_equal(read_progress()->jobs_done, 0);
}

static void an_entry_has_chunk_phase_pages_and_rows(void **state)
{
    (void)state;
    progress_begin("daily", "11000000001");
    progress_chunk(2, 3);
    progress_phase("paging");
    progress_page(19);
    progress_rows(5000, 98000);
    progress_page(18);
    progress_rows(10000, 98000);
    const struct progress_entry *entry = only_entry();
    assert_string_equal(entry->label, "daily 11000000001");
    assert_string_equal(entry->phase, "paging");
    assert_int_equal(entry->chunk, 2);
    assert_int_equal(entry->chunks, 3);
    assert_int_equal(entry->page, 2);
    assert_int_equal(entry->pages, 20);
    assert_int_equal(entry->amount.rows, 10000);
    assert_int_equal(entry->amount.rows_total, 98000);
    assert_int_equal(entry->first.rows, 5000);
    progress_leave();
}

static void a_wait_ends_with_a_call(void **state)
{
    (void)state;
    progress_begin("daily", NULL);
    progress_wait("for the budget", CLOCK_NEVER);
    assert_string_equal(only_entry()->wait, "for the budget");
    assert_true(only_entry()->wait_until_ms == CLOCK_NEVER);
    progress_wait(NULL, 0);
    assert_null(only_entry()->wait);
    progress_leave();
}

static void a_new_phase_resets_numbers_and_wait(void **state)
{
    (void)state;
    progress_begin("daily", NULL);
    progress_page(19);
    progress_rows(5000, 98000);
    progress_bytes(10, 20);
    progress_wait("for the budget", CLOCK_NEVER);
    progress_phase("loading");
    const struct progress_entry *entry = only_entry();
    assert_true(entry->page == 0 && entry->pages == 0 && entry->first_ms == 0);
    assert_true(entry->amount.rows == 0 && entry->amount.rows_total == 0);
    assert_true(entry->amount.bytes == 0 && entry->amount.bytes_total == 0);
    assert_null(entry->wait);
    progress_leave();
}

static void a_name_that_is_too_long_is_cut(void **state)
{
    (void)state;
    char name[300];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    progress_begin(name, name);
    assert_int_equal(strlen(only_entry()->label), PROGRESS_LABEL - 1);
    progress_leave();
}

static void *begin_and_end(void *job)
{
    progress_begin(job, NULL);
    const struct progress *progress = read_progress();
    assert_int_equal(progress->count, 2);
    assert_string_equal(progress->entries[0].label, "first");
    assert_string_equal(progress->entries[1].label, "second");
    progress_end(1, true);
    return NULL;
}

static void each_thread_has_its_own_entry(void **state)
{
    (void)state;
    pthread_t thread;
    progress_expect(2, 4);
    progress_begin("first", NULL);
    assert_int_equal(pthread_create(&thread, NULL, begin_and_end, "second"), 0);
    pthread_join(thread, NULL);
    assert_string_equal(only_entry()->label, "first");
    progress_leave();
}

/* Begins a job, waits until all threads have, and leaves. */
static void *begin_and_leave(void *barrier)
{
    progress_begin("more", NULL);
    pthread_barrier_wait(barrier);
    pthread_barrier_wait(barrier);
    progress_phase("polling");
    progress_leave();
    return NULL;
}

static void threads_past_the_limit_have_no_entry(void **state)
{
    (void)state;
    enum { THREADS = PROGRESS_MAX + 3 };
    pthread_t threads[THREADS];
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, begin_and_leave, &barrier), 0);
    pthread_barrier_wait(&barrier);
    assert_int_equal(read_progress()->count, PROGRESS_MAX);
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(read_progress()->count, 0);
    pthread_barrier_destroy(&barrier);
}

static void jobs_that_are_done_are_counted(void **state)
{
    (void)state;
    progress_expect(3, 7);
    progress_begin("first", NULL);
    progress_chunk(1, 3);
    progress_chunk(2, 3);
    assert_int_equal(read_progress()->chunks_done, 1);
    progress_end(3, false);
    /* A host of a share does some chunks of a job. */
    progress_begin("second", NULL);
    progress_chunk(7, 9);
    assert_int_equal(read_progress()->chunks_done, 3);
    progress_end(2, true);
    const struct progress *progress = read_progress();
    assert_int_equal(progress->count, 0);
    assert_int_equal(progress->jobs, 3);
    assert_int_equal(progress->jobs_done, 2);
    assert_int_equal(progress->jobs_failed, 1);
    assert_int_equal(progress->chunks, 7);
    assert_int_equal(progress->chunks_done, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_without_an_entry_changes_nothing),
        cmocka_unit_test(an_entry_has_chunk_phase_pages_and_rows),
        cmocka_unit_test(a_wait_ends_with_a_call),
        cmocka_unit_test(a_new_phase_resets_numbers_and_wait),
        cmocka_unit_test(a_name_that_is_too_long_is_cut),
        cmocka_unit_test(each_thread_has_its_own_entry),
        cmocka_unit_test(threads_past_the_limit_have_no_entry),
        cmocka_unit_test(jobs_that_are_done_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
