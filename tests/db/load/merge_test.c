/* load/merge: new rows are inserted, rows that differ are updated, all others are left alone. */
#include "db/load/loading.h"

#define NOVEMBER                                                                                             \
    {                                                                                                        \
        true, 20758, 20788                                                                                   \
    } /* 2026-11-01 until 2026-12-01 */
#define DECEMBER                                                                                             \
    {                                                                                                        \
        true, 20788, 20819                                                                                   \
    }

static const char three_rows[] = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3],"
                                 "[\"2026-11-01\",\"Revit\",\"ben\",12.5,1],"
                                 "[\"2026-11-02\",\"AutoCAD\",\"ann\",6,2]]";

static struct loading daily(const char *rows, int64_t run_id)
{
    return (struct loading){.job = &job_daily, .window = NOVEMBER, .rows = rows, .run_id = run_id};
}

static struct row_counts load_daily(struct pg *pg, const char *rows, int64_t run_id)
{
    struct loading loading = daily(rows, run_id);
    return load(pg, &loading);
}

static void the_first_load_inserts_every_row(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    expect_counts(load_daily(pg, three_rows, 7), 3, 0, 0);
    assert_string_equal(
        db_value(pg, "select string_agg(concat_ws('|', contract_number, usage_date, product_name, "
                     "user_name, tokens_consumed, use_count, _run_id), E'\\n' order by usage_date, "
                     "product_name) from tokenflex.daily"),
        "11000000001|2026-11-01|AutoCAD|ann|60.0|3|7\n"
        "11000000001|2026-11-01|Revit|ben|12.5|1|7\n"
        "11000000001|2026-11-02|AutoCAD|ann|6|2|7");
}

static void the_same_rows_again_change_nothing(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_daily(pg, three_rows, 1);
    char before[200];
    snprintf(before, sizeof before, "%s",
             db_value(pg, "select string_agg(xmin::text || ctid::text, ' ') from "
                          "tokenflex.daily"));
    expect_counts(load_daily(pg, three_rows, 2), 0, 0, 3);
    assert_string_equal(db_value(pg, "select string_agg(xmin::text || ctid::text, ' ') from tokenflex.daily"),
                        before);
    assert_string_equal(db_value(pg, "select string_agg(distinct _run_id::text, ' ') from tokenflex.daily"),
                        "1");
}

static void only_rows_that_differ_are_updated(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_daily(pg, three_rows, 1);
    struct row_counts counts = load_daily(pg,
                                          "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3],"
                                          "[\"2026-11-01\",\"Revit\",\"ben\",13,1],"
                                          "[\"2026-11-02\",\"AutoCAD\",\"ann\",6,2],"
                                          "[\"2026-11-03\",\"AutoCAD\",\"ann\",1,1]]",
                                          2);
    expect_counts(counts, 1, 1, 2);
    assert_string_equal(
        db_value(pg, "select string_agg(_run_id || ':' || tokens_consumed, ' ' order by usage_date, "
                     "product_name) from tokenflex.daily"),
        "1:60.0 2:13 1:6 2:1");
}

static void the_time_of_a_row_is_that_of_its_last_change(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_daily(pg, three_rows, 1);
    db_exec(pg, "update tokenflex.daily set _synced_at = '2000-01-01Z'");
    load_daily(pg,
               "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,4],[\"2026-11-01\",\"Revit\",\"ben\",12.5,1],"
               "[\"2026-11-02\",\"AutoCAD\",\"ann\",6,2]]",
               2);
    assert_string_equal(db_value(pg, "select string_agg((_synced_at > now() - interval '1 hour')::text, ' ' "
                                     "order by usage_date, product_name) from tokenflex.daily"),
                        "true false false");
}

/* PostgreSQL keeps how many digits a number was written with; that alone is no change. */
static void a_number_written_in_another_way_is_no_change(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_daily(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]", 1);
    expect_counts(load_daily(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60,3.0]]", 2), 0, 0, 1);
}

