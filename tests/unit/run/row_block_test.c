#include "run/row_block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void add(struct row_block *block, const struct cell *cells)
{
    struct err err = {0};
    assert_true(row_block_add(block, cells, &err));
}

static void rows_stay_when_what_they_came_from_is_gone(void **state)
{
    (void)state;
    SCOPED(row_block) struct row_block block = row_block_make(3);
    char first[] = "one";
    char second[] = "twelve";
    add(&block, (struct cell[]){{.kind = CELL_TEXT, .bytes = first, .length = 3},
                                {.kind = CELL_NULL},
                                {.kind = CELL_NUMBER, .bytes = "7", .length = 1}});
    memset(first, 'x', 3);
    add(&block, (struct cell[]){{.kind = CELL_TRUE},
                                {.kind = CELL_TEXT, .bytes = second, .length = 6},
                                {.kind = CELL_NULL}});
    memset(second, 'x', 6);
    row_block_finish(&block);
    assert_int_equal(block.rows, 2);
    const struct cell *row = row_block_row(&block, 0);
    assert_int_equal(row[0].kind, CELL_TEXT);
    assert_int_equal(row[0].length, 3);
    assert_memory_equal(row[0].bytes, "one", 3);
    assert_int_equal(row[1].kind, CELL_NULL);
    assert_int_equal(row[2].kind, CELL_NUMBER);
    assert_memory_equal(row[2].bytes, "7", 1);
    row = row_block_row(&block, 1);
    assert_int_equal(row[0].kind, CELL_TRUE);
    assert_memory_equal(row[1].bytes, "twelve", 6);
    assert_int_equal(row[2].kind, CELL_NULL);
}

static void it_is_full_after_so_many_rows(void **state)
{
    (void)state;
    SCOPED(row_block) struct row_block block = row_block_make(ROW_BLOCK_CELLS / 2);
    struct cell *none = test_calloc(ROW_BLOCK_CELLS / 2, sizeof *none);
    add(&block, none);
    assert_false(row_block_is_full(&block));
    add(&block, none);
    assert_true(row_block_is_full(&block));
    row_block_clear(&block);
    assert_false(row_block_is_full(&block));
    test_free(none);
}

static void it_is_full_after_so_many_bytes(void **state)
{
    (void)state;
    SCOPED(row_block) struct row_block block = row_block_make(1);
    char *text = test_malloc(ROW_BLOCK_BYTES);
    memset(text, 'a', ROW_BLOCK_BYTES);
    add(&block, (struct cell[]){{.kind = CELL_TEXT, .bytes = text, .length = ROW_BLOCK_BYTES - 1}});
    assert_false(row_block_is_full(&block));
    add(&block, (struct cell[]){{.kind = CELL_TEXT, .bytes = text, .length = 1}});
    assert_true(row_block_is_full(&block));
    test_free(text);
}

static void a_row_may_be_wider_than_the_block(void **state)
{
    (void)state;
    SCOPED(row_block) struct row_block block = row_block_make(ROW_BLOCK_CELLS + 1);
    assert_int_equal(block.max_rows, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stay_when_what_they_came_from_is_gone),
        cmocka_unit_test(it_is_full_after_so_many_rows),
        cmocka_unit_test(it_is_full_after_so_many_bytes),
        cmocka_unit_test(a_row_may_be_wider_than_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
