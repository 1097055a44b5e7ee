/* load/grain and load/contract_filter: the rows of a table are the result of one query. */
#include "db/load/loading.h"
#include "load/contract_filter_inner.h"
#include "load/grain.h"

#define ROWS "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]"

static struct job filtered(const char *where)
{
    struct job job = job_daily;
    job.query.where = where;
    job.page_size = 5000;
    return job;
}

static struct loading loading_of(const struct job *job, int64_t run_id)
{
    return (struct loading){.job = job, .rows = ROWS, .run_id = run_id};
}

static void expect_refused(struct pg *pg, const struct loading *loading, enum err_kind kind,
                           const char *words)
{
    struct err err = {0};
    struct row_counts counts;
    must_fail(try_load(pg, loading, &counts, &err), &err, kind, words);
}

static bool needs_rebuild(struct pg *pg, const struct job *job, const char *contract)
{
    struct err err = {0};
    bool needed;
    struct contract_load wanted = {job, "tokenflex", "daily", contract};
    must(grain_needs_rebuild(&wanted, pg, &needed, &err), &err);
    return needed;
}

static void the_filter_of_a_contract_is_remembered_as_it_is_written(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = filtered("userName  LIKE 'a%'");
    job.query.usage_categories = (struct text_list)NAMES("DESKTOP_PRODUCT", "CLOUD_PRODUCT");
    struct loading loading = loading_of(&job, 1);
    load(pg, &loading);
    assert_string_equal(
        db_value(pg,
                 "select concat_ws('|', contract_number, f.job, filter, \"where\", usage_categories) from "
                 "tokenflex_etl.target_filter f join tokenflex_etl.target using (target_id)"),
        CONTRACT "|daily|usageCategory in ('CLOUD_PRODUCT', 'DESKTOP_PRODUCT') where userName like 'a%'|"
                 "userName  LIKE 'a%'|{DESKTOP_PRODUCT,CLOUD_PRODUCT}");
}

static void another_filter_is_refused_with_both_and_the_cost(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = filtered("userName = 'ann'");
    struct job other = filtered(NULL);
    struct loading loading = loading_of(&job, 1);
    struct loading again = loading_of(&other, 2);
    load(pg, &loading);
    other.name = "other";
    expect_refused(pg, &again, ERR_CONFIG,
                   "table tokenflex.daily holds rows of contract " CONTRACT
                   " with another filter: the job daily has loaded them with [where: userName = 'ann'], the "
                   "job other requests [no filter]");
    assert_true(needs_rebuild(pg, &other, CONTRACT));
    assert_false(needs_rebuild(pg, &job, CONTRACT));
}

static void another_contract_has_a_filter_of_its_own(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = filtered("userName = 'ann'");
    struct job other = filtered(NULL);
    struct loading loading = loading_of(&job, 1);
    struct loading again = loading_of(&other, 2);
    again.contract = "2";
    load(pg, &loading);
    load(pg, &again);
    assert_false(needs_rebuild(pg, &other, "2"));
    assert_true(needs_rebuild(pg, &job, "2"));
    assert_false(needs_rebuild(pg, &job, "3"));
}

static void the_filter_of_an_empty_result_is_remembered(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = filtered("userName = 'ann'");
    struct job other = filtered(NULL);
    struct loading loading = loading_of(&job, 1);
    struct loading again = loading_of(&other, 2);
    loading.rows = "[]";
    load(pg, &loading);
    expect_refused(pg, &again, ERR_CONFIG, "[where: userName = 'ann']");
}

static void a_table_made_again_has_no_filter_yet(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = filtered("userName = 'ann'");
    struct job other = filtered(NULL);
    struct loading loading = loading_of(&job, 1);
    struct loading again = loading_of(&other, 2);
    load(pg, &loading);
    db_exec(pg, "drop table tokenflex.daily");
    load(pg, &again);
    expect_refused(pg, &loading, ERR_CONFIG, "loaded them with [no filter]");
}

