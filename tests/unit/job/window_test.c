#include "job/window.h"
#include "unit/job/reading.h"

static date_t day(const char *text)
{
    date_t date = 0;
    assert_true(date_parse(text, strlen(text), &date));
    return date;
}

static const char *in_words(const struct windows *windows, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < windows->count; i++) {
        char window[WINDOW_TEXT];
        window_format(&windows->items[i], window);
        text = arena_print(arena, "%s%s%s", text, i > 0 ? " " : "", window);
    }
    return text;
}

/* The windows of a job on 2026-11-22, as text: "2026-10-18..2026-11-01 2026-11-01..2026-11-22". */
static const char *windows_of(const struct reading *reading, const struct window_override *override)
{
    struct windows windows;
    struct err err = {0};
    assert_int_equal(reading->findings.errors, 0);
    assert_true(
        window_plan(&reading->jobs.items[0], override, day("2026-11-22"), reading->arena, &windows, &err));
    return in_words(&windows, reading->arena);
}

#define JOB "contract: 1\nquery: {fields: [usageDate], metrics: [tokensConsumed]}\n"

static void assert_windows(const char *window, const char *expected)
{
    char text[512];
    snprintf(text, sizeof text, JOB "window: %s\n", window);
    SCOPED(reading) struct reading reading = read_jobs(text);
    assert_string_equal(windows_of(&reading, NULL), expected);
}

static void assert_overridden(const char *window, const char *from, const char *to, const char *expected)
{
    char text[512];
    snprintf(text, sizeof text, JOB "window: %s\n", window);
    SCOPED(reading) struct reading reading = read_jobs(text);
    const struct window_override override = {true, day(from), day(to)};
    assert_string_equal(windows_of(&reading, &override), expected);
}

static void a_job_without_window_is_one_unbounded_query(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_jobs(JOB);
    struct windows windows;
    struct err err = {0};
    assert_true(window_plan(&reading.jobs.items[0], NULL, day("2026-11-22"), reading.arena, &windows, &err));
    assert_int_equal(windows.count, 1);
    assert_false(windows.items[0].bounded);
    assert_string_equal(windows_of(&reading, NULL), "");
}

static void what_is_of_no_day_is_not_moved(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_jobs("contract: 1\nsource: contract\nquery: {dataset: contracts}\n");
    const struct window_override override = {true, day("2026-01-01"), day("2026-02-01")};
    assert_string_equal(windows_of(&reading, &override), "");
}

static void days_weeks_and_months_are_counted_back_from_today(void **state)
{
    (void)state;
    assert_windows("{field: usageDate, last: 35 days}", "2026-10-18..2026-11-22");
    assert_windows("{field: usageDate, last: 1 day}", "2026-11-21..2026-11-22");
    assert_windows("{field: usageDate, last: 2 weeks}", "2026-11-08..2026-11-22");
    assert_windows("{field: usageDate, last: 2 months}", "2026-09-22..2026-11-22");
    assert_windows("{field: usageDate, last: 12 months, until: today}", "2025-11-22..2026-11-22");
}

static void a_window_may_end_on_a_fixed_day(void **state)
{
    (void)state;
    assert_windows("{field: usageDate, last: 1 week, until: 2026-03-01}", "2026-02-22..2026-03-01");
    assert_windows("{field: usageDate, last: 1 month, until: 2026-03-31}", "2026-02-28..2026-03-31");
}

static void chunks_of_a_day_are_days(void **state)
{
    (void)state;
    assert_windows("{field: usageDate, last: 3 days, chunk: day}",
                   "2026-11-19..2026-11-20 2026-11-20..2026-11-21 2026-11-21..2026-11-22");
}

static void chunks_of_a_week_are_cut_on_mondays(void **state)
{
    (void)state;
    assert_windows("{field: usageDate, last: 15 days, chunk: week}",
                   "2026-11-07..2026-11-09 2026-11-09..2026-11-16 2026-11-16..2026-11-22");
}

static void chunks_of_a_month_are_cut_on_the_first(void **state)
{
    (void)state;
    assert_windows("{field: usageDate, last: 60 days, chunk: month}",
                   "2026-09-23..2026-10-01 2026-10-01..2026-11-01 2026-11-01..2026-11-22");
    assert_windows("{field: usageDate, last: 1 month, until: 2026-11-01, chunk: month}",
                   "2026-10-01..2026-11-01");
}

