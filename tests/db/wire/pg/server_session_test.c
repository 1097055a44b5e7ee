/* wire/pg: what a connection tells its server session, and how it knows the session again. */
#include "support/db.h"

#include <stdio.h>
#include <stdlib.h>

static struct pg *connect_to(const char *dsn)
{
    struct err err = {0};
    struct pg *pg = pg_connect(&(struct pg_options){.dsn = dsn, .application_name = "test"}, &err);
    must(pg != NULL, &err);
    return pg;
}

/* What a role may set otherwise, and what the session has to have nevertheless. */
static const struct {
    const char *name;
    const char *of_role;
    const char *wanted;
} settings[] = {
    {"client_encoding", "LATIN1", "UTF8"},
    {"datestyle", "SQL, DMY", "ISO, YMD"},
    {"intervalstyle", "iso_8601", "postgres"},
    {"timezone", "Asia/Kathmandu", "UTC"},
    {"bytea_output", "escape", "hex"},
    {"extra_float_digits", "-15", "1"},
    {"standard_conforming_strings", "off", "on"},
    {"quote_all_identifiers", "on", "off"},
    {"row_security", "off", "on"},
    {"default_transaction_isolation", "serializable", "read committed"},
    {"default_transaction_deferrable", "on", "off"},
    {"statement_timeout", "50min", "0"},
    {"idle_in_transaction_session_timeout", "50min", "0"},
    {"idle_session_timeout", "50min", "0"},
};

static void expect_settings(struct pg *pg)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "show %s", settings[i].name);
        const char *found = db_value(pg, sql);
        if (strcmp(found, settings[i].wanted) != 0)
            fail_msg("%s is %s, not %s", settings[i].name, found, settings[i].wanted);
    }
}

static void settings_do_not_depend_on_the_role(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *admin = db_connect();
    db_exec(admin, "create role abroad login");
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "alter role abroad set %s = '%s'", settings[i].name, settings[i].of_role);
        db_exec(admin, sql);
    }
    SCOPED(pg) struct pg *pg = connect_to("user=abroad");
    expect_settings(pg);
}

static void settings_do_not_depend_on_pgoptions(void **state)
{
    (void)state;
    SCOPED(pg)
    struct pg *pg = connect_to("options='-c quote_all_identifiers=on -c timezone=Asia/Kathmandu "
                               "-c default_transaction_isolation=serializable -c idle_session_timeout=1h'");
    expect_settings(pg);
}

/* As on a server of PostgreSQL 17 or later: earlier ones do not know it. */
static void transactions_have_no_time_limit_of_the_server(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_connect();
    const char *limit = db_value(pg, "select coalesce(current_setting('transaction_timeout', true), '0')");
    assert_string_equal(limit, "0");
}

static void a_session_at_work_looks_whether_its_client_is_there(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_connect();
    assert_string_equal(db_value(pg, "show client_connection_check_interval"), "10s");
}

static void a_lock_timeout_of_the_role_stays(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = connect_to("options='-c lock_timeout=7s'");
    assert_string_equal(db_value(pg, "show lock_timeout"), "7s");
}

static void pg_catalog_is_searched_first(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = connect_to("options='-c search_path=public,pg_catalog'");
    assert_string_equal(db_value(pg, "show search_path"), "pg_catalog, public,pg_catalog");
}

static void a_search_path_without_pg_catalog_stays(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = connect_to("options='-c search_path=public'");
    assert_string_equal(db_value(pg, "show search_path"), "public");
}

static void each_connection_has_a_nonce_that_its_session_knows(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *one = db_connect();
    SCOPED(pg) struct pg *other = db_connect();
    assert_int_equal(strlen(pg_nonce(one)), 32);
    assert_string_not_equal(pg_nonce(one), pg_nonce(other));
    assert_string_equal(db_value(one, "select current_setting('tokenflex_etl.nonce')"), pg_nonce(one));
}

static void the_same_session_is_known_again(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    must(pg_pooler_check(pg, &err), &err);
    must(pg_begin(pg, &err), &err);
    must(pg_pooler_check(pg, &err), &err);
    must(pg_commit(pg, &err), &err);
}

static void a_session_with_another_nonce_is_a_pooler_s(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    db_exec(pg, "set tokenflex_etl.nonce = 'of another'");
    must_fail(pg_pooler_check(pg, &err), &err, ERR_CONFIG, "a pooler in transaction mode");
    assert_non_null(strstr(err.hint, "pool_mode = session"));
}

static void a_session_without_a_nonce_is_a_pooler_s(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_connect();
    db_exec(pg, "discard all");
    must_fail(pg_pooler_check(pg, &err), &err, ERR_CONFIG, "a pooler in transaction mode");
}

static void a_server_without_a_pooler_is_none(void **state)
{
    (void)state;
    struct err err = {0};
    enum pg_pooler pooler;
    struct pg_options options = {.application_name = "test"};
    SCOPED(pg) struct pg *pg = db_connect();
    must(pg_pooler_find(pg, &options, &pooler, &err), &err);
    assert_int_equal(pooler, PG_POOLER_NONE);
    must(pg_pooler_refuse(pg, &options, &err), &err);
}

static void a_limit_of_one_connection_is_no_pooler(void **state)
{
    (void)state;
    struct err err = {0};
    struct pg_options options = {.dsn = "user=lonely"};
    SCOPED(pg) struct pg *admin = db_connect();
    db_exec(admin, "create role lonely login connection limit 1");
    SCOPED(pg) struct pg *pg = connect_to(options.dsn);
    must(pg_pooler_refuse(pg, &options, &err), &err);
    SCOPED(pg) struct pg *second = pg_connect(&options, &err);
    assert_null(second);
    assert_true(pg_is_too_many(&err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_do_not_depend_on_the_role),
        cmocka_unit_test(settings_do_not_depend_on_pgoptions),
        cmocka_unit_test(transactions_have_no_time_limit_of_the_server),
        cmocka_unit_test(a_session_at_work_looks_whether_its_client_is_there),
        cmocka_unit_test(a_lock_timeout_of_the_role_stays),
        cmocka_unit_test(pg_catalog_is_searched_first),
        cmocka_unit_test(a_search_path_without_pg_catalog_stays),
        cmocka_unit_test(each_connection_has_a_nonce_that_its_session_knows),
        cmocka_unit_test(the_same_session_is_known_again),
        cmocka_unit_test(a_session_with_another_nonce_is_a_pooler_s),
        cmocka_unit_test(a_session_without_a_nonce_is_a_pooler_s),
        cmocka_unit_test(a_server_without_a_pooler_is_none),
        cmocka_unit_test(a_limit_of_one_connection_is_no_pooler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
