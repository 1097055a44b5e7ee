#include "base/macros.h"
#include "report/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Prints a table of three columns, the last of them to the right, and takes it apart. */
static void expect_table(const char *const *cells, size_t count, const char *expected)
{
    static const char *const headings[] = {"name", "city", ">sum"};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < count; i++)
        table_add(table, cells[i]);
    table_put(table, &out);
    table_release(table);
    assert_string_equal(buf_text(&out), expected);
}

static void without_rows_there_is_the_heading(void **state)
{
    (void)state;
    expect_table(NULL, 0, "name  city  sum\n");
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    (void)state;
    const char *const cells[] = {"a", "Amsterdam", "1", "longer", "B", "12345"};
    expect_table(cells, 6,
                 "name    city         sum\n"
                 "a       Amsterdam      1\n"
                 "longer  B          12345\n");
}

static void an_absent_cell_is_empty(void **state)
{
    (void)state;
    const char *const cells[] = {NULL, "B", "", "a", NULL, "1"};
    expect_table(cells, 6,
                 "name  city  sum\n"
                 "      B        \n"
                 "a             1\n");
}

/* A character takes one place, however many bytes it has. */
static void other_scripts_are_aligned_by_character(void **state)
{
    (void)state;
    const char *const cells[] = {"M\xC3\xBCller", "K\xC3\xB6ln", "1", "Miller", "Ulm", "22"};
    expect_table(cells, 6,
                 "name    city  sum\n"
                 "M\xC3\xBCller  K\xC3\xB6ln    1\n"
                 "Miller  Ulm    22\n");
}

static void a_left_column_at_the_end_has_no_blanks_behind_it(void **state)
{
    (void)state;
    static const char *const headings[] = {">n", "text"};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct table *table = table_make(headings, COUNT_OF(headings));
    table_add_number(table, 5);
    table_add(table, "a");
    table_add_number(table, 18446744073709551615u);
    table_add(table, "a longer text");
    table_put(table, &out);
    table_release(table);
    assert_string_equal(buf_text(&out), "                   n  text\n"
                                        "                   5  a\n"
                                        "18446744073709551615  a longer text\n");
}

static void a_table_is_put_behind_what_is_there(void **state)
{
    (void)state;
    static const char *const headings[] = {"x"};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct table *table = table_make(headings, 1);
    buf_put(&out, "before\n");
    table_put(table, &out);
    table_release(table);
    assert_string_equal(buf_text(&out), "before\nx\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rows_there_is_the_heading),
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(an_absent_cell_is_empty),
        cmocka_unit_test(other_scripts_are_aligned_by_character),
        cmocka_unit_test(a_left_column_at_the_end_has_no_blanks_behind_it),
        cmocka_unit_test(a_table_is_put_behind_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
