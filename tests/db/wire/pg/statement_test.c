/* wire/pg: statements. */
#include "support/db.h"

static void parameters_are_passed_as_text(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    SCOPED(pg_result)
    PGresult *result =
        pg_query(pg, "select $1::text || '!' as said, $2::bigint + 1 as next, $3::text as none",
                 PG_PARAMS("it's \"ä\" \\ \t", "9007199254740993", NULL), &err);
    must(result != NULL, &err);
    assert_string_equal(pg_value(result, 0, "said"), "it's \"ä\" \\ \t!");
    assert_int_equal(pg_integer(result, 0, "next"), 9007199254740994);
    assert_true(pg_null(result, 0, "none"));
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

static void the_first_error_of_several_statements_is_told(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    must_fail(pg_exec(pg, "select 1; select 1 / 0; select no_such_column", &err), &err, ERR_DATA,
              "division by zero");
    assert_string_equal(err.sqlstate, "22012");
    assert_string_equal(db_value(pg, "select 'still here'"), "still here");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_passed_as_text),
        cmocka_unit_test(a_limit_is_for_each_statement),
        cmocka_unit_test(the_first_error_of_several_statements_is_told),
        cmocka_unit_test(a_copy_as_a_plain_statement_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
