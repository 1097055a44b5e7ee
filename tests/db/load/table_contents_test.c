/* load/held: what a table holds of each contract. */
#include "db/load/loading.h"
#include "load/table_contents.h"

#define TWO_DAYS "[[\"2026-11-01\",\"Inventor\",\"ann\",1,1],[\"2026-11-05\",\"Maya\",\"ann\",2,1]]"

static void load_as(struct pg *pg, const struct job *job, const char *contract, const char *rows)
{
    struct loading loading = {.job = job,
                              .contract = contract,
                              .window = {job->window.field != NULL, 20758, 20788},
                              .rows = rows,
                              .run_id = 1};
    load(pg, &loading);
}

/* That contract number `place` has the rows and days; a `from` of 0: its rows tell none. */
struct expected {
    const char *contract;
    uint64_t rows;
    date_t from;
    date_t to;
};
static void expect_held(struct pg *pg, const struct job *job, size_t place, struct expected expected)
{
    struct err err = {0};
    struct table_contents contents;
    SCOPED(arena) struct arena *arena = arena_make();
    struct table_contents_request table = {job, "tokenflex", job->target.table};
    must(table_contents_read(&table, pg, arena, &contents, &err), &err);
    assert_true(place < contents.count);
    const struct table_contents_part *share = &contents.items[place];
    assert_string_equal(share->contract, expected.contract);
    assert_int_equal(share->rows, expected.rows);
    assert_int_equal(share->days.bounded, expected.from != 0);
    if (expected.from) {
        assert_int_equal(share->days.from, expected.from);
        assert_int_equal(share->days.to, expected.to);
    }
}

/* The day by which each window was cut, one after the other; 0: it does not move. */
static void expect_moving(struct pg *pg, const struct job *job, const char *expected)
{
    struct err err = {0};
    struct table_contents contents;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf found = buf_make(BUF_OWN_TEXT);
    struct table_contents_request table = {job, "tokenflex", job->target.table};
    must(table_contents_read(&table, pg, arena, &contents, &err), &err);
    for (size_t i = 0; i < contents.count; i++)
        buf_print(&found, "%s%d", i ? " " : "",
                  contents.items[i].is_moving ? (int)contents.items[i].as_of : 0);
    assert_string_equal(buf_text(&found), expected);
}

static void days_are_those_of_the_rows_by_contract(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_as(pg, &job_daily, "1", TWO_DAYS);
    load_as(pg, &job_daily, "2", "[[\"2026-11-02\",\"Maya\",\"ann\",1,1]]");
    expect_held(pg, &job_daily, 0, (struct expected){"1", 2, 20758, 20763});
    expect_held(pg, &job_daily, 1, (struct expected){"2", 1, 20759, 20760});
}

static void days_are_found_where_the_table_has_them(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job_rename rename = {"usageDate", "day"};
    struct job job = job_daily;
    job.target.renames = &rename;
    job.target.rename_count = 1;
    load_as(pg, &job, "1", TWO_DAYS);
    expect_held(pg, &job_daily, 0, (struct expected){"1", 2, 20758, 20763});
    db_exec(pg, "update tokenflex_etl.target set columns = null");
    expect_held(pg, &job, 0, (struct expected){"1", 2, 20758, 20763});
    expect_held(pg, &job_daily, 0, (struct expected){"1", 2, 0, 0});
}

static void days_are_found_in_a_column_that_was_widened(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_as(pg, &job_daily, "1", TWO_DAYS);
    db_exec(pg, "alter table tokenflex.daily alter usage_date type timestamp");
    expect_held(pg, &job_daily, 0, (struct expected){"1", 2, 20758, 20763});
    db_exec(pg, "alter table tokenflex.daily alter usage_date type text using usage_date::date::text;"
                "update tokenflex.daily set usage_date = 'N/A' where product_name = 'Maya'");
    expect_held(pg, &job_daily, 0, (struct expected){"1", 2, 20758, 20759});
}

static void months_are_held_to_their_last_day(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    job.query.fields = (struct text_list)NAMES("usageMonth", "productName", "userName");
    job.target.key = (struct text_list)NAMES("usageMonth", "productName", "userName");
    job.window.field = "usageMonth";
    load_as(pg, &job, "1", "[[\"2026-11-01\",\"Maya\",\"ann\",1,1]]");
    expect_held(pg, &job, 0, (struct expected){"1", 1, 20758, 20788});
    expect_held(pg, &job_daily, 0, (struct expected){"1", 1, 20758, 20788});
}

static void snapshots_hold_their_windows(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_snapshot;
    job.target.snapshots = JOB_SNAPSHOTS_ALL;
    struct window week = {true, 20760, 20767};
    struct loading moving = {.job = &job,
                             .contract = "1",
                             .window = week,
                             .rows = "[[\"Maya\",1],[\"Revit\",1]]",
                             .run_id = 1,
                             .moving = {&week, 1},
                             .today = 20767};
    load_as(pg, &job, "1", "[[\"AutoCAD\",5]]");
    load(pg, &moving);
    expect_held(pg, &job, 0, (struct expected){"1", 1, 20758, 20788});
    expect_held(pg, &job, 1, (struct expected){"1", 2, 20760, 20767});
    expect_moving(pg, &job, "0 20767");
}

static void rows_without_a_date_tell_no_days(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_as(pg, &job_total, "1", "[[60,3]]");
    expect_held(pg, &job_total, 0, (struct expected){"1", 1, 0, 0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_those_of_the_rows_by_contract),
        cmocka_unit_test(days_are_found_where_the_table_has_them),
        cmocka_unit_test(days_are_found_in_a_column_that_was_widened),
        cmocka_unit_test(months_are_held_to_their_last_day),
        cmocka_unit_test(snapshots_hold_their_windows),
        cmocka_unit_test(rows_without_a_date_tell_no_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
