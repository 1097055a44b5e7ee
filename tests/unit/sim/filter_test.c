/* The simulator's reading of where: what it takes, what it refuses, and which days it leaves open. */
#include "sim/date.h"
#include "sim/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct window window_of(const char *where)
{
    char *message = NULL;
    struct filter *filter = filter_read(where, NULL, &message);
    struct window window = filter_window(filter);

    assert_null(message);
    filter_free(filter);
    return window;
}

static void assert_window(const char *where, int64_t from, int64_t to)
{
    struct window window = window_of(where);

    assert_int_equal(window.from, from);
    assert_int_equal(window.to, to);
}

static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "userName",        "userName =",          "= 'x'",
        "(userName = 'x'", "userName = 'x')",     "userName = 'x' userName = 'y'",
        "userName = 'x",   "userName = 'x' AND ", "userName IN 'x'",
        "userName IN ()",  "userName IN ('x'",    "OR userName = 'x'"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *message = NULL;

        assert_null(filter_read(wrong[i], NULL, &message));
        assert_string_equal(message, "The where clause cannot be parsed.");
        free(message);
    }
}

static void conditions_on_dates_leave_a_window_open(void **state)
{
    (void)state;
    int64_t march = date_day(2026, 3, 1), april = date_day(2026, 4, 1);

    assert_window("usageDate >= '2026-03-01' AND usageDate < '2026-04-01'", march, april);
    assert_window("(userName = 'x') AND usageDate > '2026-02-28' AND usageDate <= '2026-03-31'", march,
                  april);
    assert_window("usageMonth = '2026-03-01'", march, april);
    assert_window("usageMonth > '2026-02-01' AND usageMonth < '2026-03-15'", march, april);
    assert_window("usageDate = '2026-03-01' OR usageDate = '2026-03-31'", march, april);
    assert_window("usageDate < '2026-04-01'", INT64_MIN, april);
}

static void a_window_is_open_where_another_condition_may_hold(void **state)
{
    (void)state;
    assert_window("usageDate = '2026-03-01' OR userName = 'x'", INT64_MIN, INT64_MAX);
    assert_window("usageDate != '2026-03-01'", INT64_MIN, INT64_MAX);
    assert_window("contractYear = 3", INT64_MIN, INT64_MAX);
    assert_window(NULL, INT64_MIN, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(conditions_on_dates_leave_a_window_open),
        cmocka_unit_test(a_window_is_open_where_another_condition_may_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
