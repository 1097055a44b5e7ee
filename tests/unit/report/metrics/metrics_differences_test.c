/* report/metrics/metrics_differences: the metric of the comparisons with the service's own totals. */
#include "base/macros.h"
#include "report/metrics/metrics_differences.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void each_month_and_category_has_the_largest_difference_of_its_tables(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct reconciliation_figure figures[] = {
        {"daily", "2", 20697, NULL, "4", "4.5", "-0.5", false, "equal"},
        {"daily", "1", 20697, "CLOUD_SERVICE", "6", "5", "1", true, "differs"},
        {"weekly", "1", 20697, "CLOUD_SERVICE", "2", "4.5", "-2.5", true, "differs"},
        {"yearly", "1", 20697, "CLOUD_SERVICE", "4", "4", "0", false, "equal"},
    };
    const struct reconciliation_list list = {figures, COUNT_OF(figures)};
    struct metrics metrics = {.version = "1"};
    metrics_take_differences(&list, arena, &metrics);
    metrics_put_jobs(&metrics, &out);
    const char *text = strstr(buf_text(&out), "# HELP tokenflex_etl_reconciliation");
    assert_non_null(text);
    assert_string_equal(text, "# HELP tokenflex_etl_reconciliation_difference_tokens Tokens loaded minus the "
                              "service's own total, as "
                              "last compared; of several tables the largest.\n"
                              "# TYPE tokenflex_etl_reconciliation_difference_tokens gauge\n"
                              "tokenflex_etl_reconciliation_difference_tokens{contract=\"1\",month=\"2026-"
                              "09\",category=\"CLOUD_SERVICE\"} "
                              "-2.5\n"
                              "tokenflex_etl_reconciliation_difference_tokens{contract=\"2\",month=\"2026-"
                              "09\",category=\"all\"} 0\n");
}

static void nothing_compared_is_no_metric(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct metrics metrics = {.version = "1"};
    metrics_take_differences(&(struct reconciliation_list){0}, arena, &metrics);
    metrics_put_jobs(&metrics, &out);
    assert_null(strstr(buf_text(&out), "reconciliation"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_month_and_category_has_the_largest_difference_of_its_tables),
        cmocka_unit_test(nothing_compared_is_no_metric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
