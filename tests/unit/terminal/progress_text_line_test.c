#include "base/clock.h"
#include "terminal/progress_text.h"
#include "unit/terminal/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 4 of 20 pages; 10,000 rows in the last 8 seconds. */
static struct progress_entry paging(void)
{
    struct progress_entry entry = entry_of("daily_product_usage", "paging", NOW_MS - 1000);
    entry.phase_from_ms = NOW_MS - 60000;
    entry.pages = 4;
    entry.pages_total = 20;
    entry.rows = 20000;
    entry.rows_total = 98123;
    entry.updated_ms = NOW_MS;
    entry.since = (struct progress_mark){.at_ms = NOW_MS - 8000, .rows = 10000, .bytes = PROGRESS_UNKNOWN};
    return entry;
}

static struct progress_entry waiting(struct progress_entry entry, const char *why, int64_t until_ms)
{
    entry.wait = why;
    entry.wait_until_ms = until_ms;
    return entry;
}

/* As the only line of a terminal that has one column more. */
static void assert_line(const struct progress_entry *entry, size_t columns, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    static struct progress progress;
    progress = (struct progress){.count = 1, .now_ms = NOW_MS};
    progress.entries[0] = *entry;
    progress_put_lines(&out, &progress, columns + 1, 24);
    assert_string_equal(buf_text(&out), expected);
    assert_true(out.length <= columns);
}

static void a_line_tells_everything_what_matters_most_first(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    entry.chunk = 2;
    entry.chunks = 3;
    assert_line(
        &entry, 119,
        "daily_product_usage 2/3 11000000001  page 4 of 20  1m03s left  20,000 of 98,123 rows  1,250/s");
}

static void a_line_ends_where_the_terminal_does(void **state)
{
    (void)state;
    struct progress_entry entry = paging();
    assert_line(&entry, 79,
                "daily_product_usage 11000000001  page 4 of 20  1m03s left  20,000 of 98,123 row");
    assert_line(&entry, 57, "daily_product_usage 110000..  page 4 of 20  1m03s left  2");
    assert_line(&entry, 56, "daily_product_usage 110000..  page 4 of 20  1m03s left");
    assert_line(&entry, 30, "daily_product..  page 4 of 20");
    assert_line(&entry, 10, "dai..  pag");
    assert_line(&entry, 3, "d");
    assert_line(&entry, 1, "");
}

static void a_wait_comes_before_time_left_and_rows(void **state)
{
    (void)state;
    struct progress_entry entry = waiting(paging(), "for the budget", NOW_MS + 34001);
    assert_line(
        &entry, 119,
        "daily_product_usage 11000000001  page 4 of 20  waiting 35s for the budget  1m03s left  20,000 of "
        "98,123 rows");
    assert_line(&entry, 79,
                "daily_product_usage 11000000001  page 4 of 20  waiting 35s for the budget  1m03");
    assert_line(&entry, 30, "daily_product..  page 4 of 20");
}

static void a_wait_without_a_known_end_has_no_countdown(void **state)
{
    (void)state;
    struct progress_entry entry = waiting(paging(), "for its turn", CLOCK_NEVER);
    assert_line(&entry, 79,
                "daily_product_usage 11000000001  page 4 of 20  waiting for its turn  1m03s left");
}

static void a_wait_that_is_over_is_not_told(void **state)
{
    (void)state;
    struct progress_entry entry =
        waiting(entry_of("usage", "submitting", NOW_MS - 1000), "for the budget", NOW_MS);
    assert_line(&entry, 79, "usage 11000000001  submitting");
}

static void a_phase_without_an_end_tells_how_long_it_has_been(void **state)
{
    (void)state;
    struct progress_entry entry = entry_of("usage", "polling", NOW_MS - 1000);
    entry.phase_from_ms = NOW_MS - 2999;
    assert_line(&entry, 79, "usage 11000000001  polling");
    entry.phase_from_ms = NOW_MS - 75000;
    assert_line(&entry, 79, "usage 11000000001  polling  for 1m15s");
    entry = waiting(entry, "for the next poll", NOW_MS + 4000);
    assert_line(&entry, 79, "usage 11000000001  polling  for 1m15s  waiting 4s for the next poll");
}

static void rows_that_are_being_loaded_are_told_as_one_number(void **state)
{
    (void)state;
    struct progress_entry entry = entry_of("usage", "loading", NOW_MS - 1000);
    entry.rows_total = 1234567;
    assert_line(&entry, 79, "usage 11000000001  loading  1,234,567 rows");
}

static void a_result_without_rows_is_told_so(void **state)
{
    (void)state;
    struct progress_entry entry = entry_of("usage", "paging", NOW_MS - 1000);
    entry.pages = 1;
    entry.pages_total = 1;
    entry.rows = 0;
    entry.rows_total = 0;
    assert_line(&entry, 79, "usage 11000000001  page 1 of 1  0 of 0 rows");
}

static void a_total_that_is_not_known_is_left_out(void **state)
{
    (void)state;
    struct progress_entry entry = entry_of("usage", "downloading", NOW_MS - 1000);
    entry.rows = 12000;
    assert_line(&entry, 79, "usage 11000000001  downloading  12,000 rows");
    entry.bytes = 12345678;
    assert_line(&entry, 79, "usage 11000000001  downloading  12.3 MB");
}

static void a_download_tells_bytes_and_the_speed_of_its_rows(void **state)
{
    (void)state;
    struct progress_entry entry = entry_of("usage", "downloading", NOW_MS - 1000);
    entry.rows = 50000;
    entry.bytes = 10000000;
    entry.bytes_total = 40000000;
    entry.updated_ms = NOW_MS;
    entry.since = (struct progress_mark){.at_ms = NOW_MS - 10000, .rows = 10000, .bytes = 2000000};
    assert_line(&entry, 79, "usage 11000000001  downloading  38s left  10.0 of 40.0 MB  4,000 rows/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_tells_everything_what_matters_most_first),
        cmocka_unit_test(a_line_ends_where_the_terminal_does),
        cmocka_unit_test(a_wait_comes_before_time_left_and_rows),
        cmocka_unit_test(a_wait_without_a_known_end_has_no_countdown),
        cmocka_unit_test(a_wait_that_is_over_is_not_told),
        cmocka_unit_test(a_phase_without_an_end_tells_how_long_it_has_been),
        cmocka_unit_test(rows_that_are_being_loaded_are_told_as_one_number),
        cmocka_unit_test(a_result_without_rows_is_told_so),
        cmocka_unit_test(a_total_that_is_not_known_is_left_out),
        cmocka_unit_test(a_download_tells_bytes_and_the_speed_of_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
