/* wire/pg: statements, errors, transactions, quoting. */
#include "support/db.h"

static void parameters_are_passed_as_text(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    SCOPED(pg_result)
    PGresult *result = pg_query(pg, "select $1::text || '!', $2::bigint + 1, $3::text is null, $3::text",
                                PG_PARAMS("it's \"ä\" \\ \t", "9007199254740993", NULL), &err);
    must(result != NULL, &err);
    assert_string_equal(pg_text(result, 0, 0), "it's \"ä\" \\ \t!");
    assert_int_equal(pg_int(result, 0, 1), 9007199254740994);
    assert_string_equal(pg_text(result, 0, 2), "t");
    assert_true(pg_is_null(result, 0, 3));
    assert_string_equal(pg_text(result, 0, 3), "");
    assert_false(pg_is_null(result, 0, 0));
    (void)state;
}

static void a_number_that_is_none_reads_as_zero(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    SCOPED(pg_result)
    PGresult *result = pg_query(pg, "select '12x', '99999999999999999999', null, '-7'", PG_NO_PARAMS, &err);
    must(result != NULL, &err);
    assert_int_equal(pg_int(result, 0, 0), 0);
    assert_int_equal(pg_int(result, 0, 1), 0);
    assert_int_equal(pg_int(result, 0, 2), 0);
    assert_int_equal(pg_int(result, 0, 3), -7);
    (void)state;
}

static void a_limit_is_for_each_statement(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    pg_limit(pg, 1500);
    db_exec(pg, "select pg_sleep(0.9)");
    db_exec(pg, "select pg_sleep(0.9)");
    must_fail(pg_exec(pg, "select pg_sleep(3600)", &err), &err, ERR_UNAVAILABLE,
              "did not answer in the time");
    assert_true(pg_is_lost(pg));
    (void)state;
}

static void rows_affected_are_counted(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg, "create temporary table counted (n int); insert into counted select generate_series(1, 10)");
    SCOPED(pg_result)
    PGresult *updated = pg_query(pg, "update counted set n = 0 where n > $1", PG_PARAMS("7"), &err);
    must(updated != NULL, &err);
    assert_int_equal(pg_rows_affected(updated), 3);
    SCOPED(pg_result) PGresult *created = pg_query(pg, "create temporary table empty ()", PG_NO_PARAMS, &err);
    must(created != NULL, &err);
    assert_int_equal(pg_rows_affected(created), 0);
    (void)state;
}

static void the_first_error_of_several_statements_is_told(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must_fail(pg_exec(pg, "select 1; select 1 / 0; select no_such_column", &err), &err, ERR_DATA,
              "division by zero");
    assert_string_equal(pg_sqlstate(pg), "22012");
    assert_string_equal(db_value(pg, "select 'still here'"), "still here");
    (void)state;
}

static void the_kind_of_error_follows_the_sqlstate(void **state)
{
    static const struct {
        const char *sqlstate;
        enum err_kind kind;
    } cases[] = {
        {"42501", ERR_AUTH},        {"28000", ERR_AUTH},        {"40001", ERR_LATER},
        {"40P01", ERR_LATER},       {"55P03", ERR_LATER},       {"57014", ERR_UNAVAILABLE},
        {"53100", ERR_UNAVAILABLE}, {"58030", ERR_UNAVAILABLE}, {"08006", ERR_UNAVAILABLE},
        {"25006", ERR_UNAVAILABLE}, {"22003", ERR_DATA},        {"23505", ERR_DATA},
        {"54011", ERR_DATA},        {"42P01", ERR_BUG},         {"XX000", ERR_BUG},
    };
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_print(&sql, "do $$ begin raise exception using errcode = '%s', message = 'as %s'; end $$",
                  cases[i].sqlstate, cases[i].sqlstate);
        struct err err = {0};
        must_fail(pg_exec(pg, buf_text(&sql), &err), &err, cases[i].kind, cases[i].sqlstate);
        assert_string_equal(pg_sqlstate(pg), cases[i].sqlstate);
    }
    (void)state;
}

static void detail_and_hint_become_the_hint(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must_fail(
        pg_exec(pg,
                "do $$ begin raise exception using message = E'first\\nsecond', detail = 'The detail.', "
                "hint = 'The hint.'; end $$",
                &err),
        &err, ERR_BUG, "first?second");
    assert_string_equal(err.hint, "The detail. The hint.");
    (void)state;
}

static void a_violated_constraint_is_named(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg,
            "create temporary table once (n int constraint once_only unique); insert into once values (1)");
    must_fail(pg_exec(pg, "insert into once values (1)", &err), &err, ERR_DATA, "once_only");
    assert_string_equal(err.hint, "Key (n)=(1) already exists.");
    (void)state;
}

