/* load/target, the half that looks at the database: what is there, what it means, what it lacks. */
#include "db/load/loading.h"

static const char one_row[] = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]";
static const char other_row[] = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",71,3]]";

static struct loading daily(const struct job *job)
{
    return (struct loading){.job = job, .rows = one_row, .run_id = 1};
}

/* Asserts that a job's load is refused, and that nothing has come of it. */
static void expect_load_refused(struct pg *pg, const struct loading *loading, enum err_kind kind,
                                const char *words)
{
    struct err err = {0};
    struct row_counts counts;
    must_fail(try_load(pg, loading, &counts, &err), &err, kind, words);
    assert_false(pg_in_transaction(pg));
}

static void a_new_table_has_the_pinned_columns(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    assert_string_equal(
        db_value(pg, "select string_agg(attname || ' ' || format_type(atttypid, atttypmod) || "
                     "case when attnotnull then ' not null' else '' end, E'\\n' order by attnum) "
                     "from pg_attribute where attrelid = 'tokenflex.daily'::regclass and attnum > 0"),
        "contract_number text not null\nusage_date date\nproduct_name text\nuser_name text\ntokens_consumed "
        "numeric\n"
        "use_count bigint\n_row_key uuid not null\n_run_id bigint not null\n"
        "_synced_at timestamp with time zone not null");
}

static void a_table_of_snapshots_has_the_pinned_columns(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = {
        .job = &job_snapshot, .window = {true, 20758, 20788}, .rows = "[[\"AutoCAD\",5]]", .run_id = 1};
    load(pg, &loading);
    assert_string_equal(db_value(pg, "select string_agg(attname, ' ' order by attnum) from pg_attribute "
                                     "where attrelid = 'tokenflex.snapshot'::regclass and attnum > 0"),
                        "contract_number window_start window_end product_name unique_users _row_key _run_id "
                        "_synced_at");
}

static void a_table_has_one_unique_index_that_takes_null_as_a_value(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    assert_string_equal(db_value(pg, "select pg_get_indexdef(indexrelid) from pg_index "
                                     "where indrelid = 'tokenflex.daily'::regclass"),
                        "CREATE UNIQUE INDEX daily_usage_date__row_key_idx ON tokenflex.daily USING btree "
                        "(usage_date, _row_key) NULLS NOT DISTINCT");
}

static void the_schema_is_created_where_it_is_missing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    assert_string_equal(db_value(pg, "select to_regnamespace('tokenflex') is null"), "t");
    load(pg, &loading);
    assert_string_equal(db_value(pg, "select to_regnamespace('tokenflex') is null"), "f");
}

static void what_a_table_means_is_remembered(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    assert_string_equal(
        db_value(pg, "select concat_ws('|', schema_name, table_name, job, grain, key, windowed) "
                     "from tokenflex_etl.target"),
        "tokenflex|daily|daily|{productName,usageDate,userName}|{productName,usageDate,userName}|f");
}

static void fields_in_another_order_are_the_same_grain(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("userName", "usageDate", "productName");
    job.target.key = (struct text_list)NAMES("productName", "userName", "usageDate");
    struct loading again = {
        .job = &job, .rows = "[[\"ann\",\"2026-11-01\",\"AutoCAD\",60.0,3]]", .run_id = 2};
    expect_counts(load(pg, &again), 0, 0, 1);
}

static void another_grain_is_refused_with_both(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("usageDate", "productName");
    job.target.key = (struct text_list)NAMES("usageDate", "productName");
    struct loading other = {.job = &job, .rows = "[[\"2026-11-01\",\"AutoCAD\",60.0,3]]", .run_id = 2};
    expect_load_refused(pg, &other, ERR_CONFIG,
                        "table tokenflex.daily has rows of another grain: it has [productName, usageDate, "
                        "userName], the job requests [productName, usageDate]");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "1");
}

static void no_grain_at_all_is_another_grain(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    struct job job = job_total;
    job.target.table = "daily";
    struct loading other = {.job = &job, .rows = "[[60.0,3]]", .run_id = 2};
    expect_load_refused(pg, &other, ERR_CONFIG, "the job requests [no fields at all]");
}

static void another_key_is_refused_with_both(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    struct job job = job_daily;
    job.target.key = (struct text_list)NAMES("usageDate", "productName");
    struct loading other = daily(&job);
    expect_load_refused(pg, &other, ERR_CONFIG,
                        "table tokenflex.daily has rows of another key: it has [productName, usageDate, "
                        "userName], the job requests [productName, usageDate]");
}

static void another_kind_of_window_is_refused_with_both(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_snapshot;
    struct loading loading = {
        .job = &job, .window = {true, 20758, 20788}, .rows = "[[\"AutoCAD\",5]]", .run_id = 1};
    load(pg, &loading);
    job.window.present = false;
    expect_load_refused(pg, &loading, ERR_CONFIG,
                        "table tokenflex.snapshot has rows of another window: it has [snapshots of a "
                        "window], the job requests [rows by date]");
}

