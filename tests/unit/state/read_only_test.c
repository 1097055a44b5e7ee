/* state/read_only: why a database session only reads, and what mends it. */
#include "state/read_only.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct err judge(struct read_only found)
{
    struct err err = {0};
    found.role = "et\"l";
    found.database = "finance";
    bool is_well = read_only_judge(&found, &err);
    assert_int_equal(is_well, err.kind == ERR_NONE);
    return err;
}

static void a_session_that_writes_is_well(void **state)
{
    assert_int_equal(judge((struct read_only){0}).kind, ERR_NONE);
    assert_int_equal(judge((struct read_only){.is_by_connection = true}).kind, ERR_NONE);
    (void)state;
}

static void a_standby_may_have_another_primary_later(void **state)
{
    struct err err =
        judge((struct read_only){.is_read_only = true, .is_standby = true, .is_by_connection = true});
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_string_equal(err.text, "database finance is read-only: its server is a standby");
    (void)state;
}

static void an_option_of_the_connection_is_a_matter_of_settings(void **state)
{
    struct err err = judge((struct read_only){.is_read_only = true, .is_by_connection = true});
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_string_equal(err.hint,
                        "remove it from options in database.dsn, in the service file, or from PGOPTIONS");
    (void)state;
}

static void a_default_is_told_with_the_statement_that_takes_it_back(void **state)
{
    struct err err = judge((struct read_only){.is_read_only = true});
    assert_int_equal(err.kind, ERR_CREATE);
    assert_string_equal(
        err.text, "database finance is read-only: default_transaction_read_only is on for the role et\"l");
    assert_string_equal(err.hint, "begin read write; alter role \"et\"\"l\" in database \"finance\" set "
                                  "default_transaction_read_only = off; commit");
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_writes_is_well),
        cmocka_unit_test(a_standby_may_have_another_primary_later),
        cmocka_unit_test(an_option_of_the_connection_is_a_matter_of_settings),
        cmocka_unit_test(a_default_is_told_with_the_statement_that_takes_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
