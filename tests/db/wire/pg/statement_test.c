/* wire/pg: statements. */
#include "base/clock.h"
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

/* For 0.6 of the limit each. False: one of them took longer than the limit. */
static bool sleep_twice(struct pg *pg, int64_t limit_ms)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "select pg_sleep(%.4f)", 0.6 * (double)limit_ms / 1000);
    for (int i = 0; i < 2; i++) {
        struct err err = {0};
        int64_t begun_ms = clock_now_ms();
        if (pg_exec(pg, buf_text(&sql), &err))
            continue;
        if (clock_now_ms() - begun_ms < limit_ms)
            fail_msg("%s", err.text);
        return false;
    }
    return true;
}

static void a_limit_is_for_each_statement(void **state)
{
    SCOPED(pg) struct pg *pg = NULL;
    struct err err = {0};
    /* Two statements that take longer than the limit together; longer ones, where the machine is too busy. */
    for (int64_t limit_ms = 500; !pg; limit_ms *= 2) {
        pg = db_connect();
        pg_limit(pg, limit_ms);
        if (!sleep_twice(pg, limit_ms)) {
            pg_close(pg);
            pg = NULL;
        }
    }
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