static void a_table_that_somebody_else_made_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    db_exec(pg, "create schema tokenflex; create table tokenflex.daily (usage_date date)");
    expect_load_refused(pg, &loading, ERR_CONFIG,
                        "table tokenflex.daily exists and was not made by tokenflex-etl");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "0");
}

static void a_view_in_the_tables_place_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    db_exec(pg, "create schema tokenflex; create view tokenflex.daily as select 1 as one");
    expect_load_refused(pg, &loading, ERR_CREATE, "tokenflex.daily");
}

static void a_table_that_was_dropped_is_created_again(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    db_exec(pg, "drop table tokenflex.daily");
    expect_counts(load(pg, &loading), 1, 0, 0);
}

static void a_new_metric_gets_a_column(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    struct job job = job_daily;
    job.query.metrics = (struct text_list)NAMES("tokensConsumed", "useCount", "usageHours");
    struct loading more = {
        .job = &job, .rows = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3,1.5]]", .run_id = 2};
    expect_counts(load(pg, &more), 0, 1, 0);
    assert_string_equal(
        db_value(pg, "select usage_hours || ' ' || pg_typeof(usage_hours) from tokenflex.daily"),
        "1.5 numeric");
    assert_string_equal(
        db_value(pg, "select col_description('tokenflex.daily'::regclass, attnum) from pg_attribute "
                     "where attrelid = 'tokenflex.daily'::regclass and attname = 'usage_hours'"),
        "usageHours, in hours: Time of usage.");
}

static void a_metric_that_is_no_longer_asked_for_keeps_its_column(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    struct job job = job_daily;
    job.query.metrics = (struct text_list)NAMES("tokensConsumed");
    struct loading less = {.job = &job,
                           .rows =
                               "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0],[\"2026-11-02\",\"a\",\"b\",1]]",
                           .run_id = 2};
    expect_counts(load(pg, &less), 1, 0, 1);
    assert_string_equal(
        db_value(pg, "select string_agg(coalesce(use_count::text, 'null'), ' ' order by usage_date) "
                     "from tokenflex.daily"),
        "3 null");
}

static void a_schema_that_must_not_change_does_not(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    struct job job = job_daily;
    job.target.on_schema_change = JOB_FAIL;
    struct loading same = daily(&job);
    expect_counts(load(pg, &same), 0, 0, 1);
    job.query.metrics = (struct text_list)NAMES("tokensConsumed", "useCount", "usageHours");
    struct loading more = {
        .job = &job, .rows = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3,1.5]]", .run_id = 2};
    expect_load_refused(pg, &more, ERR_CONFIG, "usage_hours");
}

static void a_wider_type_of_the_table_is_kept(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter use_count type numeric");
    struct loading fraction = {
        .job = &job_daily, .rows = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3.5]]", .run_id = 2};
    expect_counts(load(pg, &fraction), 0, 1, 0);
    assert_string_equal(db_value(pg, "select use_count || ' ' || tokens_consumed from tokenflex.daily"),
                        "3.5 60.0");
}

/* Neither the proof nor a report could add up its values. */
static void a_metric_as_text_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter tokens_consumed type text");
    expect_load_refused(pg, &loading, ERR_CREATE,
                        "column tokens_consumed of table tokenflex.daily has the type text");
}

/* A key's date as text: what leads the index is no date then, and its order is not the calendar's. */
static void a_wider_type_of_the_leading_date_finds_its_rows_again(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    job.window = (struct job_window){0};
    struct loading loading = daily(&job);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter usage_date type text");
    expect_counts(load(pg, &loading), 0, 0, 1);
    db_exec(pg, "alter table tokenflex.daily alter usage_date type timestamp using usage_date::timestamp");
    expect_counts(load(pg, &loading), 0, 0, 1);
}

static void a_windows_date_as_text_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter usage_date type text");
    expect_load_refused(pg, &loading, ERR_CREATE,
                        "column usage_date of table tokenflex.daily has the type text");
}

static void a_narrower_type_of_the_table_is_widened(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter tokens_consumed type bigint");
    expect_counts(load(pg, &loading), 0, 0, 1);
    assert_string_equal(db_value(pg, "select pg_typeof(tokens_consumed) || ' ' || tokens_consumed "
                                     "from tokenflex.daily"),
                        "numeric 60");
}

static void a_type_that_has_nothing_in_common_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter tokens_consumed type date using '2026-11-01'::date");
    expect_load_refused(pg, &loading, ERR_CONFIG,
                        "column tokens_consumed of table tokenflex.daily is date, the job needs numeric");
}

static void a_type_that_must_not_change_does_not(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    struct loading loading = daily(&job);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter tokens_consumed type bigint");
    job.target.on_schema_change = JOB_FAIL;
    expect_load_refused(
        pg, &loading, ERR_CONFIG,
        "column tokens_consumed of table tokenflex.daily is bigint, the result needs numeric");
}

