#include "base/clock.h"
#include "terminal/progress_text.h"
#include "unit/terminal/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* 4 of 20 pages; 10,000 rows in the last 8 seconds. */
static struct progress_entry paging(void)
{
    struct progress_entry entry = entry_of("usage", "paging", NOW_MS - 9000);
    entry.page = 4;
    entry.pages = 20;
    entry.amount = (struct progress_amount){.rows = 20000, .rows_total = 98123};
    entry.updated_ms = NOW_MS;
    entry.first = (struct progress_amount){.rows = 10000};
    entry.first_ms = NOW_MS - 8000;
    return entry;
}

static struct progress_entry waiting(struct progress_entry entry, const char *why, int64_t until_ms)
{
    entry.wait = why;
    entry.wait_until_ms = until_ms;
    return entry;
}

/* The line of the job, this long after NOW_MS. */
static void assert_line_after(int64_t passed_ms, struct progress_entry entry, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf all = buf_make(BUF_OWN_TEXT);
    static struct progress progress;
    progress = (struct progress){.count = 1, .now_ms = NOW_MS + passed_ms};
    progress.entries[0] = entry;
    progress_put_lines(&out, &progress, &(struct progress_layout){"\n", 200, 2});
    buf_print(&all, "preparing\nusage 11000000001  %s", expected);
    assert_string_equal(buf_text(&out), buf_text(&all));
}

static void assert_line(struct progress_entry entry, const char *expected)
{
    assert_line_after(0, entry, expected);
}

static void a_line_has_a_fixed_order(void **state)
{
    (void)state;
    struct progress_entry entry = waiting(paging(), "for the budget", NOW_MS + 34001);
    entry.chunk = 2;
    entry.chunks = 3;
    assert_line(entry, "paging 9 s  waiting 35 s for the budget  1 min 3 s left  chunk 2 of 3  page 4 of 20  "
                       "20,000 of 98,123 rows  1,250 rows/s");
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    struct progress_entry entry = entry_of("usage", "downloading", NOW_MS - 1000);
    assert_line(entry, "downloading 1 s");
    entry.amount.rows = 12000;
    assert_line(entry, "downloading 1 s  12,000 rows");
    entry.amount.bytes = 12345678;
    assert_line(entry, "downloading 1 s  12 MB  12,000 rows");
}

static void a_wait_without_a_known_end_has_no_countdown(void **state)
{
    (void)state;
    assert_line(waiting(entry_of("usage", "polling", NOW_MS - 1000), "for its turn", CLOCK_NEVER),
                "polling 1 s  waiting for its turn");
}

static void a_wait_that_is_over_is_not_told(void **state)
{
    (void)state;
    assert_line(waiting(entry_of("usage", "polling", NOW_MS - 1000), "for the budget", NOW_MS),
                "polling 1 s");
}

static void a_download_has_the_time_left_of_its_bytes_and_the_speed_of_its_rows(void **state)
{
    (void)state;
    struct progress_entry entry = entry_of("usage", "downloading", NOW_MS - 11000);
    entry.amount = (struct progress_amount){.rows = 50000, .bytes = 10000000, .bytes_total = 40000000};
    entry.first = (struct progress_amount){.rows = 10000, .bytes = 2000000};
    entry.first_ms = NOW_MS - 10000;
    entry.updated_ms = NOW_MS;
    assert_line(entry, "downloading 11 s  38 s left  10 of 40 MB  50,000 rows  4,000 rows/s");
}

static void time_left_runs_down_until_more_arrives(void **state)
{
    (void)state;
    assert_line_after(8000, paging(),
                      "paging 17 s  55 s left  page 4 of 20  20,000 of 98,123 rows  625 rows/s");
    assert_line_after(72000, paging(), "paging 1 min 21 s  page 4 of 20  20,000 of 98,123 rows  125 rows/s");
}

static void time_left_is_no_less_than_a_wait(void **state)
{
    (void)state;
    struct progress_entry entry = waiting(paging(), "for the budget", NOW_MS + 100000);
    assert_line(entry, "paging 9 s  waiting 1 min 40 s for the budget  1 min 40 s left  page 4 of 20  "
                       "20,000 of 98,123 rows  1,250 rows/s");
    entry.wait_until_ms = CLOCK_NEVER;
    assert_line(entry,
                "paging 9 s  waiting for the budget  1 min 3 s left  page 4 of 20  20,000 of 98,123 rows  "
                "1,250 rows/s");
}

static void a_speed_needs_a_second_and_new_rows(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    entry.first_ms = NOW_MS - 999;
    assert_line(entry, "paging 9 s  page 4 of 20  20,000 of 98,123 rows");
    entry = paging();
    entry.first.rows = 20000;
    assert_line(entry, "paging 9 s  page 4 of 20  20,000 of 98,123 rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_a_fixed_order),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(a_wait_without_a_known_end_has_no_countdown),
        cmocka_unit_test(a_wait_that_is_over_is_not_told),
        cmocka_unit_test(a_download_has_the_time_left_of_its_bytes_and_the_speed_of_its_rows),
        cmocka_unit_test(time_left_runs_down_until_more_arrives),
        cmocka_unit_test(time_left_is_no_less_than_a_wait),
        cmocka_unit_test(a_speed_needs_a_second_and_new_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
