/* run/finish: whether a chunk of a backfill is finished. */
#include "run/finish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FIGURES "rows 2\nweighted 40\ntokens_consumed 7 2"

/* A load after which nothing is to be done, as long as the table holds its rows. */
static struct run_record_load whole(void)
{
    return (struct run_record_load){
        .exists = true,
        .run_id = "7",
        .has_same_request = true,
        .is_of_this_table = true,
        .days_were_over = true,
        .figures = FIGURES,
    };
}

static void a_load_whose_rows_are_there_finishes_its_chunk(void **state)
{
    struct run_record_load load = whole();
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, FIGURES), FINISH_DONE);
    (void)state;
}

static void the_table_is_looked_at_before_anything_is_skipped(void **state)
{
    struct run_record_load load = whole();
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, NULL), FINISH_READ_FIGURES);
    (void)state;
}

static void figures_may_come_in_any_order(void **state)
{
    struct run_record_load load = whole();
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, "tokens_consumed 7 2\nrows 2\nweighted 40"),
                     FINISH_DONE);
    (void)state;
}

static void figures_that_differ_make_it_unfinished(void **state)
{
    static const char *const others[] = {
        "",
        "rows 0\nweighted 0\ntokens_consumed 0 0",
        "rows 3\nweighted 40\ntokens_consumed 7 2",
        "rows 2\nweighted 41\ntokens_consumed 7 2",
        "rows 2\nweighted 40\ntokens_consumed 7.5 2",
        "rows 2\nweighted 40\ntokens_consumed 7 1",
        "rows 2\nweighted 40",
        "rows 2\nweighted 40\ntokens_consumed 7 2\nuse_count 1 1",
        "rows 2\nweighted 40\nuse_count 7 2",
        "rows 2\nweighted 40\ntokens_consumed 7 22",
        "rows 2\nweighted 40\ntokens_consumed 7 ",
    };
    struct run_record_load load = whole();
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, others[i]), FINISH_CHANGED);
    (void)state;
}

static void a_chunk_without_a_load_is_not_finished(void **state)
{
    assert_int_equal(finish_judge(&(struct run_record_load){0}, JOB_VANISHED_DELETE, FIGURES),
                     FINISH_NEVER_LOADED);
    (void)state;
}

static void what_makes_the_load_another_ones_needs_no_look_at_the_table(void **state)
{
    struct run_record_load load = whole();
    load.figures = NULL;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, NULL), FINISH_NO_FIGURES);
    load.days_were_over = false;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, NULL), FINISH_DAYS_NOT_OVER);
    load.is_of_this_table = false;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, NULL), FINISH_OTHER_TABLE);
    load.has_same_request = false;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, NULL), FINISH_OTHER_QUESTION);
    (void)state;
}

static void each_of_them_is_enough(void **state)
{
    struct run_record_load load = whole();
    load.days_were_over = false;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, FIGURES), FINISH_DAYS_NOT_OVER);
    load = whole();
    load.is_of_this_table = false;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, FIGURES), FINISH_OTHER_TABLE);
    load = whole();
    load.has_same_request = false;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, FIGURES), FINISH_OTHER_QUESTION);
    (void)state;
}

static void rows_that_it_kept_are_deleted_by_another_load(void **state)
{
    (void)state;
    struct run_record_load load = whole();
    load.keeps_vanished = true;
    assert_int_equal(finish_judge(&load, JOB_VANISHED_KEEP, FIGURES), FINISH_DONE);
    assert_int_equal(finish_judge(&load, JOB_VANISHED_DELETE, FIGURES), FINISH_ROWS_KEPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_whose_rows_are_there_finishes_its_chunk),
        cmocka_unit_test(rows_that_it_kept_are_deleted_by_another_load),
        cmocka_unit_test(the_table_is_looked_at_before_anything_is_skipped),
        cmocka_unit_test(figures_may_come_in_any_order),
        cmocka_unit_test(figures_that_differ_make_it_unfinished),
        cmocka_unit_test(a_chunk_without_a_load_is_not_finished),
        cmocka_unit_test(what_makes_the_load_another_ones_needs_no_look_at_the_table),
        cmocka_unit_test(each_of_them_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
