/* wire/pg: results of statements. */
#include "support/db.h"

static void values_are_read_by_the_names_of_their_columns(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    SCOPED(pg_result)
    PGresult *result =
        pg_query(pg,
                 "select 'word' as text, -7 as number, 9007199254740994 as count, true as yes, "
                 "false as no, null::text as none",
                 PG_NO_PARAMS, &err);
    must(result != NULL, &err);
    assert_string_equal(pg_value(result, 0, "text"), "word");
    assert_int_equal(pg_integer(result, 0, "number"), -7);
    assert_int_equal(pg_count(result, 0, "count"), 9007199254740994);
    assert_int_equal(pg_count(result, 0, "number"), 0);
    assert_true(pg_flag(result, 0, "yes"));
    assert_false(pg_flag(result, 0, "no"));
    assert_false(pg_null(result, 0, "text"));
    assert_true(pg_null(result, 0, "none"));
    assert_string_equal(pg_value(result, 0, "none"), "");
    assert_int_equal(pg_integer(result, 0, "none"), 0);
    assert_false(pg_flag(result, 0, "none"));
    (void)state;
}

static void a_copy_outlives_its_result_and_keeps_null_apart_from_empty(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    PGresult *result =
        pg_query(pg, "select 'word' as text, '' as empty, null::text as none", PG_NO_PARAMS, &err);
    must(result != NULL, &err);
    const char *text = pg_copy(result, 0, "text", arena);
    const char *empty = pg_copy(result, 0, "empty", arena);
    assert_null(pg_copy(result, 0, "none", arena));
    pg_result_cleanup(&result);
    assert_string_equal(text, "word");
    assert_string_equal(empty, "");
    (void)state;
}

static void a_number_that_is_none_reads_as_zero(void **state)
{
    SCOPED(pg) struct pg *pg = db_connect();
    struct err err = {0};
    SCOPED(pg_result)
    PGresult *result =
        pg_query(pg, "select '12x' as word, '99999999999999999999' as large", PG_NO_PARAMS, &err);
    must(result != NULL, &err);
    assert_int_equal(pg_integer(result, 0, "word"), 0);
    assert_int_equal(pg_integer(result, 0, "large"), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_by_the_names_of_their_columns),
        cmocka_unit_test(a_copy_outlives_its_result_and_keeps_null_apart_from_empty),
        cmocka_unit_test(a_number_that_is_none_reads_as_zero),
        cmocka_unit_test(rows_affected_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
