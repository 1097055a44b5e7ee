#include "base/macros.h"
#include "load/page_figures_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_tables(const char *sql, const char *key, const char *expected)
{
    SCOPED(buf) struct buf tables = buf_make(BUF_OWN_TEXT);
    page_put_tables(sql, key, &tables);
    assert_string_equal(buf_text(&tables), expected);
}

static void expect_needs(const char *sql, const char *expected)
{
    expect_tables(sql, "-- needs:", expected);
}

static void the_second_line_names_the_tables_that_a_statement_uses(void **state)
{
    (void)state;
    static const char sql[] =
        "-- needs: one two\n-- uses: three four\n-- Some words.\n-- uses: five\nselect 1";
    expect_tables(sql, "-- needs:", "one\ntwo");
    expect_tables(sql, "-- uses:", "three\nfour");
    expect_tables("-- uses: three\nselect 1", "-- uses:", "three");
    expect_tables("-- uses: three", "-- uses:", "three");
    expect_tables("-- needs: one\nselect 1", "-- uses:", "");
}

static void the_first_line_names_the_tables_that_a_statement_needs(void **state)
{
    (void)state;
    expect_needs("-- needs: one\nselect 1", "one");
    expect_needs("-- needs: one two  three\nselect 1", "one\ntwo\nthree");
    expect_needs("-- needs:\nselect 1", "");
    expect_needs("-- Something else.\n-- needs: one\nselect 1", "");
    expect_needs("", "");
}

static void expect_gap(const char *sqlstate, enum page_problem_kind kind)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct page_problem problem = {0};
    struct err failed;
    err_set(&failed, ERR_CREATE, "what the database says");
    memcpy(failed.sqlstate, sqlstate, strlen(sqlstate) + 1);
    assert_int_equal(page_problem_of(&failed, arena, &problem), kind != PAGE_PROBLEM_NONE);
    assert_int_equal(problem.kind, kind);
    if (kind != PAGE_PROBLEM_NONE)
        assert_string_equal(problem.cause, "what the database says");
}

static void what_leaves_the_connection_usable_costs_its_section_alone(void **state)
{
    (void)state;
    expect_gap("42501", PAGE_PROBLEM_FORBIDDEN);
    expect_gap("42P01", PAGE_PROBLEM_TOOL_SCHEMA);
    expect_gap("42703", PAGE_PROBLEM_COLUMNS);
    expect_gap("42883", PAGE_PROBLEM_COLUMNS);
    expect_gap("42804", PAGE_PROBLEM_COLUMNS);
    expect_gap("22012", PAGE_PROBLEM_FAILED);
    expect_gap("XX000", PAGE_PROBLEM_FAILED);
    expect_gap("08006", PAGE_PROBLEM_NONE);
    expect_gap("57014", PAGE_PROBLEM_NONE);
    expect_gap("", PAGE_PROBLEM_NONE);
}

static void a_statement_has_what_it_shares_with_others(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    page_put_statement("-- why\nwith v as (\n-- view report_freshness\n), m as (\n-- newest month of "
                       "some_table\n)\nselect 1\n",
                       &out);
    const char *text = buf_text(&out);
    assert_true(text_starts_with(text, "-- why\nwith v as (\nwith load as (\n"));
    assert_non_null(strstr(
        text, " group by l.schema_name, l.table_name, l.contract_number, u.days, u.remark\n), m as (\n"));
    assert_non_null(strstr(text, "select distinct usage_month as month from some_table where"));
    assert_null(strstr(text, "TABLE"));
    assert_non_null(strstr(text, " limit 1\n\n)\nselect 1\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_has_what_it_shares_with_others),
        cmocka_unit_test(the_second_line_names_the_tables_that_a_statement_uses),
        cmocka_unit_test(the_first_line_names_the_tables_that_a_statement_needs),
        cmocka_unit_test(what_leaves_the_connection_usable_costs_its_section_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
