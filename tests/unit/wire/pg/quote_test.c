/* wire/pg/quote: quoting, as text. */
#include "wire/pg/quote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void an_identifier_is_quoted_and_its_marks_are_doubled(void **state)
{
    (void)state;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    pg_put_identifier(&sql, "a\"b'c");
    assert_string_equal(buf_text(&sql), "\"a\"\"b'c\"");
}

static void a_literal_is_quoted_and_its_marks_are_doubled(void **state)
{
    (void)state;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    pg_put_literal(&sql, "a'b\\c\"d");
    assert_string_equal(buf_text(&sql), "'a''b\\c\"d'");
}

static void what_is_empty_is_quoted_too(void **state)
{
    (void)state;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    pg_put_literal(&sql, "");
    assert_string_equal(buf_text(&sql), "''");
}

static void a_statement_is_put_on_one_line_but_for_what_is_quoted(void **state)
{
    (void)state;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    pg_put_on_one_line(&sql, "SELECT a,\n    'x\n y''\n' AS b\n\n   FROM \"t\n\";\n");
    assert_string_equal(buf_text(&sql), "SELECT a, 'x\n y''\n' AS b FROM \"t\n\"; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identifier_is_quoted_and_its_marks_are_doubled),
        cmocka_unit_test(a_literal_is_quoted_and_its_marks_are_doubled),
        cmocka_unit_test(what_is_empty_is_quoted_too),
        cmocka_unit_test(a_statement_is_put_on_one_line_but_for_what_is_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