static void month_windows_are_whole_months(void **state)
{
    (void)state;
    assert_windows("{field: usageMonth, last: 1 month}", "2026-11-01..2026-12-01");
    assert_windows("{field: usageMonth, last: 2 months}", "2026-10-01..2026-12-01");
    assert_windows("{field: usageMonth, last: 2 months, until: 2026-11-01}", "2026-09-01..2026-11-01");
    assert_windows("{field: usageMonth, last: 2 months, until: 2026-11-02}", "2026-10-01..2026-12-01");
    assert_windows("{field: usageMonth, last: 35 days}", "2026-10-01..2026-12-01");
    assert_windows("{field: usageMonth, last: 1 day, until: 2026-11-01}", "2026-10-01..2026-11-01");
    assert_windows("{field: usageMonth, last: 4 weeks}", "2026-10-01..2026-12-01");
}

static void month_windows_are_cut_between_months(void **state)
{
    (void)state;
    assert_windows("{field: usageMonth, last: 3 months, chunk: month}",
                   "2026-09-01..2026-10-01 2026-10-01..2026-11-01 2026-11-01..2026-12-01");
    assert_windows("{field: usageMonth, last: 2 months, until: 2027-01-15, chunk: month}",
                   "2026-12-01..2027-01-01 2027-01-01..2027-02-01");
}

static void given_dates_take_the_place_of_the_window(void **state)
{
    (void)state;
    assert_overridden("{field: usageDate, last: 35 days}", "2025-01-15", "2025-01-20",
                      "2025-01-15..2025-01-20");
    assert_overridden("{field: usageDate, last: 35 days, chunk: month}", "2025-01-15", "2025-03-02",
                      "2025-01-15..2025-02-01 2025-02-01..2025-03-01 2025-03-01..2025-03-02");
    assert_overridden("{field: usageDate}", "2025-01-15", "2025-01-16", "2025-01-15..2025-01-16");
    assert_overridden("{field: usageMonth, chunk: month}", "2025-01-15", "2025-02-02",
                      "2025-01-01..2025-02-01 2025-02-01..2025-03-01");
    assert_overridden("{field: usageMonth}", "2025-01-01", "2025-02-01", "2025-01-01..2025-02-01");
}

