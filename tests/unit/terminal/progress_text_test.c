#include "base/clock.h"
#include "terminal/progress_text.h"
#include "unit/terminal/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct progress progress;

static struct progress_entry *add(const char *job, const char *phase)
{
    struct progress_entry *entry = &progress.entries[progress.count++];
    *entry = entry_of(job, phase, NOW_MS);
    return entry;
}

static int empty(void **state)
{
    (void)state;
    progress = (struct progress){.now_ms = NOW_MS};
    return 0;
}

/* Three jobs, one of which waits for the budget; three of seven are over. */
static void run_three(void)
{
    struct progress_entry *paging = add("daily_product_usage", "paging");
    paging->pages = 4;
    paging->pages_total = 20;
    paging->rows = 20000;
    paging->rows_total = 98123;
    paging->wait = "for the budget";
    paging->wait_until_ms = NOW_MS + 35000;
    add("monthly_users", "polling");
    add("tokens", "loading")->rows_total = 1200;
    progress.jobs = 7;
    progress.jobs_done = 3;
    progress.chunks = 7;
    progress.chunks_done = 3;
}

static void assert_lines(size_t columns, size_t rows, size_t count, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    assert_int_equal(progress_put_lines(&out, &progress, columns, rows), count);
    assert_string_equal(buf_text(&out), expected);
}

static void assert_status(const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    progress_put_status(&out, &progress);
    assert_string_equal(buf_text(&out), expected);
}

static void each_job_has_a_line_and_the_run_one(void **state)
{
    (void)state;
    run_three();
    assert_lines(80, 24, 4,
                 "daily_product_usage 11000000001  page 4 of 20  waiting 35s for the budget  20,0\n"
                 "monthly_users 11000000001        polling\n"
                 "tokens 11000000001               loading  1,200 rows\n"
                 "3 of 7 jobs done");
}

static void the_last_column_stays_free(void **state)
{
    (void)state;
    add("usage", "submitting");
    assert_lines(30, 24, 1, "usage 110000..  submitting");
    assert_lines(20, 24, 1, "usage 1..  submitti");
    assert_lines(22, 24, 1, "usage 11..  submittin");
    assert_lines(1, 24, 0, "");
}

static void jobs_that_find_no_room_are_counted(void **state)
{
    (void)state;
    run_three();
    assert_lines(80, 4, 3,
                 "daily_product_usage 11000000001  page 4 of 20  waiting 35s for the budget  20,0\n"
                 "monthly_users 11000000001        polling\n"
                 "3 of 7 jobs done, 1 more running");
    assert_lines(80, 2, 1, "3 of 7 jobs done, 3 more running");
    assert_lines(80, 1, 0, "");
    assert_lines(20, 2, 1, "3 of 7 jobs done, 3");
}

static void a_single_job_needs_no_line_for_the_run(void **state)
{
    (void)state;
    add("usage", "submitting");
    progress.jobs = 1;
    progress.chunks = 1;
    assert_lines(80, 24, 1, "usage 11000000001  submitting");
}

static void a_run_without_running_jobs_has_no_lines(void **state)
{
    (void)state;
    progress.jobs = 7;
    assert_lines(80, 24, 0, "");
}

static void chunks_are_counted_where_jobs_have_several(void **state)
{
    (void)state;
    struct progress_entry *entry = add("usage", "submitting");
    entry->chunk = 3;
    entry->chunks = 12;
    progress.jobs = 2;
    progress.jobs_done = 1;
    progress.jobs_failed = 1;
    progress.chunks = 17;
    progress.chunks_done = 5;
    assert_lines(80, 24, 2,
                 "usage 3/12 11000000001  submitting\n"
                 "1 of 2 jobs done, 7 of 17 chunks, 1 failed");
}

static void the_run_has_a_time_left_once_chunks_tell_its_pace(void **state)
{
    (void)state;
    struct progress_entry *entry = add("usage", "submitting");
    entry->chunk = 3;
    entry->chunks = 12;
    progress.jobs = 2;
    progress.jobs_done = 1;
    progress.chunks = 15;
    progress.chunks_done = 3;
    progress.since_ms = progress.now_ms - 50000;
    /* 5 chunks in 50 s: 10 more take 100 s. */
    assert_lines(80, 24, 2,
                 "usage 3/12 11000000001  submitting\n"
                 "1 of 2 jobs done, 5 of 15 chunks, about 1m40s left");
    entry->chunk = 1;
    progress.chunks_done = 1;
    assert_lines(80, 24, 2,
                 "usage 1/12 11000000001  submitting\n"
                 "1 of 2 jobs done, 1 of 15 chunks");
}

static void a_single_job_of_many_chunks_has_a_time_left_too(void **state)
{
    (void)state;
    struct progress_entry *entry = add("usage", "submitting");
    entry->chunk = 7;
    entry->chunks = 24;
    progress.jobs = 1;
    progress.chunks = 24;
    progress.since_ms = progress.now_ms - 60000;
    assert_lines(80, 24, 2,
                 "usage 7/24 11000000001  submitting\n"
                 "0 of 1 jobs done, 6 of 24 chunks, about 3m00s left");
}

static void a_status_is_one_line_of_what_runs(void **state)
{
    (void)state;
    run_three();
    assert_status(
        "3 of 7 jobs done; daily_product_usage 11000000001  page 4 of 20  waiting 35s for the budget  "
        "20,000 of 98,123 rows; monthly_users 11000000001  polling; tokens 11000000001  loading  1,200 rows");
}

static void a_status_before_the_jobs_are_known_says_so(void **state)
{
    (void)state;
    assert_status("preparing");
}

static void a_status_names_four_jobs_and_counts_the_others(void **state)
{
    (void)state;
    for (int i = 1; i <= 6; i++) {
        char job[16];
        snprintf(job, sizeof job, "job%d", i);
        add(job, "polling");
    }
    progress.jobs = 6;
    progress.chunks = 6;
    assert_status("0 of 6 jobs done; job1 11000000001  polling; job2 11000000001  polling; job3 11000000001  "
                  "polling; job4 11000000001  polling; 2 more");
}

static void a_status_tells_the_contracts_of_one_job(void **state)
{
    (void)state;
    add("usage", "polling");
    strcpy(add("usage", "loading")->contract, "11000000002");
    progress.jobs = 2;
    progress.chunks = 2;
    assert_status("0 of 2 jobs done; usage 11000000001  polling; usage 11000000002  loading");
}

static void a_status_at_the_end_tells_failures(void **state)
{
    (void)state;
    progress.jobs = progress.jobs_done = 7;
    progress.jobs_failed = 2;
    progress.chunks = progress.chunks_done = 7;
    assert_status("7 of 7 jobs done, 2 failed");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, empty)
    const struct CMUnitTest tests[] = {
        CASE(each_job_has_a_line_and_the_run_one),
        CASE(the_last_column_stays_free),
        CASE(jobs_that_find_no_room_are_counted),
        CASE(a_single_job_needs_no_line_for_the_run),
        CASE(a_run_without_running_jobs_has_no_lines),
        CASE(chunks_are_counted_where_jobs_have_several),
        CASE(the_run_has_a_time_left_once_chunks_tell_its_pace),
        CASE(a_single_job_of_many_chunks_has_a_time_left_too),
        CASE(a_status_is_one_line_of_what_runs),
        CASE(a_status_before_the_jobs_are_known_says_so),
        CASE(a_status_names_four_jobs_and_counts_the_others),
        CASE(a_status_tells_the_contracts_of_one_job),
        CASE(a_status_at_the_end_tells_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
