/* wire/pg: the moment at which all that a connection does is to be over. What is waited for would take an
 * hour, longer than a test may: ending is heeding the deadline. */
#include "base/clock.h"
#include "support/db.h"

#include <stdlib.h>

static const char timed_out[] = "the timeout has passed";

static void set_deadline_in(struct pg *pg, int64_t ms)
{
    pg_set_deadline(pg, clock_deadline(ms));
}

static void must_be_of_use(struct pg *pg)
{
    pg_extend_deadline(pg, 60000);
    assert_false(pg_is_lost(pg));
    assert_string_equal(db_value(pg, "select 'of use'"), "of use");
}

static void without_a_deadline_there_is_no_time_left_to_tell(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_connect();
    assert_int_equal(pg_time_left_ms(pg), 0);
    set_deadline_in(pg, 60000);
    assert_in_range(pg_time_left_ms(pg), 1, 60000);
    set_deadline_in(pg, -1000);
    assert_int_equal(pg_time_left_ms(pg), 1);
    pg_set_deadline(pg, CLOCK_NEVER);
    assert_int_equal(pg_time_left_ms(pg), 0);
}

static void a_statement_that_runs_then_is_cancelled(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    set_deadline_in(pg, 200);
    must_fail(pg_exec(pg, "select pg_sleep(3600)", &err), &err, ERR_LATER, timed_out);
    must_be_of_use(pg);
}

static void none_is_begun_afterwards(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    db_exec(pg, "create temporary table t (n integer)");
    set_deadline_in(pg, -1);
    must_fail(pg_exec(pg, "insert into t values (1)", &err), &err, ERR_LATER, timed_out);
    must_be_of_use(pg);
    assert_string_equal(db_value(pg, "select count(*) from t"), "0");
}

static void a_wait_for_a_lock_is_cancelled(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *holder = db_connect();
    SCOPED(pg) struct pg *pg = db_connect();
    db_exec(holder, "select pg_advisory_lock(7)");
    set_deadline_in(pg, 200);
    must_fail(pg_exec(pg, "select pg_advisory_lock(7)", &err), &err, ERR_LATER, timed_out);
    must_be_of_use(pg);
}

static void a_transaction_is_rolled_back_afterwards(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    must(pg_begin(pg, &err), &err);
    db_exec(pg, "create temporary table t (n integer)");
    set_deadline_in(pg, 200);
    must_fail(pg_exec(pg, "select pg_sleep(3600)", &err), &err, ERR_LATER, timed_out);
    pg_rollback(pg);
    assert_false(pg_in_transaction(pg));
    must_be_of_use(pg);
    assert_string_equal(db_value(pg, "select to_regclass('t') is null"), "t");
}

/* The server takes no row while the trigger sleeps: the client cannot send on. */
static void a_copy_is_cancelled(void **state)
{
    (void)state;
    struct err err = {0};
    char rows[4096];
    bool put = true;
    SCOPED(pg) struct pg *pg = db_connect();
    db_exec(pg, "create temporary table t (line text);"
                "create function pg_temp.sleep() returns trigger language plpgsql as "
                "$$ begin perform pg_sleep(3600); return new; end $$;"
                "create trigger s before insert on t execute function pg_temp.sleep()");
    memset(rows, 'x', sizeof rows);
    rows[sizeof rows - 1] = '\n';
    must(pg_copy_begin(pg, "copy t from stdin", &err), &err);
    set_deadline_in(pg, 200);
    while (put)
        put = pg_copy_put(pg, rows, sizeof rows, &err);
    must_fail(put, &err, ERR_LATER, timed_out);
    must_be_of_use(pg);
}

static void an_extension_does_not_shorten(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_connect();
    set_deadline_in(pg, 3600000);
    pg_extend_deadline(pg, 1);
    assert_true(pg_time_left_ms(pg) > 60000);
    pg_set_deadline(pg, CLOCK_NEVER);
    pg_extend_deadline(pg, 1);
    assert_int_equal(pg_time_left_ms(pg), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_deadline_there_is_no_time_left_to_tell),
        cmocka_unit_test(a_statement_that_runs_then_is_cancelled),
        cmocka_unit_test(none_is_begun_afterwards),
        cmocka_unit_test(a_wait_for_a_lock_is_cancelled),
        cmocka_unit_test(a_transaction_is_rolled_back_afterwards),
        cmocka_unit_test(a_copy_is_cancelled),
        cmocka_unit_test(an_extension_does_not_shorten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
