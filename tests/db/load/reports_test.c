/* load/reports and load/schema_target: the schema of the tables, and the views in it. */
#include "load/reports.h"
#include "state/schema.h"
#include "support/db.h"

static struct pg *db_fresh(void)
{
    struct err err = {0};
    struct schema_change change;
    struct pg *pg = db_connect();
    db_exec(pg, "set client_min_messages = warning; drop schema if exists tokenflex_etl cascade; "
                "drop schema if exists reported cascade; drop schema if exists \"Odd \"\"One\" cascade");
    must(schema_upgrade(pg, &change, &err), &err);
    return pg;
}

static struct target_schema_change prepare(struct pg *pg, const struct target_schema *target,
                                           struct arena *arena)
{
    struct err err = {0};
    struct target_schema_change change;
    must(target_schema_prepare(pg, target, arena, &change, &err), &err);
    return change;
}

static struct reports make(struct pg *pg, const struct target_schema *target, struct arena *arena)
{
    struct err err = {0};
    struct reports reports;
    must(reports_make(pg, target, arena, &reports, &err), &err);
    return reports;
}

static const struct report *report_of(const struct reports *reports, const char *name)
{
    for (size_t i = 0; i < reports->count; i++)
        if (text_equal(reports->items[i].name, name))
            return &reports->items[i];
    fail_msg("no report %s", name);
    return NULL;
}

static const struct text_list nobody = {0};

static void the_schema_is_made_once_and_readers_are_let_in_once(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "drop role if exists reader; create role reader");
    struct text_list readers = {(const char *[]){"reader"}, 1};
    struct target_schema target = {"reported", &readers};
    struct target_schema_change first = prepare(pg, &target, arena);
    assert_true(first.made_schema);
    assert_int_equal(first.granted.count, 1);
    assert_string_equal(first.granted.items[0], "reader");
    struct target_schema_change second = prepare(pg, &target, arena);
    assert_false(second.made_schema);
    assert_int_equal(second.granted.count, 0);
    assert_string_equal(db_value(pg, "select has_schema_privilege('reader', 'reported', 'usage')"), "t");
    db_exec(pg, "drop owned by reader; drop role reader");
}

static void a_reader_that_is_no_role_leaves_no_schema(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    struct text_list readers = {(const char *[]){"nobody_knows"}, 1};
    struct target_schema target = {"reported", &readers};
    struct target_schema_change change;
    struct err err = {0};
    must_fail(target_schema_prepare(pg, &target, arena, &change, &err), &err, ERR_CONFIG, "nobody_knows");
    assert_string_equal(db_value(pg, "select to_regnamespace('reported') is null"), "t");
}

static void views_without_their_tables_are_left_out(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    struct target_schema target = {"reported", &nobody};
    prepare(pg, &target, arena);
    db_exec(pg, "create table reported.contracts (contract_number text)");
    struct reports reports = make(pg, &target, arena);
    assert_int_equal(reports.count, 8);
    const struct report *balance = report_of(&reports, "report_contract_balance");
    assert_int_equal(balance->state, REPORT_LEFT_OUT);
    assert_null(balance->reason);
    assert_int_equal(balance->missing.count, 2);
    assert_string_equal(balance->missing.items[0], "contract_years");
    assert_string_equal(balance->missing.items[1], "monthly_summary_by_category");
    assert_int_equal(report_of(&reports, "report_freshness")->state, REPORT_CREATED);
}

/* A name with a quote in it, and a table of the same name where the session looks first. */
static void the_tables_are_those_of_the_schema(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    struct target_schema target = {"Odd \"One", &nobody};
    prepare(pg, &target, arena);
    db_exec(pg, "create table \"Odd \"\"One\".monthly_users (contract_number text, usage_month date, "
                "unique_users bigint, unique_products bigint, tokens_consumed numeric); "
                "insert into \"Odd \"\"One\".monthly_users values ('1', '2026-01-01', 4, 1, 2); "
                "create temporary table monthly_users (like \"Odd \"\"One\".monthly_users)");
    struct reports reports = make(pg, &target, arena);
    assert_int_equal(report_of(&reports, "report_monthly_users")->state, REPORT_CREATED);
    assert_string_equal(db_value(pg, "select unique_users from \"Odd \"\"One\".report_monthly_users"), "4");
}

static void the_search_path_of_the_session_stays_as_it_was(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    struct target_schema target = {"reported", &nobody};
    prepare(pg, &target, arena);
    make(pg, &target, arena);
    assert_string_equal(db_value(pg, "select current_setting('search_path')"), "\"$user\", public");
}

static void what_is_in_the_way_of_one_view_leaves_all_as_they_were(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    struct target_schema target = {"reported", &nobody};
    struct reports reports;
    struct err err = {0};
    prepare(pg, &target, arena);
    db_exec(pg, "create table reported.monthly_users (contract_number text, usage_month date, "
                "unique_users bigint, unique_products bigint, tokens_consumed numeric); "
                "create sequence reported.report_monthly_users");
    must_fail(reports_make(pg, &target, arena, &reports, &err), &err, ERR_CREATE,
              "reported.report_monthly_users is there, and was not made by init --reports");
    assert_string_equal(db_value(pg, "select to_regclass('reported.report_freshness') is null"), "t");
    assert_false(pg_in_transaction(pg));
}

static void a_role_that_may_not_is_told_so(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = db_fresh();
    struct target_schema target = {"reported", &nobody};
    struct reports reports;
    struct err err = {0};
    prepare(pg, &target, arena);
    db_exec(pg,
            "drop role if exists modest; create role modest; grant usage on schema tokenflex_etl to modest; "
            "grant usage on schema reported to modest; set role modest");
    must_fail(reports_make(pg, &target, arena, &reports, &err), &err, ERR_CREATE, "permission denied");
    assert_non_null(strstr(err.hint, "init --sql --reports"));
    db_exec(pg, "reset role; drop owned by modest; drop role modest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_is_made_once_and_readers_are_let_in_once),
        cmocka_unit_test(a_reader_that_is_no_role_leaves_no_schema),
        cmocka_unit_test(views_without_their_tables_are_left_out),
        cmocka_unit_test(the_tables_are_those_of_the_schema),
        cmocka_unit_test(the_search_path_of_the_session_stays_as_it_was),
        cmocka_unit_test(what_is_in_the_way_of_one_view_leaves_all_as_they_were),
        cmocka_unit_test(a_role_that_may_not_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