/* expected: the error's text, and its hint in parentheses. */
static void assert_refused(const char *window, const char *from, const char *to, const char *expected)
{
    char yaml[512];
    char message[sizeof(struct err)];
    snprintf(yaml, sizeof yaml, "name: daily\n" JOB "%s\n", window);
    SCOPED(reading) struct reading reading = read_jobs(yaml);
    struct window_override override = {.given = from != NULL};
    struct windows windows;
    struct err err = {0};
    if (from) {
        override.from = day(from);
        override.to = day(to);
    }
    assert_false(
        window_plan(&reading.jobs.items[0], &override, day("2026-11-22"), reading.arena, &windows, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    snprintf(message, sizeof message, "%s (%s)", err.text, err.hint);
    assert_string_equal(message, expected);
}

static void windows_that_cannot_be_are_refused(void **state)
{
    (void)state;
    assert_refused("", "2025-01-01", "2025-01-02",
                   "job daily has no window that --from and --to could replace (give the job a window with "
                   "its `field`, or run it without --from and --to)");
    assert_refused(
        "window: {field: usageDate}", NULL, NULL,
        "the window of job daily does not say how far back it goes (give it `last`, such as `last: 35 days`, "
        "or run the job with --from and --to)");
    assert_refused(
        "window: {field: usageDate}", "2025-01-02", "2025-01-02",
        "--from 2025-01-02 is not before --to 2025-01-02 (--to is the first day after the window)");
    assert_refused(
        "window: {field: usageDate}", "0206-01-02", "2025-01-02",
        "--from 0206-01-02 and --to 2025-01-02 are not within the years 2000 to 2999 (correct the dates)");
    assert_refused(
        "window: {field: usageDate, chunk: day}", "2000-01-01", "2100-01-01",
        "the window of job daily falls into more than 20000 chunks (shorten it, or use a longer chunk)");
}

/* Of them, those that move with the day. */
static void assert_moving(const char *window, const char *expected)
{
    char text[512];
    struct windows windows;
    snprintf(text, sizeof text, JOB "%s%s\n", *window ? "window: " : "", window);
    SCOPED(reading) struct reading reading = read_jobs(text);
    assert_int_equal(reading.findings.errors, 0);
    window_plan_moving(&reading.jobs.items[0], day("2026-11-22"), reading.arena, &windows);
    assert_string_equal(in_words(&windows, reading.arena), expected);
}

static void windows_move_where_they_end_today(void **state)
{
    (void)state;
    assert_moving("{field: usageDate, last: 1 week}", "2026-11-15..2026-11-22");
    assert_moving("{field: usageDate, last: 1 week, until: today}", "2026-11-15..2026-11-22");
    assert_moving("{field: usageMonth, last: 2 months, chunk: month}",
                  "2026-10-01..2026-11-01 2026-11-01..2026-12-01");
    assert_moving("{field: usageDate, last: 1 week, until: 2026-11-22}", "");
    assert_moving("{field: usageDate}", "");
    assert_moving("", "");
}

/* Begun on a day before or after its own first one. */
static void assert_since(const char *window, const char *first_day, const char *expected)
{
    char text[512];
    struct windows windows;
    struct err err = {0};
    snprintf(text, sizeof text, JOB "window: %s\n", window);
    SCOPED(reading) struct reading reading = read_jobs(text);
    assert_true(window_plan_since(&reading.jobs.items[0], day(first_day), day("2026-11-22"), reading.arena,
                                  &windows, &err));
    assert_string_equal(in_words(&windows, reading.arena), expected);
}

static void a_window_may_begin_earlier(void **state)
{
    (void)state;
    assert_since("{field: usageDate, last: 35 days}", "2026-10-12", "2026-10-12..2026-11-22");
    assert_since("{field: usageDate, last: 35 days}", "2026-10-20", "2026-10-18..2026-11-22");
    assert_since("{field: usageDate, last: 35 days, chunk: month}", "2026-09-28",
                 "2026-09-28..2026-10-01 2026-10-01..2026-11-01 2026-11-01..2026-11-22");
    assert_since("{field: usageMonth, last: 2 months, chunk: month}", "2026-09-01",
                 "2026-09-01..2026-10-01 2026-10-01..2026-11-01 2026-11-01..2026-12-01");
    assert_since("{field: usageMonth, last: 2 months}", "2026-09-03", "2026-09-01..2026-12-01");
}

static void units_are_counted_in_days(void **state)
{
    (void)state;
    assert_int_equal(window_span_days(day("2026-11-22"), 7, JOB_DAYS), 7);
    assert_int_equal(window_span_days(day("2026-11-22"), 2, JOB_WEEKS), 14);
    assert_int_equal(window_span_days(day("2026-11-22"), 1, JOB_MONTHS), 31);
}

static void a_window_is_found_by_both_of_its_days(void **state)
{
    (void)state;
    struct window items[] = {{true, 10, 20}, {true, 20, 30}};
    struct windows windows = {items, 2};
    assert_true(windows_have(&windows, &(struct window){true, 20, 30}));
    assert_false(windows_have(&windows, &(struct window){true, 10, 30}));
    assert_false(windows_have(&windows, &(struct window){true, 20, 29}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_without_window_is_one_unbounded_query),
        cmocka_unit_test(what_is_of_no_day_is_not_moved),
        cmocka_unit_test(days_weeks_and_months_are_counted_back_from_today),
        cmocka_unit_test(a_window_may_end_on_a_fixed_day),
        cmocka_unit_test(chunks_of_a_day_are_days),
        cmocka_unit_test(chunks_of_a_week_are_cut_on_mondays),
        cmocka_unit_test(chunks_of_a_month_are_cut_on_the_first),
        cmocka_unit_test(month_windows_are_whole_months),
        cmocka_unit_test(month_windows_are_cut_between_months),
        cmocka_unit_test(given_dates_take_the_place_of_the_window),
        cmocka_unit_test(windows_move_where_they_end_today),
        cmocka_unit_test(a_window_may_begin_earlier),
        cmocka_unit_test(units_are_counted_in_days),
        cmocka_unit_test(a_window_is_found_by_both_of_its_days),
        cmocka_unit_test(windows_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
