/* A table that its owner has partitioned, or that others inherit from: it is brought into shape like a plain
 * one. */
#include "db/load/loading.h"
#include "load/grain.h"

#define ROWS "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60,3],[\"2026-12-01\",\"Revit\",\"bob\",5,1]]"

static const char partition_it[] =
    "alter table tokenflex.daily rename to heap;"
    "create table tokenflex.daily (like tokenflex.heap including comments) partition by range (usage_date);"
    "create table tokenflex.november partition of tokenflex.daily for values from ('2026-11-01') to "
    "('2026-12-01');"
    "create table tokenflex.december partition of tokenflex.daily for values from ('2026-12-01') to "
    "('2027-01-01');"
    "insert into tokenflex.daily select * from tokenflex.heap; drop table tokenflex.heap;"
    "create unique index on tokenflex.daily (usage_date, _row_key) nulls not distinct";

static const char inherit_it[] =
    "create table tokenflex.november () inherits (tokenflex.daily);"
    "with moved as (delete from only tokenflex.daily where usage_date < '2026-12-01' returning *)"
    "insert into tokenflex.november select * from moved;"
    "create unique index on tokenflex.november (usage_date, _row_key) nulls not distinct";

/* A load that adds a metric and a reader, and widens a column, up to its COMMIT. */
static void bring_into_shape(struct pg *pg)
{
    struct err err = {0};
    struct job job = job_daily;
    struct target target;
    SCOPED(arena) struct arena *arena = arena_make();
    job.query.metrics = (struct text_list)NAMES("tokensConsumed", "useCount", "usageHours");
    struct loading loading = {.job = &job, .readers = NAMES("part_reader")};
    must(derive_and_inspect(pg, &loading, arena, &target, &err), &err);
    must(pg_begin(pg, &err) && target_apply(&target, pg, &err) && grain_lock(&target, pg, &err) &&
             pg_commit(pg, &err),
         &err);
}

static void expect_in_shape(const char *divide)
{
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = {.job = &job_daily, .rows = ROWS, .run_id = 1};
    load(pg, &loading);
    db_exec(pg, divide);
    db_exec(pg, "alter table tokenflex.daily alter tokens_consumed type bigint;"
                "drop role if exists part_reader; create role part_reader");
    bring_into_shape(pg);
    assert_string_equal(db_value(pg, "select string_agg(usage_date || ' ' || tokens_consumed || ' ' || "
                                     "pg_typeof(tokens_consumed) || ' ' || pg_typeof(usage_hours), ', ' "
                                     "order by usage_date) from tokenflex.daily"),
                        "2026-11-01 60 numeric numeric, 2026-12-01 5 numeric numeric");
    assert_string_equal(
        db_value(pg, "select col_description('tokenflex.daily'::regclass, attnum) from pg_attribute "
                     "where attrelid = 'tokenflex.daily'::regclass and attname = 'usage_hours'"),
        "usageHours, in hours: Time of usage.");
    db_exec(pg, "set role part_reader; select tokens_consumed from tokenflex.daily; reset role");
    db_exec(pg, "drop owned by part_reader; drop role part_reader");
}

static void a_partitioned_table_is_brought_into_shape(void **state)
{
    (void)state;
    expect_in_shape(partition_it);
}

static void an_inherited_table_is_brought_into_shape(void **state)
{
    (void)state;
    expect_in_shape(inherit_it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partitioned_table_is_brought_into_shape),
        cmocka_unit_test(an_inherited_table_is_brought_into_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
