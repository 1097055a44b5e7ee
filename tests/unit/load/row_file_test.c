/* load/row_file: encoded rows come back as they were added, from memory and from the file. */
#include "load/row_file.h"
#include "wire/pg/copy_format.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Appends a row: its number, a null, and a text of so many bytes. */
static void put_row(struct buf *rows, int64_t number, size_t length)
{
    char *text = malloc(length + 1);
    assert_non_null(text);
    memset(text, 'a' + (int)(number % 26), length);
    assert_true(copy_begin_row(rows, 3) && copy_put_bigint(rows, number) && copy_put_null(rows) &&
                copy_put_text(rows, text, length));
    free(text);
}

static void expect_row(struct row_reader *reader, int64_t number, size_t length)
{
    struct err err = {0};
    struct encoded_row row;
    SCOPED(buf) struct buf expected = buf_make(BUF_OWN_TEXT);
    put_row(&expected, number, length);
    assert_true(row_reader_next(reader, &row, &err));
    assert_non_null(row.values);
    assert_int_equal(row.count, 3);
    assert_int_equal(row.length, expected.length - 2);
    assert_memory_equal(row.values, expected.bytes + 2, row.length);
}

static void expect_end(struct row_reader *reader)
{
    struct err err = {0};
    struct encoded_row row;
    assert_true(row_reader_next(reader, &row, &err));
    assert_null(row.values);
}

static struct row_file *file_of(size_t rows, size_t length)
{
    struct row_file *file = row_file_make();
    for (size_t i = 0; i < rows; i++) {
        SCOPED(buf) struct buf row = buf_make(BUF_OWN_TEXT);
        put_row(&row, (int64_t)i, length);
        assert_true(row_file_add(file, &row));
    }
    return file;
}

static void without_rows_there_is_none_to_read(void **state)
{
    (void)state;
    struct row_file *file = row_file_make();
    SCOPED(row_reader) struct row_reader reader = row_reader_make(file);
    expect_end(&reader);
    expect_end(&reader);
    row_file_release(file);
}

static void rows_come_back_in_their_order_as_often_as_wanted(void **state)
{
    (void)state;
    /* A few that stay in memory; more than memory takes; and rows that are longer than what is read at once.
     */
    static const struct {
        size_t rows;
        size_t length;
    } cases[] = {{3, 10}, {20000, 37}, {7, 300000}, {1, 3000000}, {5000, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct row_file *file = file_of(cases[i].rows, cases[i].length);
        for (int round = 0; round < 2; round++) {
            SCOPED(row_reader) struct row_reader reader = row_reader_make(file);
            for (size_t row = 0; row < cases[i].rows; row++)
                expect_row(&reader, (int64_t)row, cases[i].length);
            expect_end(&reader);
        }
        row_file_release(file);
    }
}

static void rows_without_room_are_not_taken_and_those_before_are_kept(void **state)
{
    (void)state;
    const char *before = getenv("TMPDIR");
    char *kept = before ? strdup(before) : NULL;
    struct row_file *file = row_file_make();
    SCOPED(buf) struct buf first = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf second = buf_make(BUF_OWN_TEXT);
    put_row(&first, 1, 200000);
    put_row(&second, 2, 200000);
    assert_true(row_file_add(file, &first));
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_false(row_file_add(file, &second));
    assert_int_equal(errno, ENOENT);
    SCOPED(row_reader) struct row_reader reader = row_reader_make(file);
    expect_row(&reader, 1, 200000);
    expect_end(&reader);
    row_file_release(file);
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
}

static void a_row_that_is_cut_short_is_an_error(void **state)
{
    (void)state;
    struct err err = {0};
    struct encoded_row row;
    SCOPED(buf) struct buf rows = buf_make(BUF_OWN_TEXT);
    put_row(&rows, 1, 100);
    for (size_t length = 3; length < rows.length; length += 20) {
        struct row_file *file = row_file_make();
        struct buf cut = rows;
        cut.length = length;
        assert_true(row_file_add(file, &cut));
        SCOPED(row_reader) struct row_reader reader = row_reader_make(file);
        assert_false(row_reader_next(&reader, &row, &err));
        assert_int_equal(err.kind, ERR_BUG);
        row_file_release(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rows_there_is_none_to_read),
        cmocka_unit_test(rows_come_back_in_their_order_as_often_as_wanted),
        cmocka_unit_test(rows_without_room_are_not_taken_and_those_before_are_kept),
        cmocka_unit_test(a_row_that_is_cut_short_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
