/* wire/pg/error: the kind of an error, whatever language the server's messages have. */
#include "base/macros.h"
#include "wire/pg/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define GERMAN "PL/pgSQL-Funktion tokenflex.pruefe() Zeile 3 bei "
#define FRENCH "fonction PL/pgSQL tokenflex.verifie(), ligne 3, \xC3\xA0 "

static enum err_kind kind_of(const char *sqlstate, const char *source_function, const char *context)
{
    return pg_error_kind(&(struct pg_error_origin){sqlstate, source_function, "", context});
}

static void what_a_function_raises_is_about_the_data(void **state)
{
    (void)state;
    static const char *const contexts[] = {"PL/pgSQL function tokenflex.check() line 3 at RAISE",
                                           GERMAN "RAISE", FRENCH "RAISE", ""};
    for (size_t i = 0; i < COUNT_OF(contexts); i++) {
        struct pg_error_origin origin = {"57014", "exec_stmt_raise", "", contexts[i]};
        assert_int_equal(pg_error_kind(&origin), ERR_DATA);
        assert_string_equal(pg_error_sqlstate(&origin), "P0001");
        assert_int_equal(kind_of("40001", "exec_stmt_raise", contexts[i]), ERR_LATER);
        assert_int_equal(kind_of("53100", "exec_stmt_raise", contexts[i]), ERR_UNAVAILABLE);
    }
}

static void what_a_block_of_ours_raises_keeps_its_state(void **state)
{
    (void)state;
    assert_int_equal(
        kind_of("55000", "exec_stmt_raise", "PL/pgSQL function inline_code_block line 3 at RAISE"), ERR_DATA);
    assert_string_equal(
        pg_error_sqlstate(&(struct pg_error_origin){"57014", "exec_stmt_raise", "",
                                                    "PL/pgSQL-Funktion inline_code_block Zeile 3 bei RAISE"}),
        "57014");
    /* A function that such a block calls is one of a user. */
    assert_string_equal(pg_error_sqlstate(&(struct pg_error_origin){
                            "57014", "exec_stmt_raise", "",
                            GERMAN "RAISE\nPL/pgSQL-Funktion inline_code_block Zeile 3 bei PERFORM"}),
                        "P0001");
}

static void a_faulty_statement_in_a_function_is_about_the_data(void **state)
{
    (void)state;
    static const char *const contexts[] = {"PL/pgSQL function tokenflex.check() line 3 at SQL statement",
                                           GERMAN "SQL-Anweisung",
                                           FRENCH "instruction SQL",
                                           "SQL function \"check\" statement 1",
                                           "SQL statement \"select 1\"",
                                           "COPY stage, Zeile 3\n" GERMAN "SQL-Anweisung"};
    for (size_t i = 0; i < COUNT_OF(contexts); i++) {
        assert_int_equal(kind_of("42601", "scanner_yyerror", contexts[i]), ERR_DATA);
        assert_int_equal(kind_of("42P01", "parserOpenTable", contexts[i]), ERR_DATA);
        assert_int_equal(kind_of("42501", "aclcheck_error", contexts[i]), ERR_AUTH);
    }
    assert_int_equal(pg_error_kind(&(struct pg_error_origin){"42P01", "parserOpenTable", "select * from gone",
                                                             "SQL-Funktion \xC2\xBBpruefe\xC2\xAB"}),
                     ERR_DATA);
}

static void a_statement_of_ours_keeps_its_kind(void **state)
{
    (void)state;
    assert_int_equal(kind_of("42601", "scanner_yyerror", ""), ERR_BUG);
    assert_int_equal(kind_of("42P01", "parserOpenTable", ""), ERR_CREATE);
    assert_int_equal(kind_of("57014", "ProcessInterrupts", ""), ERR_UNAVAILABLE);
    assert_int_equal(kind_of("42P01", "x", "COPY stage, line 3, column product_name: \"PL/SQL Developer\""),
                     ERR_CREATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_function_raises_is_about_the_data),
        cmocka_unit_test(what_a_block_of_ours_raises_keeps_its_state),
        cmocka_unit_test(a_faulty_statement_in_a_function_is_about_the_data),
        cmocka_unit_test(a_statement_of_ours_keeps_its_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