static void columns_of_all_fields_and_metrics_are_remembered_and_grow(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    struct loading loading = loading_of(&job, 1);
    load(pg, &loading);
    assert_string_equal(db_value(pg, "select array_to_string(columns, ', ') from tokenflex_etl.target"),
                        "usageDate usage_date, productName product_name, userName user_name, tokensConsumed "
                        "tokens_consumed, useCount use_count");
    job.query.metrics = (struct text_list)NAMES("usageHours");
    loading.rows = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1.5]]";
    load(pg, &loading);
    assert_string_equal(db_value(pg, "select columns[6] from tokenflex_etl.target"),
                        "usageHours usage_hours");
    assert_string_equal(db_value(pg, "select columns[4] from tokenflex_etl.target"),
                        "tokensConsumed tokens_consumed");
}

static void a_table_of_an_older_version_is_refused_and_to_be_rebuilt(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = loading_of(&job_daily, 1);
    load(pg, &loading);
    db_exec(pg, "update tokenflex_etl.target set columns = null");
    expect_refused(pg, &loading, ERR_CONFIG, "table tokenflex.daily was made by an older version");
    assert_true(needs_rebuild(pg, &job_daily, CONTRACT));
}

/* Inspects, has somebody else do something, and goes on to the load's transaction. */
static void expect_held_up(const char *meanwhile, enum err_kind kind, const char *words)
{
    struct err err = {0};
    struct target target;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct loading loading = loading_of(&job_daily, 1);
    load(pg, &loading);
    must(derive_and_inspect(pg, &loading, arena, &target, &err), &err);
    db_exec(pg, meanwhile);
    must(pg_begin(pg, &err), &err);
    must_fail(target_apply(&target, pg, &err) && grain_lock(&target, pg, &err), &err, kind, words);
    pg_rollback(pg);
}

static void what_disappears_or_changes_meanwhile_is_named(void **state)
{
    (void)state;
    expect_held_up("delete from tokenflex_etl.target", ERR_LATER,
                   "the row of table tokenflex.daily in tokenflex_etl.target was deleted while");
    expect_held_up("drop table tokenflex.daily", ERR_CREATE,
                   "was dropped or renamed while it was being loaded");
    expect_held_up("drop schema tokenflex cascade", ERR_CREATE, "was dropped or renamed");
    expect_held_up("alter table tokenflex.daily rename to old; create view tokenflex.daily as select * from "
                   "tokenflex.old",
                   ERR_CREATE, "tokenflex.daily is a view");
    expect_held_up("alter table tokenflex.daily rename tokens_consumed to tokens", ERR_CONFIG,
                   "tokensConsumed in the column tokens, not in tokens_consumed");
}

static struct table_contents one_share(struct table_contents_part *share)
{
    return (struct table_contents){.items = share, .count = 1};
}

static void the_cost_of_a_rebuild_is_its_chunks_and_pages(void **state)
{
    (void)state;
    struct job job = filtered(NULL);
    struct table_contents_part quarter = {
        .contract = "1", .rows = 12001, .days = {true, 20454, 20544}}; /* 2026-01-01..2026-04-01 */
    struct table_contents contents = one_share(&quarter);
    assert_int_equal(contract_filter_rebuild_requests(&job, &contents), 1 + 3);
    job.window.chunk = JOB_CHUNK_MONTH;
    assert_int_equal(contract_filter_rebuild_requests(&job, &contents), 3 + 3);
    job.window.chunk = JOB_CHUNK_DAY;
    assert_int_equal(contract_filter_rebuild_requests(&job, &contents), 90 + 90);
    job.source = JOB_SOURCE_EXPORT;
    assert_int_equal(contract_filter_rebuild_requests(&job, &contents), 90 * 4);
    quarter.days.bounded = false;
    assert_int_equal(contract_filter_rebuild_requests(&job, &contents), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_filter_of_a_contract_is_remembered_as_it_is_written),
        cmocka_unit_test(another_filter_is_refused_with_both_and_the_cost),
        cmocka_unit_test(another_contract_has_a_filter_of_its_own),
        cmocka_unit_test(the_filter_of_an_empty_result_is_remembered),
        cmocka_unit_test(a_table_made_again_has_no_filter_yet),
        cmocka_unit_test(columns_of_all_fields_and_metrics_are_remembered_and_grow),
        cmocka_unit_test(a_table_of_an_older_version_is_refused_and_to_be_rebuilt),
        cmocka_unit_test(what_disappears_or_changes_meanwhile_is_named),
        cmocka_unit_test(the_cost_of_a_rebuild_is_its_chunks_and_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
