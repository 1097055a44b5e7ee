#include "terminal/progress_text.h"
#include "unit/terminal/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
    paging->page = 4;
    paging->pages = 20;
    paging->amount.rows = 20000;
    paging->amount.rows_total = 98123;
    paging->wait = "for the budget";
    paging->wait_until_ms = NOW_MS + 35000;
    add("monthly_users", "polling")->phase_from_ms = NOW_MS - 75000;
    add("tokens", "loading")->amount.rows = 1200;
    progress.jobs = 7;
    progress.jobs_done = 3;
    progress.chunks = 7;
    progress.chunks_done = 3;
}

static void assert_lines(size_t columns, size_t rows, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    progress_put_lines(&out, &progress, &(struct progress_layout){"\n", columns, rows});
    assert_string_equal(buf_text(&out), expected);
}

static void the_run_has_a_line_and_each_job_one(void **state)
{
    (void)state;
    run_three();
    assert_lines(79, 23,
                 "3 of 7 jobs done\n"
                 "daily_product_usage 11000000001  paging 0 s  waiting 35 s for the budget  page \n"
                 "monthly_users 11000000001        polling 1 min 15 s\n"
                 "tokens 11000000001               loading 0 s  1,200 rows");
}

static void a_separator_makes_one_line_of_them(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    add("usage", "polling");
    add("tokens", "loading");
    progress.jobs = 4;
    progress.count = 2;
    progress_put_lines(&out, &progress, &(struct progress_layout){"; ", 1000, 2});
    assert_string_equal(buf_text(&out), "0 of 4 jobs done, 1 more running; usage 11000000001  polling 0 s");
}

static void lines_are_cut_and_a_label_takes_half_of_them(void **state)
{
    (void)state;
    add("usage", "submitting");
    progress.jobs = 1;
    assert_lines(30, 23, "0 of 1 jobs done\nusage 110000000  submitting 0 ");
    assert_lines(10, 23, "0 of 1 job\nusage  sub");
    assert_lines(1, 23, "0\n ");
}

/* A contract number of the service may have any. */
static void no_character_is_cut_in_two(void **state)
{
    (void)state;
    add("usage", "submitting");
    snprintf(progress.entries[0].label, sizeof progress.entries[0].label, "%s",
             "usage \xe5\x9c\xb0\xe7\x90\x86");
    progress.jobs = 1;
    assert_lines(16, 23, "0 of 1 jobs done\nusage     submit");
    assert_lines(18, 23, "0 of 1 jobs done\nusage \xe5\x9c\xb0  submitt");
    assert_lines(7, 23, "0 of 1 \nusa  su");
}

static void jobs_that_find_no_room_are_counted(void **state)
{
    (void)state;
    run_three();
    assert_lines(40, 3,
                 "3 of 7 jobs done, 1 more running\n"
                 "daily_product_usage   paging 0 s  waitin\n"
                 "monthly_users 110000  polling 1 min 15 s");
    assert_lines(79, 1, "3 of 7 jobs done, 3 more running");
}

static void a_run_whose_jobs_are_not_known_prepares(void **state)
{
    (void)state;
    assert_lines(79, 23, "preparing");
}

static void chunks_and_failures_are_counted(void **state)
{
    (void)state;
    struct progress_entry *entry = add("usage", "submitting");
    entry->chunk = 3;
    entry->chunks = 12;
    progress.jobs = 2;
    progress.jobs_done = 1;
    progress.jobs_failed = 1;
    progress.chunks = 17;
    progress.chunks_done = 7;
    assert_lines(79, 23,
                 "1 of 2 jobs done, 7 of 17 chunks, 1 failed\n"
                 "usage 11000000001  submitting 0 s  chunk 3 of 12");
}

static void assert_run_line(size_t chunks_done, int64_t passed_ms, const char *expected)
{
    progress.jobs = 2;
    progress.chunks = 15;
    progress.chunks_done = chunks_done;
    progress.since_ms = progress.now_ms - passed_ms;
    assert_lines(79, 1, expected);
}

static void the_run_has_a_time_left_once_chunks_tell_its_speed(void **state)
{
    (void)state;
    assert_run_line(5, 50000, "0 of 2 jobs done, 5 of 15 chunks, about 1 min 40 s left");
    assert_run_line(1, 50000, "0 of 2 jobs done, 1 of 15 chunks");
    assert_run_line(5, 999, "0 of 2 jobs done, 5 of 15 chunks");
    assert_run_line(15, 50000, "0 of 2 jobs done, 15 of 15 chunks");
    assert_run_line(5, NOW_MS, "0 of 2 jobs done, 5 of 15 chunks");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, empty)
    const struct CMUnitTest tests[] = {
        CASE(the_run_has_a_line_and_each_job_one),
        CASE(a_separator_makes_one_line_of_them),
        CASE(lines_are_cut_and_a_label_takes_half_of_them),
        CASE(no_character_is_cut_in_two),
        CASE(jobs_that_find_no_room_are_counted),
        CASE(a_run_whose_jobs_are_not_known_prepares),
        CASE(chunks_and_failures_are_counted),
        CASE(the_run_has_a_time_left_once_chunks_tell_its_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
