/* wire/pg: what the server refuses, and a connection that breaks. */
#include "support/db.h"

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
        {"54011", ERR_DATA},        {"42P01", ERR_DATA},        {"42601", ERR_DATA},
        {"P0001", ERR_DATA},        {"P0004", ERR_DATA},        {"ZZ999", ERR_DATA},
        {"22012", ERR_DATA},        {"XX000", ERR_UNAVAILABLE}, {"25P03", ERR_UNAVAILABLE},
    };
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_print(&sql, "do $$ begin raise exception using errcode = '%s', message = 'as %s'; end $$",
                  cases[i].sqlstate, cases[i].sqlstate);
        struct err err = {0};
        must_fail(pg_exec(pg, buf_text(&sql), &err), &err, cases[i].kind, cases[i].sqlstate);
        assert_string_equal(err.sqlstate, cases[i].sqlstate);
        assert_true(pg_reuse(pg)); /* 08006 gives the connection up */
    }
    (void)state;
}

static void where_a_node_behind_the_server_is_lost_the_connection_is_given_up(void **state)
{
    static const char *const sqlstates[] = {"08006", "57P01", "57P03"};
    (void)state;
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(sqlstates); i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        struct err err = {0};
        buf_print(&sql, "begin; do $$ begin raise exception using errcode = '%s'; end $$", sqlstates[i]);
        must_fail(pg_exec(pg, buf_text(&sql), &err), &err, ERR_UNAVAILABLE, "");
        assert_true(pg_is_lost(pg));
        assert_true(pg_reuse(pg));
        assert_false(pg_in_transaction(pg));
        must(pg_exec(pg, "select 1", &err), &err);
    }
}

static void what_is_wrong_with_a_statement_of_the_program_is_told_apart(void **state)
{
    static const struct {
        const char *sql;
        enum err_kind kind;
        const char *words;
    } cases[] = {
        {"selec 1", ERR_BUG, "syntax error"},
        {"close nothing", ERR_BUG, "does not exist"},
        {"select * from nothing", ERR_CREATE, "does not exist"},
        {"select nothing()", ERR_CREATE, "does not exist"},
        {"select * from nothing.at_all", ERR_CREATE, "does not exist"},
        {"update pg_class set nothing = 1", ERR_CREATE, "does not exist"},
        {"copy pg_class (relname) to '/no/such/file'", ERR_UNAVAILABLE, "could not open file"},
    };
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = {0};
        must_fail(pg_exec(pg, cases[i].sql, &err), &err, cases[i].kind, cases[i].words);
    }
    (void)state;
}

static void an_error_keeps_its_sqlstate_whatever_fails_later(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err first = {0};
    struct err second = {0};
    must(pg_begin(pg, &first), &first);
    must_fail(pg_exec(pg, "select 1 / 0", &first), &first, ERR_DATA, "division by zero");
    must_fail(pg_exec(pg, "select 1", &second), &second, ERR_BUG, "transaction is aborted");
    pg_rollback(pg);
    db_exec(pg, "select 1");
    assert_string_equal(first.sqlstate, "22012");
    assert_string_equal(second.sqlstate, "25P02");
    must_fail(pg_commit(pg, &first), &first, ERR_BUG, "COMMIT outside a transaction");
    assert_string_equal(first.sqlstate, "");
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
        &err, ERR_DATA, "first?second");
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
    assert_true(err.is_of_constraint);
    db_exec(pg, "create temporary table parted (n int) partition by list (n)");
    must_fail(pg_exec(pg, "insert into parted values (1)", &err), &err, ERR_DATA, "no partition");
    assert_string_equal(err.sqlstate, "23514");
    assert_false(err.is_of_constraint);
    (void)state;
}

static void a_limit_of_temporary_files_is_named_with_the_statement_that_lifts_it(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    db_exec(pg, "set temp_file_limit = '64kB'; set work_mem = '64kB'");
    must_fail(pg_exec(pg, "select n from generate_series(1, 100000) n order by -n", &err), &err,
              ERR_UNAVAILABLE, "temporary file size exceeds");
    assert_non_null(strstr(err.hint, "alter role \"postgres\" set temp_file_limit = -1"));
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
    assert_string_equal(err.sqlstate, "57P01");
    assert_true(pg_is_lost(pg));
    must_fail(pg_exec(pg, "select 1", &err), &err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
    assert_string_equal(err.sqlstate, "");
    must_fail(pg_commit(pg, &err), &err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
    assert_null(strstr(err.text, "COMMIT was sent"));
    pg_rollback(pg);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kind_of_error_follows_the_sqlstate),
        cmocka_unit_test(where_a_node_behind_the_server_is_lost_the_connection_is_given_up),
        cmocka_unit_test(what_is_wrong_with_a_statement_of_the_program_is_told_apart),
        cmocka_unit_test(an_error_keeps_its_sqlstate_whatever_fails_later),
        cmocka_unit_test(detail_and_hint_become_the_hint),
        cmocka_unit_test(a_violated_constraint_is_named),
        cmocka_unit_test(a_limit_of_temporary_files_is_named_with_the_statement_that_lifts_it),
        cmocka_unit_test(a_refused_permission_is_an_auth_error),
        cmocka_unit_test(a_terminated_backend_is_a_lost_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
