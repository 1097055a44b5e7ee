/* wire/pg: COPY … FROM STDIN. */
#include "support/db.h"
#include "wire/pg/connection_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static void put(struct pg *pg, const char *text)
{
    struct err err = {0};
    must(pg_copy_put(pg, text, strlen(text), &err), &err);
}

static void the_server_counts_the_rows(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    uint64_t rows = 99;
    db_exec(pg, "create temporary table stage (a int, b text)");
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    put(pg, "1\tone\n2\tt");
    put(pg, "wo\n3\t\\N\n");
    must(pg_copy_end(pg, &rows, &err), &err);
    assert_int_equal(rows, 3);
    assert_string_equal(db_value(pg, "select string_agg(b, ',' order by a) from stage"), "one,two");
    (void)state;
}

/* The limit of a minute is for the server's first word only: a first load sends rows for longer. */
static void its_rows_may_take_as_long_as_any_statement(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    uint64_t rows;
    db_exec(pg, "create temporary table stage (a int)");
    int64_t deadline = pg->deadline;
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    assert_true(pg->deadline == deadline);
    put(pg, "1\n");
    must(pg_copy_end(pg, &rows, &err), &err);
    (void)state;
}

static void an_empty_copy_is_no_rows(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    uint64_t rows = 99;
    db_exec(pg, "create temporary table stage (a int)");
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    put(pg, "");
    must(pg_copy_end(pg, &rows, &err), &err);
    assert_int_equal(rows, 0);
    (void)state;
}

static void a_bad_value_is_told_with_row_and_column(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    uint64_t rows;
    db_exec(pg, "create temporary table stage (a int, b text)");
    must(pg_begin(pg, &err), &err);
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    put(pg, "1\tone\n");
    put(pg, "two\ttwo\n");
    put(pg, "3\tthree\n");
    must_fail(pg_copy_end(pg, &rows, &err), &err, ERR_DATA,
              "invalid input syntax for type integer: \"two\" (COPY stage, line 2, column a: \"two\")");
    assert_string_equal(err.sqlstate, "22P02");
    pg_rollback(pg);
    assert_string_equal(db_value(pg, "select count(*) from stage"), "0");
    (void)state;
}

static void a_bad_value_is_told_though_much_is_put_after_it(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    uint64_t rows;
    size_t size = (size_t)8 << 20;
    char *text = malloc(size);
    for (size_t i = 0; i < size; i += 8)
        memcpy(text + i, "1234567\n", 8);
    db_exec(pg, "create temporary table stage (a int)");
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    put(pg, "x\n");
    must(pg_copy_put(pg, text, size, &err), &err);
    must_fail(pg_copy_end(pg, &rows, &err), &err, ERR_DATA, "COPY stage, line 1, column a: \"x\"");
    assert_string_equal(db_value(pg, "select 'still here'"), "still here");
    free(text);
    (void)state;
}

static void a_refused_copy_is_told_at_its_begin(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must_fail(pg_copy_begin(pg, "copy no_such_table from stdin", &err), &err, ERR_CREATE, "no_such_table");
    must_fail(pg_copy_put(pg, "1\n", 2, &err), &err, ERR_BUG, "rows outside a COPY");
    assert_string_equal(db_value(pg, "select 'still here'"), "still here");
    (void)state;
}

static void what_is_no_copy_is_a_bug(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must_fail(pg_copy_begin(pg, "select 1", &err), &err, ERR_BUG, "PGRES_TUPLES_OK");
    (void)state;
}

static void a_statement_inside_a_copy_is_a_bug(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg, "create temporary table stage (a int)");
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    must_fail(pg_exec(pg, "select 1", &err), &err, ERR_BUG, "in the middle of a COPY");
    (void)state;
}

static void rollback_leaves_a_copy_that_was_not_ended(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg, "create temporary table stage (a int)");
    must(pg_begin(pg, &err), &err);
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    put(pg, "1\n2\n");
    assert_true(pg_in_transaction(pg));
    pg_rollback(pg);
    assert_false(pg_in_transaction(pg));
    assert_false(pg_is_lost(pg));
    assert_string_equal(db_value(pg, "select count(*) from stage"), "0");
    (void)state;
}

static void a_connection_lost_in_a_copy_is_unavailable(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    SCOPED(pg) struct pg *other = db_connect();
    struct err err = {0};
    uint64_t rows;
    SCOPED(buf) struct buf kill = buf_make(BUF_OWN_TEXT);
    buf_print(&kill, "select pg_terminate_backend(%s, 5000)", db_value(pg, "select pg_backend_pid()"));
    db_exec(pg, "create temporary table stage (a int)");
    must(pg_begin(pg, &err), &err);
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    put(pg, "1\n");
    db_value(other, buf_text(&kill));
    static char text[1 << 20];
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "1\n", 2);
    bool done = pg_copy_put(pg, text, sizeof text, &err) && pg_copy_end(pg, &rows, &err);
    must_fail(done, &err, ERR_UNAVAILABLE, "terminating connection due to administrator command");
    assert_true(pg_is_lost(pg));
    pg_rollback(pg);
    (void)state;
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void fifty_megabytes_pass_through_little_memory(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    uint64_t rows;
    size_t size = (size_t)50 << 20;
    char *text = malloc(size);
    for (size_t i = 0; i < size; i += 64)
        memcpy(text + i, "a row of sixty-four bytes, this line end included, as the test.\n", 64);
    db_exec(pg, "create temporary table stage (a text)");
    long before = peak_kilobytes();
    must(pg_copy_begin(pg, "copy stage from stdin", &err), &err);
    must(pg_copy_put(pg, text, size, &err), &err);
    must(pg_copy_end(pg, &rows, &err), &err);
    assert_int_equal(rows, size / 64);
    long grown = peak_kilobytes() - before;
    if (grown > 4096)
        fail_msg("50 MB copied with %ld kB more memory", grown);
    free(text);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_counts_the_rows),
        cmocka_unit_test(its_rows_may_take_as_long_as_any_statement),
        cmocka_unit_test(an_empty_copy_is_no_rows),
        cmocka_unit_test(a_bad_value_is_told_with_row_and_column),
        cmocka_unit_test(a_bad_value_is_told_though_much_is_put_after_it),
        cmocka_unit_test(a_refused_copy_is_told_at_its_begin),
        cmocka_unit_test(what_is_no_copy_is_a_bug),
        cmocka_unit_test(a_statement_inside_a_copy_is_a_bug),
        cmocka_unit_test(rollback_leaves_a_copy_that_was_not_ended),
        cmocka_unit_test(a_connection_lost_in_a_copy_is_unavailable),
        cmocka_unit_test(fifty_megabytes_pass_through_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
