/* wire/pg: transactions. */
#include "support/db.h"

static void a_transaction_is_visible_after_commit_only(void **state)
{
    SCOPED(pg) struct pg *writer = db_connect();
    SCOPED(pg) struct pg *reader = db_connect();
    struct err err = {0};
    db_exec(writer, "create table committed (n int)");
    must(pg_begin(writer, &err), &err);
    assert_true(pg_in_transaction(writer));
    db_exec(writer, "insert into committed values (1)");
    assert_string_equal(db_value(reader, "select count(*) from committed"), "0");
    must(pg_commit(writer, &err), &err);
    assert_false(pg_in_transaction(writer));
    assert_string_equal(db_value(reader, "select count(*) from committed"), "1");
    (void)state;
}

static void commit_of_a_failed_transaction_is_an_error(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must(pg_begin(pg, &err), &err);
    must_fail(pg_exec(pg, "select 1 / 0", &err), &err, ERR_DATA, "division by zero");
    must_fail(pg_commit(pg, &err), &err, ERR_BUG, "COMMIT was answered by ROLLBACK");
    assert_false(pg_in_transaction(pg));
    (void)state;
}

static void begin_and_commit_out_of_place_are_errors(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must_fail(pg_commit(pg, &err), &err, ERR_BUG, "COMMIT outside a transaction");
    must(pg_begin(pg, &err), &err);
    must_fail(pg_begin(pg, &err), &err, ERR_BUG, "BEGIN inside a transaction");
    (void)state;
}

static void a_rollback_undoes(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg, "create temporary table undone (n int)");
    must(pg_begin(pg, &err), &err);
    db_exec(pg, "insert into undone values (1)");
    must_fail(pg_exec(pg, "select 1 / 0", &err), &err, ERR_DATA, "division by zero");
    pg_rollback(pg);
    assert_false(pg_in_transaction(pg));
    assert_string_equal(db_value(pg, "select count(*) from undone"), "0");
    pg_rollback(pg); /* no transaction: nothing to do */
    (void)state;
}

static void a_commit_without_an_answer_says_so(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    SCOPED(pg) struct pg *other = db_connect();
    struct err err = {0};
    SCOPED(buf) struct buf kill = buf_make(BUF_OWN_TEXT);
    buf_print(&kill, "select pg_terminate_backend(%s, 5000)", db_value(pg, "select pg_backend_pid()"));
    must(pg_begin(pg, &err), &err);
    db_value(other, buf_text(&kill));
    must_fail(pg_commit(pg, &err), &err, ERR_UNAVAILABLE,
              "COMMIT was sent, but it is not known whether it succeeded");
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_is_visible_after_commit_only),
        cmocka_unit_test(commit_of_a_failed_transaction_is_an_error),
        cmocka_unit_test(begin_and_commit_out_of_place_are_errors),
        cmocka_unit_test(a_rollback_undoes),
        cmocka_unit_test(a_commit_without_an_answer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