static void a_refused_permission_is_an_auth_error(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg, "create table forbidden (); create role nobody_special; set role nobody_special");
    must_fail(pg_exec(pg, "select from forbidden", &err), &err, ERR_AUTH,
              "permission denied for table forbidden");
    (void)state;
}

static void a_copy_as_a_plain_statement_is_a_bug(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must_fail(pg_exec(pg, "copy (select 1) to stdout", &err), &err, ERR_BUG, "PGRES_COPY_OUT");
    assert_true(pg_is_lost(pg));
    (void)state;
}

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

static void rollback_undoes_and_keeps_the_last_sqlstate(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg, "create temporary table undone (n int)");
    must(pg_begin(pg, &err), &err);
    db_exec(pg, "insert into undone values (1)");
    must_fail(pg_exec(pg, "select 1 / 0", &err), &err, ERR_DATA, "division by zero");
    pg_rollback(pg);
    assert_false(pg_in_transaction(pg));
    assert_string_equal(pg_sqlstate(pg), "22012");
    assert_string_equal(db_value(pg, "select count(*) from undone"), "0");
    pg_rollback(pg); /* no transaction: nothing to do */
    (void)state;
}

static void a_terminated_backend_is_a_lost_connection(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    SCOPED(pg) struct pg *other = db_connect();
    struct err err = {0};
    SCOPED(buf) struct buf kill = buf_make(BUF_OWN_TEXT);
    buf_print(&kill, "select pg_terminate_backend(%s, 5000)", db_value(pg, "select pg_backend_pid()"));
    must(pg_begin(pg, &err), &err);
    assert_false(pg_is_lost(pg));
    assert_string_equal(db_value(other, buf_text(&kill)), "t");
    must_fail(pg_exec(pg, "select 1", &err), &err, ERR_UNAVAILABLE, "terminating connection");
    assert_string_equal(pg_sqlstate(pg), "57P01");
    assert_true(pg_is_lost(pg));
    must_fail(pg_exec(pg, "select 1", &err), &err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
    must_fail(pg_commit(pg, &err), &err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
    assert_null(strstr(err.text, "COMMIT was sent"));
    pg_rollback(pg);
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
              "COMMIT was sent, and whether it took place is not known");
    (void)state;
}

static void any_name_can_be_an_identifier(void **state)
{
    static const char *const names[] = {"we\"ird", "\"",     "with blank",     "Über-Größe",
                                        "select",  "a'b\\c", "x; drop table x"};
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_put(&sql, "create temporary table ");
        pg_put_identifier(&sql, names[i]);
        buf_put(&sql, " (); select ");
        pg_put_literal(&sql, names[i]);
        db_exec(pg, buf_text(&sql));

        struct err err = {0};
        SCOPED(pg_result)
        PGresult *found =
            pg_query(pg, "select count(*) from pg_class where relname = $1", PG_PARAMS(names[i]), &err);
        must(found != NULL, &err);
        assert_int_equal(pg_int(found, 0, 0), 1);
    }
    (void)state;
}

static void any_text_can_be_a_literal(void **state)
{
    static const char *const texts[] = {"", "'", "it''s", "\\", "\\'", "ä\n\t\"x\"", "$1; --"};
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_put(&sql, "select ");
        pg_put_literal(&sql, texts[i]);
        assert_string_equal(db_value(pg, buf_text(&sql)), texts[i]);
    }
    SCOPED(buf) struct buf quoted = buf_make(BUF_OWN_TEXT);
    pg_put_literal(&quoted, "a'b\\c");
    pg_put_identifier(&quoted, "a\"b");
    assert_string_equal(buf_text(&quoted), "'a''b\\c'\"a\"\"b\"");
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_passed_as_text),
        cmocka_unit_test(a_number_that_is_none_reads_as_zero),
        cmocka_unit_test(a_limit_is_for_each_statement),
        cmocka_unit_test(rows_affected_are_counted),
        cmocka_unit_test(the_first_error_of_several_statements_is_told),
        cmocka_unit_test(the_kind_of_error_follows_the_sqlstate),
        cmocka_unit_test(detail_and_hint_become_the_hint),
        cmocka_unit_test(a_violated_constraint_is_named),
        cmocka_unit_test(a_refused_permission_is_an_auth_error),
        cmocka_unit_test(a_copy_as_a_plain_statement_is_a_bug),
        cmocka_unit_test(a_transaction_is_visible_after_commit_only),
        cmocka_unit_test(commit_of_a_failed_transaction_is_an_error),
        cmocka_unit_test(begin_and_commit_out_of_place_are_errors),
        cmocka_unit_test(rollback_undoes_and_keeps_the_last_sqlstate),
        cmocka_unit_test(a_terminated_backend_is_a_lost_connection),
        cmocka_unit_test(a_commit_without_an_answer_says_so),
        cmocka_unit_test(any_name_can_be_an_identifier),
        cmocka_unit_test(any_text_can_be_a_literal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
