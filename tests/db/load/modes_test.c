/* load/merge by target.mode and target.vanished: what is deleted and what must not be, what append keeps. */
#include "db/load/loading.h"

/* 2026-11-01 until 2026-12-01 */
static const struct window november = {true, 20758, 20788};

static const char three_rows[] = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3],"
                                 "[\"2026-11-01\",\"Revit\",\"ben\",12.5,1],"
                                 "[\"2026-11-02\",\"AutoCAD\",\"ann\",6,2]]";

static const char one_row[] = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]";

static struct job job_in_mode(enum job_mode mode)
{
    struct job job = job_daily;
    job.target.mode = mode;
    job.window.present = true;
    job.window.field = "usageDate";
    return job;
}

static struct row_counts load_rows(struct pg *pg, const struct job *job, const char *rows, int64_t run_id)
{
    struct loading loading = {.job = job, .window = november, .rows = rows, .run_id = run_id};
    return load(pg, &loading);
}

static const char *users(struct pg *pg)
{
    return db_value(pg,
                    "select string_agg(user_name || ' ' || usage_date, ', ' order by usage_date, user_name) "
                    "from tokenflex.daily");
}

static void what_the_result_no_longer_has_is_deleted(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    load_rows(pg, &job, three_rows, 1);
    struct row_counts counts = load_rows(pg, &job, one_row, 2);
    assert_int_equal(counts.deleted, 2);
    assert_int_equal(counts.unchanged, 1);
    assert_int_equal(counts.inserted, 0);
    assert_string_equal(users(pg), "ann 2026-11-01");
}

static void rows_of_other_days_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    load_rows(pg, &job, three_rows, 1);
    db_exec(pg, "update tokenflex.daily set usage_date = '2026-12-01' where user_name = 'ben'");
    db_exec(pg, "update tokenflex.daily set usage_date = '2026-10-31' where usage_date = '2026-11-02'");
    struct row_counts counts = load_rows(pg, &job, one_row, 2);
    assert_int_equal(counts.deleted, 0);
    assert_string_equal(users(pg), "ann 2026-10-31, ann 2026-11-01, ben 2026-12-01");
}

static void rows_of_other_contracts_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    struct loading other = {
        .job = &job, .contract = "2", .window = november, .rows = three_rows, .run_id = 1};
    load(pg, &other);
    struct row_counts counts = load_rows(pg, &job, one_row, 2);
    assert_int_equal(counts.deleted, 0);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily where contract_number = '2'"),
                        "3");
}

static void an_empty_result_is_refused_where_rows_were(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    struct err err = {0};
    struct row_counts counts;
    load_rows(pg, &job, three_rows, 1);
    struct loading empty = {.job = &job, .window = november, .rows = "[]", .run_id = 2};
    must_fail(try_load(pg, &empty, &counts, &err), &err, ERR_DATA,
              "the answer is empty, and the table tokenflex.daily has 3 rows of this contract and window");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "3");
    empty.accept = true;
    assert_int_equal(load(pg, &empty).deleted, 3);
}

static void an_empty_result_of_other_days_is_taken(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    load_rows(pg, &job, three_rows, 1);
    struct loading december = {.job = &job, .window = {true, 20788, 20819}, .rows = "[]", .run_id = 2};
    assert_int_equal(load(pg, &december).deleted, 0);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "3");
}

static void vanished_rows_are_kept_where_the_job_says_so(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    job.target.vanished = JOB_VANISHED_KEEP;
    load_rows(pg, &job, three_rows, 1);
    assert_int_equal(load_rows(pg, &job, one_row, 2).deleted, 0);
    assert_int_equal(load_rows(pg, &job, "[]", 3).deleted, 0);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "3");
}

static void an_empty_result_deletes_all_where_that_is_allowed(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    job.checks.max_vanished_percent = 100;
    load_rows(pg, &job, three_rows, 1);
    struct row_counts counts = load_rows(pg, &job, "[]", 2);
    assert_int_equal(counts.deleted, 3);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "0");
}

/* Without a date of the window in the rows: each window is a snapshot of its own. */
static void rows_of_other_snapshots_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_UPSERT);
    job.window.field = "usageMonth";
    struct loading december = {.job = &job, .window = {true, 20788, 20819}, .rows = three_rows, .run_id = 1};
    load(pg, &december);
    load_rows(pg, &job, three_rows, 2);
    struct row_counts counts = load_rows(pg, &job, one_row, 3);
    assert_int_equal(counts.deleted, 2);
    assert_string_equal(
        db_value(pg, "select string_agg(n::text, ' ' order by window_start) from (select window_start, "
                     "count(*) as n from tokenflex.daily group by 1) t"),
        "1 3");
}

static void append_keeps_the_rows_of_every_run(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_APPEND);
    load_rows(pg, &job, three_rows, 1);
    struct row_counts counts = load_rows(pg, &job, three_rows, 2);
    assert_int_equal(counts.inserted, 3);
    assert_int_equal(counts.unchanged, 0);
    assert_string_equal(
        db_value(pg, "select string_agg(_run_id || ':' || n, ' ' order by _run_id) from (select _run_id, "
                     "count(*) as n from tokenflex.daily group by 1) t"),
        "1:3 2:3");
}

static void one_run_cannot_append_a_row_twice(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_in_mode(JOB_APPEND);
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = {.job = &job, .window = november, .rows = three_rows, .run_id = 1};
    load(pg, &loading);
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, "");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "3");
}

static void a_table_of_one_mode_is_not_loaded_in_the_other(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job appends = job_in_mode(JOB_APPEND);
    struct job upserts = job_in_mode(JOB_UPSERT);
    struct err err = {0};
    struct row_counts counts;
    load_rows(pg, &appends, three_rows, 1);
    struct loading loading = {.job = &upserts, .window = november, .rows = three_rows, .run_id = 2};
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_CONFIG, "_run_id");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_result_no_longer_has_is_deleted),
        cmocka_unit_test(rows_of_other_days_stay),
        cmocka_unit_test(rows_of_other_contracts_stay),
        cmocka_unit_test(an_empty_result_is_refused_where_rows_were),
        cmocka_unit_test(an_empty_result_of_other_days_is_taken),
        cmocka_unit_test(vanished_rows_are_kept_where_the_job_says_so),
        cmocka_unit_test(an_empty_result_deletes_all_where_that_is_allowed),
        cmocka_unit_test(rows_of_other_snapshots_stay),
        cmocka_unit_test(append_keeps_the_rows_of_every_run),
        cmocka_unit_test(one_run_cannot_append_a_row_twice),
        cmocka_unit_test(a_table_of_one_mode_is_not_loaded_in_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
