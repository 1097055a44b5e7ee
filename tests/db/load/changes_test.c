/* load/target: what a load has changed of its table is told. */
#include "db/load/loading.h"

#include <stdio.h>

/* The changes of one load, in a buffer that the next call overwrites; "": none. */
static const char *changes_of(struct pg *pg, const struct loading *loading)
{
    static char changes[512];
    struct err err = {0};
    struct target target;
    struct row_counts counts;
    SCOPED(arena) struct arena *arena = arena_make();
    must(derive_and_inspect(pg, loading, arena, &target, &err), &err);
    SCOPED(stage)
    struct stage *stage =
        stage_make(pg, &target, contract_of(loading), &loading->window, STAGE_IN_TABLE, &err);
    must(stage && stage_page(stage, loading->rows, arena, &err), &err);
    must(load_in_transaction(pg, loading, &target, stage, &counts, &err), &err);
    snprintf(changes, sizeof changes, "%s", target.changes ? target.changes : "");
    return changes;
}

static struct job job_with(const char *metric, struct text_list *metrics)
{
    static const char *items[2];
    struct job job = job_daily;
    items[0] = "tokensConsumed";
    items[1] = metric;
    *metrics = (struct text_list){items, 2};
    job.query.metrics = *metrics;
    return job;
}

#define ROW(value) "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0," value "]]"

static void a_table_that_is_created_is_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = {.job = &job_daily, .rows = ROW("3"), .run_id = 1};
    assert_string_equal(changes_of(pg, &loading), "table tokenflex.daily was created");
    assert_string_equal(changes_of(pg, &loading), "");
}

static void columns_that_are_added_and_widened_are_told(void **state)
{
    (void)state;
    struct text_list metrics;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_with("usageHours", &metrics);
    struct loading loading = {.job = &job_daily, .rows = ROW("3"), .run_id = 1};
    struct loading more = {.job = &job, .rows = ROW("1.5"), .run_id = 2};
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter tokens_consumed type bigint");
    assert_string_equal(changes_of(pg, &more),
                        "table tokenflex.daily: column tokens_consumed was widened from bigint to numeric\n"
                        "table tokenflex.daily: column usage_hours (numeric) was added");
}

static void a_metric_that_nobody_documents_is_numeric_though_it_is_null(void **state)
{
    (void)state;
    struct text_list metrics;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_with("carbonSaved", &metrics);
    struct loading loading = {.job = &job, .rows = ROW("null"), .run_id = 1};
    load(pg, &loading);
    assert_string_equal(db_value(pg, "select pg_typeof(carbon_saved) from tokenflex.daily"), "numeric");
    loading.rows = ROW("7.25");
    assert_string_equal(changes_of(pg, &loading), "");
    assert_string_equal(db_value(pg, "select sum(carbon_saved) from tokenflex.daily"), "7.25");
}

static void a_new_metric_that_nobody_documents_is_added_though_it_is_null(void **state)
{
    (void)state;
    struct text_list metrics;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_with("carbonSaved", &metrics);
    struct loading loading = {.job = &job_daily, .rows = ROW("3"), .run_id = 1};
    struct loading more = {.job = &job, .rows = ROW("null"), .run_id = 2};
    load(pg, &loading);
    assert_string_equal(changes_of(pg, &more),
                        "table tokenflex.daily: column carbon_saved (numeric) was added");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_is_created_is_told),
        cmocka_unit_test(columns_that_are_added_and_widened_are_told),
        cmocka_unit_test(a_metric_that_nobody_documents_is_numeric_though_it_is_null),
        cmocka_unit_test(a_new_metric_that_nobody_documents_is_added_though_it_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
