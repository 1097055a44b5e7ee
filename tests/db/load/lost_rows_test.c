/* load/lost_rows: what of a table keeps rows from being written. */
#include "db/state/fresh.h"
#include "load/lost_rows.h"

#include <stdio.h>

static const struct target of_usage = {.schema = "tokenflex", .table = "usage"};

#define TABLE "create schema tokenflex; create table tokenflex.usage (day date, n numeric);"
#define SWALLOW                                                                                              \
    "create or replace function tokenflex.swallow() returns trigger language plpgsql as "                    \
    "'begin return null; end';"

static void expect_explained(struct pg *pg, enum err_kind kind, const char *words)
{
    struct err err = {0};
    must_fail(target_explain_lost_rows(&of_usage, pg, &err), &err, kind, words);
}

/* That both are named, before a load too. */
static void expect_refused(struct pg *pg, const char *words, const char *remedy)
{
    struct err err = {0};
    expect_explained(pg, ERR_CREATE, words);
    must_fail(target_check_interceptors(&of_usage, pg, &err), &err, ERR_CREATE, words);
    assert_non_null(strstr(err.hint, remedy));
}

static void expect_not_refused(struct pg *pg)
{
    struct err err = {0};
    must(target_check_interceptors(&of_usage, pg, &err), &err);
}

static void a_plain_table_was_changed_by_somebody_else(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, TABLE);
    expect_explained(
        pg, ERR_LATER,
        "rows of table tokenflex.usage were changed by another session while they were being loaded");
    expect_not_refused(pg);
}

static void a_trigger_before_each_row_is_named_and_allowed(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    static const char *const events[] = {"insert", "update", "delete"};
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        char sql[256];
        db_exec(pg, "drop schema if exists tokenflex cascade;" TABLE SWALLOW);
        snprintf(sql, sizeof sql,
                 "create trigger eats before %s on tokenflex.usage for each row execute function "
                 "tokenflex.swallow()",
                 events[i]);
        db_exec(pg, sql);
        expect_explained(pg, ERR_CREATE, "it has the trigger eats of tokenflex.usage");
        expect_not_refused(pg);
        db_exec(pg, "alter table tokenflex.usage disable trigger eats");
        expect_explained(pg, ERR_LATER, "another session");
    }
}

static void a_trigger_that_cannot_eat_rows_is_not_named(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, TABLE SWALLOW
            "create trigger late after insert on tokenflex.usage for each row execute function "
            "tokenflex.swallow();"
            "create trigger once before insert on tokenflex.usage for each statement execute function "
            "tokenflex.swallow()");
    expect_explained(pg, ERR_LATER, "another session");
}

static void a_trigger_of_a_partition_or_child_is_named(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "create schema tokenflex; create table tokenflex.usage (day date, n numeric) partition by "
                "range (day);"
                "create table tokenflex.y26 partition of tokenflex.usage for values from ('2026-01-01') to "
                "('2027-01-01');" SWALLOW
                "create trigger eats before insert on tokenflex.y26 for each row execute function "
                "tokenflex.swallow()");
    expect_explained(pg, ERR_CREATE, "the trigger eats of tokenflex.y26");
    db_exec(pg, "drop schema tokenflex cascade;" TABLE SWALLOW
                "create table tokenflex.child () inherits (tokenflex.usage);"
                "create trigger eats before update on tokenflex.child for each row execute function "
                "tokenflex.swallow()");
    expect_explained(pg, ERR_CREATE, "the trigger eats of tokenflex.child");
}

static void a_trigger_of_a_partitioned_table_is_named_once(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    db_exec(pg, "create schema tokenflex; create table tokenflex.usage (day date, n numeric) partition by "
                "range (day);"
                "create table tokenflex.y26 partition of tokenflex.usage for values from ('2026-01-01') to "
                "('2027-01-01');" SWALLOW
                "create trigger eats before insert on tokenflex.usage for each row execute function "
                "tokenflex.swallow()");
    assert_false(target_explain_lost_rows(&of_usage, pg, &err));
    assert_string_equal(err.text, "rows of table tokenflex.usage were not written as they were sent: it has "
                                  "the trigger eats of tokenflex.usage");
}

static void a_rule_on_a_write_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    static const char *const events[] = {"insert", "update", "delete"};
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        char sql[160];
        db_exec(pg, "drop schema if exists tokenflex cascade;" TABLE);
        snprintf(sql, sizeof sql, "create rule nothing as on %s to tokenflex.usage do instead nothing",
                 events[i]);
        db_exec(pg, sql);
        expect_refused(pg, "the rule nothing of tokenflex.usage",
                       "alter table tokenflex.usage disable rule nothing");
        db_exec(pg, "alter table tokenflex.usage disable rule nothing");
        expect_not_refused(pg);
    }
}

