/* load/figures: what the figures of received rows are. */
#include "load/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Two rows with the weights 1 and 2, and two columns of numbers: 10 and 20, 3 and no value. */
static void add_rows(struct figures *figures, const struct target *target)
{
    static const unsigned char first[16] = {0, 0, 1};
    static const unsigned char second[16] = {0, 0, 2};
    const struct value of_first[] = {{.bytes = "10", .length = 2}, {.number = 3}};
    const struct value of_second[] = {{.bytes = "20", .length = 2}, {.is_null = true}};
    assert_true(figures_add(figures, target, of_first, first));
    assert_true(figures_add(figures, target, of_second, second));
}

static void expect_lines(const struct figures *figures, const struct target *target, const char *expected)
{
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    figures_put_lines(figures, target, &lines);
    assert_string_equal(buf_text(&lines), expected);
}

static void sums_and_numbers_of_values_and_the_weighted_sum_are_told(void **state)
{
    (void)state;
    struct target_column columns[] = {{.name = "tokens", .type = COLUMN_NUMERIC},
                                      {.name = "uses", .type = COLUMN_INTEGER}};
    struct target target = {.columns = columns, .count = 2};
    struct figures figures = figures_make(&target);
    add_rows(&figures, &target);
    /* 1 * (1 + 10 + 3) + 2 * (1 + 20) */
    expect_lines(&figures, &target, "rows 2\nweighted 56\ntokens 30 2\nuses 3 1");
    figures_release(&figures, &target);
}

/* Another load has made text of it, so that the table has no sum of it either. */
static void a_column_that_is_text_by_now_does_not_count(void **state)
{
    (void)state;
    struct target_column columns[] = {{.name = "tokens", .type = COLUMN_NUMERIC},
                                      {.name = "uses", .type = COLUMN_INTEGER}};
    struct target target = {.columns = columns, .count = 2};
    struct figures figures = figures_make(&target);
    add_rows(&figures, &target);
    columns[0].type = COLUMN_TEXT;
    expect_lines(&figures, &target, "rows 2\nweighted 6\nuses 3 1");
    figures_release(&figures, &target);
}

static void a_copy_has_the_same_figures(void **state)
{
    (void)state;
    struct target_column columns[] = {{.name = "tokens", .type = COLUMN_NUMERIC},
                                      {.name = "uses", .type = COLUMN_INTEGER}};
    struct target target = {.columns = columns, .count = 2};
    struct figures figures = figures_make(&target);
    struct figures copy = figures_make(&target);
    add_rows(&figures, &target);
    figures_copy(&copy, &figures, &target);
    expect_lines(&copy, &target, "rows 2\nweighted 56\ntokens 30 2\nuses 3 1");
    figures_release(&figures, &target);
    figures_release(&copy, &target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_numbers_of_values_and_the_weighted_sum_are_told),
        cmocka_unit_test(a_column_that_is_text_by_now_does_not_count),
        cmocka_unit_test(a_copy_has_the_same_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
