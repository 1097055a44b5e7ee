/* load/figures: what the figures of received rows are. */
#include "load/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct target_column columns[2];
static const struct target target = {.columns = columns, .count = COUNT_OF(columns)};
static struct figures figures;

/* Two rows with the weights 1 and 2, and two columns of numbers: 10 and 20, 3 and no value. */
static int set_up(void **state)
{
    static const unsigned char first[16] = {0, 0, 1};
    static const unsigned char second[16] = {0, 0, 2};
    const struct value of_first[] = {{.bytes = "10", .length = 2}, {.number = 3}};
    const struct value of_second[] = {{.bytes = "20", .length = 2}, {.is_null = true}};
    columns[0] = (struct target_column){.name = "tokens", .type = COLUMN_NUMERIC};
    columns[1] = (struct target_column){.name = "uses", .type = COLUMN_INTEGER};
    figures = figures_make(&target);
    assert_true(figures_add(&figures, &target, of_first, first));
    assert_true(figures_add(&figures, &target, of_second, second));
    (void)state;
    return 0;
}

static int tear_down(void **state)
{
    figures_release(&figures, &target);
    (void)state;
    return 0;
}

static void expect_lines(const struct figures *of, const char *expected)
{
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    figures_put_lines(of, &target, &lines);
    assert_string_equal(buf_text(&lines), expected);
}

static void sums_and_numbers_of_values_and_the_weighted_sum_are_told(void **state)
{
    (void)state;
    /* 1 * (1 + 10 + 3) + 2 * (1 + 20) */
    expect_lines(&figures, "rows 2\nweighted 56\ntokens 30 2\nuses 3 1");
}

/* Another load has made text of it, so that the table has no sum of it either. */
static void a_column_that_is_text_by_now_does_not_count(void **state)
{
    (void)state;
    columns[0].type = COLUMN_TEXT;
    expect_lines(&figures, "rows 2\nweighted 6\nuses 3 1");
}

static void a_copy_has_the_same_figures(void **state)
{
    (void)state;
    struct figures copy = figures_make(&target);
    figures_copy(&copy, &figures, &target);
    expect_lines(&copy, "rows 2\nweighted 56\ntokens 30 2\nuses 3 1");
    figures_release(&copy, &target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sums_and_numbers_of_values_and_the_weighted_sum_are_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_column_that_is_text_by_now_does_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_copy_has_the_same_figures, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