static void a_view_in_the_way_is_named(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    load(pg, &loading);
    db_exec(pg, "alter table tokenflex.daily alter tokens_consumed type bigint;"
                "create view tokenflex.burn as select usage_date, tokens_consumed from tokenflex.daily;"
                "create view tokenflex.users as select distinct user_name from tokenflex.daily");
    expect_load_refused(pg, &loading, ERR_CREATE, "has to become numeric");
    expect_load_refused(pg, &loading, ERR_CREATE, "tokenflex.burn");
    db_exec(pg, "drop view tokenflex.burn");
    expect_counts(load(pg, &loading), 0, 0, 1);
    assert_string_equal(db_value(pg, "select user_name from tokenflex.users"), "ann");
}

/* numeric(10,2) would round without a word. */
static void a_type_that_would_cut_or_round_values_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *column;
        const char *type;
        const char *needed;
    } cases[] = {
        {"tokens_consumed", "numeric(10,2)", "numeric"},    {"tokens_consumed", "integer", "numeric"},
        {"tokens_consumed", "double precision", "numeric"}, {"product_name", "character varying(20)", "text"},
        {"product_name", "character(20)", "text"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(pg) struct pg *pg = db_fresh();
        struct loading loading = daily(&job_daily);
        struct row_counts counts;
        struct err err = {0};
        char text[200];
        load(pg, &loading);
        snprintf(text, sizeof text, "alter table tokenflex.daily alter %s type %s", cases[i].column,
                 cases[i].type);
        db_exec(pg, text);
        snprintf(text, sizeof text, "column %s of table tokenflex.daily has the type %s", cases[i].column,
                 cases[i].type);
        must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_CREATE, text);
        snprintf(text, sizeof text, "alter table \"tokenflex\".\"daily\" alter column \"%s\" type %s",
                 cases[i].column, cases[i].needed);
        assert_string_equal(err.hint, text);
        db_exec(pg, err.hint);
        expect_counts(load(pg, &loading), 0, 0, 1);
    }
}

static void a_domain_is_loaded_as_the_type_that_it_restricts(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    struct err err = {0};
    struct row_counts counts;
    load(pg, &loading);
    db_exec(pg, "create domain tokenflex.positive as numeric check (value > 0);"
                "create domain tokenflex.small as tokenflex.positive check (value < 1000);"
                "alter table tokenflex.daily alter tokens_consumed type tokenflex.small");
    expect_counts(load(pg, &loading), 0, 0, 1);
    db_exec(pg, "alter domain tokenflex.small add constraint tiny check (value < 70)");
    loading.rows = other_row;
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, "tiny");
}

static void a_role_that_may_not_create_is_told_so(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily(&job_daily);
    db_exec(pg,
            "drop role if exists loader; create role loader; grant usage on schema tokenflex_etl to loader; "
            "grant select, insert, update on all tables in schema tokenflex_etl to loader; set role loader");
    expect_load_refused(pg, &loading, ERR_CREATE, "permission denied for database tokenflex");
    db_exec(
        pg,
        "reset role; create schema tokenflex; grant usage on schema tokenflex to loader; set role loader");
    expect_load_refused(pg, &loading, ERR_CREATE, "permission denied for schema tokenflex");
    db_exec(pg, "reset role; drop owned by loader; drop role loader");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_table_has_the_pinned_columns),
        cmocka_unit_test(a_table_of_snapshots_has_the_pinned_columns),
        cmocka_unit_test(a_table_has_one_unique_index_that_takes_null_as_a_value),
        cmocka_unit_test(the_schema_is_created_where_it_is_missing),
        cmocka_unit_test(what_a_table_means_is_remembered),
        cmocka_unit_test(fields_in_another_order_are_the_same_grain),
        cmocka_unit_test(another_grain_is_refused_with_both),
        cmocka_unit_test(no_grain_at_all_is_another_grain),
        cmocka_unit_test(another_key_is_refused_with_both),
        cmocka_unit_test(another_kind_of_window_is_refused_with_both),
        cmocka_unit_test(a_table_that_somebody_else_made_is_refused),
        cmocka_unit_test(a_view_in_the_tables_place_is_refused),
        cmocka_unit_test(a_table_that_was_dropped_is_created_again),
        cmocka_unit_test(a_new_metric_gets_a_column),
        cmocka_unit_test(a_metric_that_is_no_longer_asked_for_keeps_its_column),
        cmocka_unit_test(a_schema_that_must_not_change_does_not),
        cmocka_unit_test(a_wider_type_of_the_table_is_kept),
        cmocka_unit_test(a_metric_as_text_is_refused),
        cmocka_unit_test(a_wider_type_of_the_leading_date_finds_its_rows_again),
        cmocka_unit_test(a_windows_date_as_text_is_refused),
        cmocka_unit_test(a_narrower_type_of_the_table_is_widened),
        cmocka_unit_test(a_type_that_has_nothing_in_common_is_refused),
        cmocka_unit_test(a_type_that_must_not_change_does_not),
        cmocka_unit_test(a_view_in_the_way_is_named),
        cmocka_unit_test(a_type_that_would_cut_or_round_values_is_refused),
        cmocka_unit_test(a_domain_is_loaded_as_the_type_that_it_restricts),
        cmocka_unit_test(a_role_that_may_not_create_is_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
