#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int64_t duration(const char *text)
{
    int64_t duration_ms = -1;
    assert_true(duration_parse(text, &duration_ms));
    return duration_ms;
}

static void durations_have_a_number_and_a_unit(void **state)
{
    (void)state;
    assert_int_equal(duration("500ms"), 500);
    assert_int_equal(duration("30s"), 30000);
    assert_int_equal(duration("5m"), 300000);
    assert_int_equal(duration("2h"), 7200000);
    assert_int_equal(duration("0s"), 0);
    assert_int_equal(duration("4294967295h"), INT64_C(4294967295) * 3600000);
}

static void nothing_else_is_a_duration(void **state)
{
    (void)state;
    const char *const wrong[] = {"",    "5",    "m",    "5 m",  "5M",          "5min",
                                 "-5m", "1.5h", "5m3s", "5ms ", "4294967296s", "99999999999999999999s",
                                 "5d"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t duration_ms = 42;
        assert_false(duration_parse(wrong[i], &duration_ms));
        assert_int_equal(duration_ms, 42);
    }
}

static void a_duration_is_shown_in_its_largest_exact_unit(void **state)
{
    (void)state;
    char text[DURATION_TEXT];
    assert_string_equal(duration_format(90000, text), "90s");
    assert_string_equal(duration_format(300000, text), "5m");
    assert_string_equal(duration_format(7200000, text), "2h");
    assert_string_equal(duration_format(1500, text), "1500ms");
    assert_string_equal(duration_format(0, text), "0ms");
}

static void a_moment_is_shown_in_utc_with_milliseconds(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    assert_string_equal(clock_format(0, text), "1970-01-01T00:00:00.000Z");
    assert_string_equal(clock_format(INT64_C(1795316645678), text), "2026-11-22T03:04:05.678Z");
}

static void a_deadline_past_all_time_never_comes(void **state)
{
    (void)state;
    assert_true(clock_deadline(CLOCK_NEVER) == CLOCK_NEVER);
    int64_t before = clock_now_ms();
    int64_t deadline = clock_deadline(60000);
    int64_t after = clock_now_ms();
    assert_true(deadline >= before + 60000 && deadline <= after + 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_have_a_number_and_a_unit),
        cmocka_unit_test(nothing_else_is_a_duration),
        cmocka_unit_test(a_duration_is_shown_in_its_largest_exact_unit),
        cmocka_unit_test(a_moment_is_shown_in_utc_with_milliseconds),
        cmocka_unit_test(a_deadline_past_all_time_never_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
