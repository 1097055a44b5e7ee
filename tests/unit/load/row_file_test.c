/* load/row_file: encoded rows come back unchanged and in the order of the index, from memory and file. */
#include "base/thread.h"
#include "load/row_file.h"
#include "wire/pg/copy_format.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

static bool has_threads = true;

int __real_thread_start(pthread_t *thread, void *(*run)(void *), void *context);
int __wrap_thread_start(pthread_t *thread, void *(*run)(void *), void *context);

int __wrap_thread_start(pthread_t *thread, void *(*run)(void *), void *context)
{
    return has_threads ? __real_thread_start(thread, run, context) : EAGAIN;
}

static atomic_bool takes_bytes = true;

ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset);

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return takes_bytes ? __real_pwrite(fd, bytes, length, offset) : 0;
}

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

/* The order is that of the numbers: the upper digits are the lead. */
static struct row_order order_of(int64_t number)
{
    unsigned char key[ROW_KEY_BYTES] = {0};
    key[7] = (unsigned char)(number % 100);
    return row_order_make(number / 100, key);
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

static bool add_row(struct row_file *file, int64_t number, size_t length)
{
    struct row_order order = order_of(number);
    SCOPED(buf) struct buf row = buf_make(BUF_OWN_TEXT);
    put_row(&row, number, length);
    return row_file_add(file, &order, &row);
}

/* The rows 0 to count - 1, in an order that is not theirs. 7919 is a prime that divides no count. */
static struct row_file *file_of(size_t count, size_t length, size_t run_bytes)
{
    struct row_file *file = row_file_make(run_bytes);
    for (size_t i = 0; i < count; i++)
        assert_true(add_row(file, (int64_t)((i + 1) * 7919 % count), length));
    return file;
}

static void without_rows_there_is_none_to_read(void **state)
{
    (void)state;
    struct row_file *file = row_file_make(ROW_FILE_RUN_BYTES);
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    expect_end(reader);
    expect_end(reader);
    row_file_release(file);
}

static void rows_come_back_in_the_order_of_the_index_as_often_as_wanted(void **state)
{
    (void)state;
    /* A few that stay in memory; more than memory takes; rows that are longer than what is read at once, and
     * longer than a run. */
    static const struct {
        size_t rows;
        size_t length;
        size_t run_bytes;
    } cases[] = {{3, 10, 10000},    {20000, 37, 10000}, {70, 30000, 100000},
                 {7, 300000, 1000}, {1, 3000000, 1000}, {5000, 0, 10000}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct row_file *file = file_of(cases[i].rows, cases[i].length, cases[i].run_bytes);
        for (int round = 0; round < 2; round++) {
            SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
            for (size_t row = 0; row < cases[i].rows; row++)
                expect_row(reader, (int64_t)row, cases[i].length);
            expect_end(reader);
        }
        row_file_release(file);
    }
}

static void without_threads_rows_are_kept_as_well(void **state)
{
    (void)state;
    has_threads = false;
    struct row_file *file = file_of(5000, 37, 10000);
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    for (size_t row = 0; row < 5000; row++)
        expect_row(reader, (int64_t)row, 37);
    expect_end(reader);
    row_file_release(file);
    has_threads = true;
}

static void a_row_without_a_date_comes_last(void **state)
{
    (void)state;
    unsigned char key[ROW_KEY_BYTES] = {0};
    struct row_order undated = row_order_make(ROW_ORDER_NO_LEAD, key);
    struct row_file *file = row_file_make(ROW_FILE_RUN_BYTES);
    SCOPED(buf) struct buf row = buf_make(BUF_OWN_TEXT);
    put_row(&row, 5000, 10);
    assert_true(row_file_add(file, &undated, &row));
    assert_true(add_row(file, 4000, 10));
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    expect_row(reader, 4000, 10);
    expect_row(reader, 5000, 10);
    expect_end(reader);
    row_file_release(file);
}

static void keys_are_ordered_by_their_first_bytes(void **state)
{
    (void)state;
    static const unsigned char keys[][ROW_KEY_BYTES] = {{[7] = 1}, {[7] = 200},          {[6] = 1},
                                                        {[0] = 1}, {[0] = 200, [1] = 1}, {[0] = 201}};
    struct row_file *file = row_file_make(ROW_FILE_RUN_BYTES);
    for (size_t i = COUNT_OF(keys); i-- > 0;) {
        struct row_order order = row_order_make(0, keys[i]);
        SCOPED(buf) struct buf row = buf_make(BUF_OWN_TEXT);
        put_row(&row, (int64_t)i, 10);
        assert_true(row_file_add(file, &order, &row));
    }
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        expect_row(reader, (int64_t)i, 10);
    expect_end(reader);
    row_file_release(file);
}

/* A run holds one row. */
static void more_runs_than_are_read_at_once_come_in_several_sequences(void **state)
{
    (void)state;
    struct row_file *file = row_file_make(1);
    for (size_t i = 0; i < 2 * ROW_FILE_RUNS + 5; i++)
        assert_true(add_row(file, (int64_t)(10000 - i), 10));
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    for (size_t i = ROW_FILE_RUNS; i-- > 0;)
        expect_row(reader, (int64_t)(10000 - i), 10);
    for (size_t i = 2 * ROW_FILE_RUNS; i-- > ROW_FILE_RUNS;)
        expect_row(reader, (int64_t)(10000 - i), 10);
    for (size_t i = 2 * ROW_FILE_RUNS + 5; i-- > 2 * ROW_FILE_RUNS;)
        expect_row(reader, (int64_t)(10000 - i), 10);
    expect_end(reader);
    row_file_release(file);
}

static void a_row_without_room_is_not_taken_and_those_before_are_kept(void **state)
{
    (void)state;
    const char *before = getenv("TMPDIR");
    char *kept = before ? strdup(before) : NULL;
    struct row_file *file = row_file_make(1000);
    assert_true(add_row(file, 1, 900));
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_false(add_row(file, 2, 900));
    assert_int_equal(errno, ENOENT);
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    expect_row(reader, 1, 900);
    expect_end(reader);
    row_file_release(file);
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
}

/* The second run is too much for the file. */
static void a_run_that_cannot_be_written_stays_in_memory(void **state)
{
    (void)state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 1500, .rlim_max = before.rlim_max};
    for (size_t count = 3; count <= 4; count++) {
        struct row_file *file = row_file_make(1000);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        for (size_t i = 3; i-- > 0;)
            assert_true(add_row(file, (int64_t)i, 900));
        bool refused = count > 3 && !add_row(file, 3, 900);
        assert_true(count == 3 || (refused && errno == EFBIG));
        for (int round = 0; round < 2; round++) {
            SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
            for (size_t i = 0; i < 3; i++)
                expect_row(reader, (int64_t)i, 900);
            expect_end(reader);
        }
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        row_file_release(file);
    }
}

static void a_write_that_takes_no_byte_is_a_failed_one(void **state)
{
    (void)state;
    struct row_file *file = row_file_make(1000);
    takes_bytes = false;
    for (size_t i = 0; i < 2; i++)
        assert_true(add_row(file, (int64_t)i, 900));
    assert_false(add_row(file, 2, 900));
    assert_int_equal(errno, EIO);
    takes_bytes = true;
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    for (size_t i = 0; i < 2; i++)
        expect_row(reader, (int64_t)i, 900);
    expect_end(reader);
    row_file_release(file);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rows_there_is_none_to_read),
        cmocka_unit_test(rows_come_back_in_the_order_of_the_index_as_often_as_wanted),
        cmocka_unit_test(without_threads_rows_are_kept_as_well),
        cmocka_unit_test(a_row_without_a_date_comes_last),
        cmocka_unit_test(keys_are_ordered_by_their_first_bytes),
        cmocka_unit_test(more_runs_than_are_read_at_once_come_in_several_sequences),
        cmocka_unit_test(a_row_without_room_is_not_taken_and_those_before_are_kept),
        cmocka_unit_test(a_run_that_cannot_be_written_stays_in_memory),
        cmocka_unit_test(a_write_that_takes_no_byte_is_a_failed_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
