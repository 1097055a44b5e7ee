/* load/table_kind: what is loaded, and what is refused by name. */
#include "db/state/fresh.h"
#include "load/table_kind.h"

#define SCHEMA "create schema tokenflex;"
#define HEAP "create table tokenflex.usage (day date, n numeric);"
#define PARTITIONED "create table tokenflex.usage (day date, n numeric) partition by range (day);"
#define IN_2026 " for values from ('2026-01-01') to ('2027-01-01')"
#define FOREIGN "create foreign data wrapper nothing; create server abroad foreign data wrapper nothing;"

static void expect_loaded(struct pg *pg, const char *sql)
{
    struct err err = {0};
    db_exec(pg, sql);
    must(table_kind_check("tokenflex", "usage", pg, &err), &err);
}

/* In a transaction of its own, which leaves nothing behind. */
static void expect_refused(const char *sql, enum err_kind kind, const char *words)
{
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "begin");
    db_exec(pg, SCHEMA);
    db_exec(pg, sql);
    must_fail(table_kind_check("tokenflex", "usage", pg, &err), &err, kind, words);
    db_exec(pg, "rollback");
}

static void plain_partitioned_and_inherited_tables_are_loaded(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    expect_loaded(pg, SCHEMA);
    expect_loaded(pg, HEAP);
    expect_loaded(pg, "create table tokenflex.child () inherits (tokenflex.usage)");
    expect_loaded(pg, "drop table tokenflex.child, tokenflex.usage;" PARTITIONED
                      "create table tokenflex.y26 partition of tokenflex.usage" IN_2026);
    expect_loaded(pg, "drop table tokenflex.usage; create unlogged table tokenflex.usage (day date)");
}

static void views_and_other_names_that_are_taken_cannot_be_created(void **state)
{
    (void)state;
    expect_refused("create view tokenflex.usage as select 1 as one", ERR_CREATE,
                   "a table tokenflex.usage cannot be created: tokenflex.usage is a view");
    expect_refused("create materialized view tokenflex.usage as select 1 as one", ERR_CREATE,
                   "is a materialized view");
    expect_refused("create sequence tokenflex.usage", ERR_CREATE, "is a sequence");
    expect_refused("create type tokenflex.usage as (one int)", ERR_CREATE, "is a composite type");
}

static void a_foreign_table_is_not_supported(void **state)
{
    (void)state;
    expect_refused(FOREIGN "create foreign table tokenflex.usage (day date) server abroad", ERR_CONFIG,
                   "table tokenflex.usage is a foreign table, which is not supported yet");
}

static void a_foreign_partition_is_not_supported(void **state)
{
    (void)state;
    expect_refused(FOREIGN PARTITIONED
                   "create foreign table tokenflex.y26 partition of tokenflex.usage" IN_2026 " server abroad",
                   ERR_CONFIG, "tokenflex.y26, which is part of table tokenflex.usage, is a foreign table");
}

static void another_access_method_is_not_supported(void **state)
{
    (void)state;
    expect_refused(
        "create access method columnar type table handler heap_tableam_handler;"
        "create table tokenflex.usage (day date) using columnar",
        ERR_CONFIG,
        "table tokenflex.usage is a table of the access method columnar, which is not supported yet");
    expect_refused("create access method columnar type table handler heap_tableam_handler;" PARTITIONED
                   "create table tokenflex.y26 partition of tokenflex.usage" IN_2026 " using columnar",
                   ERR_CONFIG, "tokenflex.y26, which is part of table tokenflex.usage");
}

static void a_temporary_table_is_not_supported(void **state)
{
    (void)state;
    struct err err = {0};
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "create temporary table usage (day date)");
    const char *schema = db_value(pg, "select pg_my_temp_schema()::regnamespace");
    must_fail(table_kind_check(schema, "usage", pg, &err), &err, ERR_CONFIG, "is a temporary table");
}

/* The catalogue of Citus, as far as it is asked: reference tables and the like have no column. */
#define CITUS                                                                                                \
    "set local allow_system_table_mods = on;"                                                                \
    "create table pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod \"char\", partkey text, "  \
    "colocationid integer, repmodel \"char\");"                                                              \
    "create function pg_catalog.column_to_column_name(regclass, text) returns text language sql as "         \
    "'select $2';"

#define DISTRIBUTED_AS(values)                                                                               \
    CITUS HEAP "insert into pg_catalog.pg_dist_partition values ('tokenflex.usage', " values ")"

static void a_table_that_citus_distributes_by_our_columns_is_loaded(void **state)
{
    (void)state;
    static const char *const columns[] = {"contract_number", "_row_key"};
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        SCOPED(pg) struct pg *pg = db_fresh();
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_print(&sql, SCHEMA DISTRIBUTED_AS("'h', '%s', 1, 's'"), columns[i]);
        db_exec(pg, "begin");
        expect_loaded(pg, buf_text(&sql));
        db_exec(pg, "rollback");
    }
}

static void a_table_that_citus_has_in_another_way_is_not_supported(void **state)
{
    (void)state;
    expect_refused(DISTRIBUTED_AS("'n', null, 1, 't'"), ERR_CONFIG,
                   "table tokenflex.usage is a reference table of Citus, which is not supported");
    expect_refused(DISTRIBUTED_AS("'n', null, 4, 's'"), ERR_CONFIG, "is a single-shard table of Citus");
    expect_refused(DISTRIBUTED_AS("'n', null, 0, 's'"), ERR_CONFIG,
                   "is a coordinator table in the metadata of Citus");
    expect_refused(DISTRIBUTED_AS("'a', 'day', 4, 's'"), ERR_CONFIG,
                   "is a Citus table distributed by range or by append");
    expect_refused(
        DISTRIBUTED_AS("'h', 'day', 4, 's'"), ERR_CONFIG,
        "table tokenflex.usage is distributed by day; only tables distributed by contract_number or "
        "_row_key can be loaded");
}

static void a_table_that_is_partitioned_and_distributed_is_not_supported(void **state)
{
    (void)state;
    expect_refused(
        CITUS PARTITIONED
        "insert into pg_catalog.pg_dist_partition values ('tokenflex.usage', 'h', '_row_key', 1, 's')",
        ERR_CONFIG, "table tokenflex.usage is partitioned and distributed by Citus");
}

static void another_table_beside_those_of_citus_is_loaded(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    db_exec(pg, "begin");
    expect_loaded(pg, CITUS SCHEMA HEAP
                  "create table tokenflex.other (day date);"
                  "insert into pg_catalog.pg_dist_partition values ('tokenflex.other', 'h', 'day', 1, 's')");
    db_exec(pg, "rollback");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_partitioned_and_inherited_tables_are_loaded),
        cmocka_unit_test(views_and_other_names_that_are_taken_cannot_be_created),
        cmocka_unit_test(a_foreign_table_is_not_supported),
        cmocka_unit_test(a_foreign_partition_is_not_supported),
        cmocka_unit_test(another_access_method_is_not_supported),
        cmocka_unit_test(a_temporary_table_is_not_supported),
        cmocka_unit_test(a_table_that_citus_distributes_by_our_columns_is_loaded),
        cmocka_unit_test(a_table_that_citus_has_in_another_way_is_not_supported),
        cmocka_unit_test(a_table_that_is_partitioned_and_distributed_is_not_supported),
        cmocka_unit_test(another_table_beside_those_of_citus_is_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
