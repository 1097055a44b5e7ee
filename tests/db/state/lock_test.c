/* state/lock: one runner a table and contract. */
#include "db/state/fresh.h"
#include "state/lock.h"
#include "state/run_record.h"

static void must_take(struct pg *pg, const char *table, const char *contract)
{
    struct err err = {0};
    must(lock_take(pg, "tokenflex", table, contract, &err), &err);
}

static void must_be_refused(struct pg *pg, const char *words)
{
    struct err err = {0};
    must_fail(lock_take(pg, "tokenflex", "daily", CONTRACT, &err), &err, ERR_LATER, words);
}

static void a_second_session_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    must_take(first, "daily", CONTRACT);
    must_be_refused(second, "another run is loading contract 11000000001 into tokenflex.daily");
}

static void host_and_process_of_the_holder_are_named(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    struct err err = {0};
    int64_t run_id;
    struct window window = {0};
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    must_take(first, "daily", CONTRACT);
    must(run_record_start(first, &entry, &run_id, &err), &err);
    must_be_refused(second, "process 4242 on etl-7.example (tokenflex-etl daily run ");
}

static void a_holder_that_has_no_run_yet_is_named_as_far_as_it_is_known(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    must_take(first, "daily", CONTRACT);
    must_be_refused(second, "process ? on this host (test)");
}

static void a_holder_that_has_no_run_yet_is_named_by_its_session(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    static const char *const roles[] = {"process", "rebuild"};
    for (size_t i = 0; i < 2; i++) {
        char sql[120];
        char words[120];
        snprintf(sql, sizeof sql, "set application_name = 'tokenflex-etl %s 42 on etl-7.example'", roles[i]);
        snprintf(words, sizeof words, "process 42 on etl-7.example (tokenflex-etl %s 42 on ", roles[i]);
        db_exec(first, sql);
        must_take(first, "daily", CONTRACT);
        must_be_refused(second, words);
    }
}

static void a_holder_of_another_role_is_named_too(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    must_take(first, "daily", CONTRACT);
    db_exec(second, "drop role if exists runner_two; create role runner_two; "
                    "grant usage on schema tokenflex_etl to runner_two; "
                    "grant select on all tables in schema tokenflex_etl to runner_two; set role runner_two");
    must_be_refused(second, "on this host (test)");
    db_exec(second, "reset role; drop owned by runner_two; drop role runner_two");
}

static void other_tables_and_contracts_are_free(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    must_take(first, "daily", CONTRACT);
    must_take(second, "daily", "11000000002");
    must_take(second, "weekly", CONTRACT);
}

static void a_released_lock_can_be_taken(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    must_take(first, "daily", CONTRACT);
    lock_release(first, "tokenflex", "daily", CONTRACT);
    must_take(second, "daily", CONTRACT);
}

static void a_lock_is_gone_with_its_session(void **state)
{
    (void)state;
    struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    must_take(first, "daily", CONTRACT);
    pg_close(first);
    /* The server hears of it a moment later. */
    while (strcmp(db_value(second, "select count(*) from pg_locks where locktype = 'advisory'"), "0") != 0)
        ;
    must_take(second, "daily", CONTRACT);
}

static void a_lock_outlives_the_transactions_of_its_session(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *first = db_fresh();
    SCOPED(pg) struct pg *second = db_connect();
    must_take(first, "daily", CONTRACT);
    db_exec(first, "begin; create table tokenflex_etl.gone (); rollback");
    must_be_refused(second, "another run");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_session_is_refused),
        cmocka_unit_test(host_and_process_of_the_holder_are_named),
        cmocka_unit_test(a_holder_that_has_no_run_yet_is_named_as_far_as_it_is_known),
        cmocka_unit_test(a_holder_that_has_no_run_yet_is_named_by_its_session),
        cmocka_unit_test(a_holder_of_another_role_is_named_too),
        cmocka_unit_test(other_tables_and_contracts_are_free),
        cmocka_unit_test(a_released_lock_can_be_taken),
        cmocka_unit_test(a_lock_is_gone_with_its_session),
        cmocka_unit_test(a_lock_outlives_the_transactions_of_its_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