static void a_metric_may_become_null_and_back(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_daily(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]", 1);
    expect_counts(load_daily(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",null,3]]", 2), 0, 1, 0);
    expect_counts(load_daily(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",null,3]]", 3), 0, 0, 1);
    expect_counts(load_daily(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]", 4), 0, 1, 0);
}

static void null_in_the_key_is_a_value(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    const char *rows = "[[\"2026-11-01\",null,\"ann\",1,1],[\"2026-11-01\",\"AutoCAD\",null,2,1],"
                       "[\"2026-11-01\",null,null,3,1]]";
    expect_counts(load_daily(pg, rows, 1), 3, 0, 0);
    expect_counts(load_daily(pg, rows, 2), 0, 0, 3);
    const char *restated = "[[\"2026-11-01\",null,\"ann\",1,1],[\"2026-11-01\",\"AutoCAD\",null,2,1],"
                           "[\"2026-11-01\",null,null,4,1]]";
    expect_counts(load_daily(pg, restated, 3), 0, 1, 2);
}

static void empty_text_in_the_key_is_null(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_daily(pg, "[[\"2026-11-01\",null,\"ann\",1,1]]", 1);
    expect_counts(load_daily(pg, "[[\"2026-11-01\",\"\",\"ann\",1,1]]", 2), 0, 0, 1);
}

/* Of a job without a window: rows of any day, or none, are asked for. */
static void a_row_without_the_leading_date_is_found_again(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    struct loading loading =
        daily("[[null,\"AutoCAD\",\"ann\",1,1],[\"2026-11-01\",\"AutoCAD\",\"ann\",2,1]]", 1);
    job.window.present = false;
    loading.job = &job;
    loading.window = (struct window){0};
    expect_counts(load(pg, &loading), 2, 0, 0);
    expect_counts(load(pg, &loading), 0, 0, 2);
    loading.rows = "[[null,\"AutoCAD\",\"ann\",5,1],[\"2026-11-01\",\"AutoCAD\",\"ann\",2,1]]";
    expect_counts(load(pg, &loading), 0, 1, 1);
}

static void an_empty_result_makes_its_table_all_the_same(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    expect_counts(load_daily(pg, "[]", 1), 0, 0, 0);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "0");
}

static void contracts_are_kept_apart(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading other = daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",9,9]]", 2);
    other.contract = "11000000002";
    load_daily(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]", 1);
    expect_counts(load(pg, &other), 1, 0, 0);
    assert_string_equal(db_value(pg, "select string_agg(contract_number || ':' || tokens_consumed, ' ' "
                                     "order by contract_number) from tokenflex.daily"),
                        "11000000001:60.0 11000000002:9");
}

static void a_key_of_some_fields_updates_the_others(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    job.target.key = (struct text_list)NAMES("usageDate", "productName");
    struct loading loading = {.job = &job, .window = NOVEMBER, .run_id = 1};
    loading.rows = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]";
    load(pg, &loading);
    loading.rows = "[[\"2026-11-01\",\"AutoCAD\",\"ben\",60.0,3]]";
    loading.run_id = 2;
    expect_counts(load(pg, &loading), 0, 1, 0);
    assert_string_equal(db_value(pg, "select user_name || ' ' || _run_id from tokenflex.daily"), "ben 2");
}

static void a_query_without_fields_is_one_row_a_contract(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = {.job = &job_total, .rows = "[[60.0,3]]", .run_id = 1};
    expect_counts(load(pg, &loading), 1, 0, 0);
    loading.rows = "[[61.0,3]]";
    expect_counts(load(pg, &loading), 0, 1, 0);
    loading.contract = "11000000002";
    expect_counts(load(pg, &loading), 1, 0, 0);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.total"), "2");
}

static void a_query_without_metrics_is_inserted_once(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = {.name = "products", .query = {.fields = NAMES("productName", "usageDate")}};
    job.target.table = "products";
    job.target.key = job.query.fields;
    struct loading loading = {
        .job = &job, .rows = "[[\"AutoCAD\",\"2026-11-01\"],[\"Revit\",null]]", .run_id = 1};
    expect_counts(load(pg, &loading), 2, 0, 0);
    expect_counts(load(pg, &loading), 0, 0, 2);
}

static void snapshots_of_two_windows_stand_side_by_side(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading november = {
        .job = &job_snapshot, .window = NOVEMBER, .rows = "[[\"AutoCAD\",5],[\"Revit\",2]]", .run_id = 1};
    struct loading december = {
        .job = &job_snapshot, .window = DECEMBER, .rows = "[[\"AutoCAD\",6]]", .run_id = 2};
    expect_counts(load(pg, &november), 2, 0, 0);
    expect_counts(load(pg, &december), 1, 0, 0);
    december.rows = "[[\"AutoCAD\",7]]";
    expect_counts(load(pg, &december), 0, 1, 0);
    expect_counts(load(pg, &november), 0, 0, 2);
    assert_string_equal(db_value(pg,
                                 "select string_agg(concat_ws('|', window_start, window_end, product_name, "
                                 "unique_users), ' ' order by window_start, product_name) from "
                                 "tokenflex.snapshot"),
                        "2026-11-01|2026-12-01|AutoCAD|5 2026-11-01|2026-12-01|Revit|2 "
                        "2026-12-01|2027-01-01|AutoCAD|7");
}

