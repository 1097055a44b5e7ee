/* run/window_parts: a window halved, and halved again. */
#include "run/window_parts.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static date_t day(const char *text)
{
    date_t date;
    assert_true(date_parse(text, strlen(text), &date));
    return date;
}

static struct window window(const char *from, const char *to)
{
    return (struct window){true, day(from), day(to)};
}

static const struct job monthly = {
    .query = {.fields = NAMES("usageMonth", "productName")},
    .window = {.present = true, .field = "usageMonth"},
};

static void expect_next(struct window_parts *parts, const char *expected)
{
    struct window part;
    char text[WINDOW_TEXT];
    assert_true(window_parts_take(parts, &part));
    assert_string_equal(window_format(&part, text), expected);
}

static void expect_halves(const struct job *job, struct window whole, const char *first, const char *second)
{
    struct window part;
    struct window_parts parts = window_parts_of(&whole);
    assert_true(window_parts_take(&parts, &part));
    assert_true(window_parts_can_split(job, &part));
    window_parts_split(&parts, job, &part);
    expect_next(&parts, first);
    expect_next(&parts, second);
    assert_false(window_parts_take(&parts, &part));
}

static void a_window_is_one_part(void **state)
{
    (void)state;
    struct window november = window("2026-11-01", "2026-12-01");
    struct window part;
    struct window_parts parts = window_parts_of(&november);
    expect_next(&parts, "2026-11-01..2026-12-01");
    assert_false(window_parts_take(&parts, &part));
}

static void days_are_halved_between_days(void **state)
{
    (void)state;
    expect_halves(&job_daily, window("2026-11-01", "2026-12-01"), "2026-11-01..2026-11-16",
                  "2026-11-16..2026-12-01");
    expect_halves(&job_daily, window("2026-11-01", "2026-11-03"), "2026-11-01..2026-11-02",
                  "2026-11-02..2026-11-03");
    expect_halves(&job_daily, window("2026-11-01", "2026-11-04"), "2026-11-01..2026-11-02",
                  "2026-11-02..2026-11-04");
}

static void months_are_halved_between_months(void **state)
{
    (void)state;
    expect_halves(&monthly, window("2026-01-01", "2027-01-01"), "2026-01-01..2026-07-01",
                  "2026-07-01..2027-01-01");
    expect_halves(&monthly, window("2026-01-01", "2026-03-01"), "2026-01-01..2026-02-01",
                  "2026-02-01..2026-03-01");
}

static void a_day_cannot_be_split(void **state)
{
    (void)state;
    struct window one = window("2026-11-01", "2026-11-02");
    assert_false(window_parts_can_split(&job_daily, &one));
}

static void a_month_of_months_cannot_be_split(void **state)
{
    (void)state;
    struct window one = window("2026-11-01", "2026-12-01");
    assert_false(window_parts_can_split(&monthly, &one));
}

static void a_snapshot_is_never_split(void **state)
{
    (void)state;
    struct window november = window("2026-11-01", "2026-12-01");
    assert_false(window_parts_can_split(&job_snapshot, &november));
}

static void what_has_no_window_cannot_be_split(void **state)
{
    (void)state;
    struct window none = {0};
    assert_false(window_parts_can_split(&job_total, &none));
    assert_false(window_parts_can_split(&job_daily, &none));
}

/* A thousand years, always the first half halved: every part that is open at a time has room. */
static void the_longest_window_can_be_halved_to_days(void **state)
{
    (void)state;
    struct window all = {true, JOB_FIRST_DAY, JOB_END_DAY};
    struct window part;
    struct window_parts parts = window_parts_of(&all);
    date_t next = JOB_FIRST_DAY;
    while (window_parts_take(&parts, &part)) {
        if (window_parts_can_split(&job_daily, &part)) {
            window_parts_split(&parts, &job_daily, &part);
            assert_true(parts.count <= WINDOW_PARTS_MAX);
            continue;
        }
        assert_int_equal(part.from, next);
        assert_int_equal(part.to, next + 1);
        next++;
    }
    assert_int_equal(next, JOB_END_DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_one_part),
        cmocka_unit_test(days_are_halved_between_days),
        cmocka_unit_test(months_are_halved_between_months),
        cmocka_unit_test(a_day_cannot_be_split),
        cmocka_unit_test(a_month_of_months_cannot_be_split),
        cmocka_unit_test(a_snapshot_is_never_split),
        cmocka_unit_test(what_has_no_window_cannot_be_split),
        cmocka_unit_test(the_longest_window_can_be_halved_to_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