static void a_publication_without_a_replica_identity_is_refused(void **state)
{
    (void)state;
    static const char *const publications[] = {"for all tables", "for table tokenflex.usage",
                                               "for tables in schema tokenflex",
                                               "for all tables with (publish = 'delete')"};
    for (size_t i = 0; i < COUNT_OF(publications); i++) {
        SCOPED(pg) struct pg *pg = db_fresh();
        struct err err = {0};
        char sql[120];
        db_exec(pg, TABLE);
        snprintf(sql, sizeof sql, "create publication abroad %s", publications[i]);
        db_exec(pg, sql);
        must_fail(target_check_interceptors(&of_usage, pg, &err), &err, ERR_CREATE,
                  "table tokenflex.usage cannot be loaded: it has the publication abroad, which needs a "
                  "replica identity of tokenflex.usage");
        assert_string_equal(err.hint, "alter table tokenflex.usage replica identity full");
        db_exec(pg, err.hint);
        expect_not_refused(pg);
        db_exec(pg, "drop publication abroad");
    }
}

static void a_publication_that_lets_every_write_pass_is_allowed(void **state)
{
    (void)state;
    static const char *const sound[] = {
        "create publication abroad for all tables with (publish = 'insert, truncate')",
        "create publication abroad for table tokenflex.other",
        "alter table tokenflex.usage add primary key (n); create publication abroad for all tables",
        ("create unique index i on tokenflex.usage (n); alter table tokenflex.usage alter n set not null, "
         "replica identity using index i; create publication abroad for all tables"),
    };
    for (size_t i = 0; i < COUNT_OF(sound); i++) {
        SCOPED(pg) struct pg *pg = db_fresh();
        db_exec(pg, TABLE "create table tokenflex.other ()");
        db_exec(pg, sound[i]);
        expect_not_refused(pg);
        db_exec(pg, "drop publication abroad");
    }
}

static void a_publication_of_a_partition_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "create schema tokenflex; create table tokenflex.usage (day date, n numeric) partition by "
                "range (day);"
                "create table tokenflex.y26 partition of tokenflex.usage for values from ('2026-01-01') to "
                "('2027-01-01');"
                "create publication abroad for table tokenflex.usage with (publish_via_partition_root)");
    expect_refused(pg, "the publication abroad, which needs a replica identity of tokenflex.y26",
                   "alter table tokenflex.y26 replica identity full");
    db_exec(pg, "drop publication abroad");
}

static void row_security_that_applies_to_the_role_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, TABLE "drop role if exists loader; create role loader;"
                      "grant usage on schema tokenflex to loader; grant all on tokenflex.usage to loader;"
                      "create policy few on tokenflex.usage using (n < 5);"
                      "create policy own on tokenflex.usage using (n > 9);"
                      "set role loader");
    expect_not_refused(pg); /* not enabled */
    db_exec(pg, "reset role; alter table tokenflex.usage enable row level security");
    expect_not_refused(pg); /* a superuser */
    db_exec(pg, "set role loader");
    expect_refused(pg, "the row security of tokenflex.usage (policy few, policy own)",
                   "alter role loader bypassrls");
    db_exec(pg, "reset role; drop policy few on tokenflex.usage; drop policy own on tokenflex.usage; set "
                "role loader");
    expect_refused(pg, "the row security of tokenflex.usage (no policy)", "bypassrls");
    db_exec(pg, "reset role; drop owned by loader; drop role loader");
}

static void row_security_that_is_forced_on_the_owner_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, TABLE "drop role if exists loader; create role loader;"
                      "grant usage on schema tokenflex to loader; alter table tokenflex.usage owner to "
                      "loader; alter table tokenflex.usage enable row level security; set role loader");
    expect_not_refused(pg);
    db_exec(pg, "alter table tokenflex.usage force row level security");
    expect_refused(pg, "the row security of tokenflex.usage",
                   "alter table tokenflex.usage no force row level security");
    db_exec(pg, "reset role; drop owned by loader cascade; drop role loader");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_table_was_changed_by_somebody_else),
        cmocka_unit_test(a_trigger_before_each_row_is_named_and_allowed),
        cmocka_unit_test(a_trigger_that_cannot_eat_rows_is_not_named),
        cmocka_unit_test(a_trigger_of_a_partition_or_child_is_named),
        cmocka_unit_test(a_trigger_of_a_partitioned_table_is_named_once),
        cmocka_unit_test(a_rule_on_a_write_is_refused),
        cmocka_unit_test(a_publication_without_a_replica_identity_is_refused),
        cmocka_unit_test(a_publication_that_lets_every_write_pass_is_allowed),
        cmocka_unit_test(a_publication_of_a_partition_is_refused),
        cmocka_unit_test(row_security_that_applies_to_the_role_is_refused),
        cmocka_unit_test(row_security_that_is_forced_on_the_owner_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