static void a_key_that_comes_twice_is_refused_with_an_example(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading =
        daily("[[\"2026-11-01\",\"AutoCAD\",null,1,1],[\"2026-11-01\",\"Revit\",\"ann\",2,2],"
              "[\"2026-11-01\",\"AutoCAD\",\"\",3,3]]",
              1);
    must_fail(
        try_load(pg, &loading, &counts, &err), &err, ERR_DATA,
        "the key (productName = AutoCAD, usageDate = 2026-11-01, userName = null) occurs 2 times in the "
        "result");
    assert_string_equal(db_value(pg, "select to_regclass('tokenflex.daily') is null"), "t");
}

static void a_duplicate_leaves_what_was_loaded_before(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading =
        daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",7,7],[\"2026-11-01\",\"AutoCAD\",\"ann\",8,8]]", 2);
    load_daily(pg, three_rows, 1);
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, "occurs 2 times");
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) || ' ' || count(*) from tokenflex.daily"),
                        "78.5 3");
}

static void two_rows_of_a_query_without_fields_are_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = {.job = &job_total, .rows = "[[60.0,3],[61.0,3]]", .run_id = 1};
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA,
              "a query without fields is one row, the result has 2");
}

static void a_load_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = daily(three_rows, 2);
    load_daily(pg, "[]", 1);
    db_exec(pg, "alter table tokenflex.daily add constraint none_above_twelve check (tokens_consumed <= 13)");
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, "none_above_twelve");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "0");
}

static void thousands_of_rows_are_merged_by_day(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(buf) struct buf first = buf_make((size_t)16 << 20);
    SCOPED(buf) struct buf second = buf_make((size_t)16 << 20);
    for (int i = 0; i < 6000; i++) {
        buf_print(&first, "%s[\"2026-11-%02d\",\"p%d\",\"u\",%d,1]", i ? "," : "[", i % 30 + 1, i, i);
        /* Every third row differs. */
        buf_print(&second, "%s[\"2026-11-%02d\",\"p%d\",\"u\",%d,1]", i ? "," : "[", i % 30 + 1, i,
                  i % 3 ? i : -1);
    }
    buf_put(&first, "]");
    buf_put(&second, "]");
    expect_counts(load_daily(pg, buf_text(&first), 1), 6000, 0, 0);
    expect_counts(load_daily(pg, buf_text(&second), 2), 0, 2000, 4000);
}

/* More keys come twice than the filter can name: all of them are counted then. */
static void a_result_of_nothing_but_double_keys_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(buf) struct buf rows = buf_make(BUF_OWN_TEXT);
    for (int row = 0; row < 5000; row++)
        buf_print(&rows, "%s[\"product %d\",%d]", row ? "," : "[", row % 2500, row);
    buf_put(&rows, "]");
    struct loading loading = {.job = &job_snapshot, .rows = buf_text(&rows), .run_id = 1};
    struct row_counts counts;
    struct err err = {0};
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, "occurs 2 times in the result");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_load_inserts_every_row),
        cmocka_unit_test(the_same_rows_again_change_nothing),
        cmocka_unit_test(only_rows_that_differ_are_updated),
        cmocka_unit_test(the_time_of_a_row_is_that_of_its_last_change),
        cmocka_unit_test(a_number_written_in_another_way_is_no_change),
        cmocka_unit_test(a_metric_may_become_null_and_back),
        cmocka_unit_test(null_in_the_key_is_a_value),
        cmocka_unit_test(empty_text_in_the_key_is_null),
        cmocka_unit_test(a_row_without_the_leading_date_is_found_again),
        cmocka_unit_test(an_empty_result_makes_its_table_all_the_same),
        cmocka_unit_test(contracts_are_kept_apart),
        cmocka_unit_test(a_key_of_some_fields_updates_the_others),
        cmocka_unit_test(a_query_without_fields_is_one_row_a_contract),
        cmocka_unit_test(a_query_without_metrics_is_inserted_once),
        cmocka_unit_test(snapshots_of_two_windows_stand_side_by_side),
        cmocka_unit_test(a_key_that_comes_twice_is_refused_with_an_example),
        cmocka_unit_test(a_duplicate_leaves_what_was_loaded_before),
        cmocka_unit_test(two_rows_of_a_query_without_fields_are_refused),
        cmocka_unit_test(a_load_that_fails_leaves_nothing_behind),
        cmocka_unit_test(thousands_of_rows_are_merged_by_day),
        cmocka_unit_test(a_result_of_nothing_but_double_keys_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
