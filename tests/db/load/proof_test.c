/* load/proof: a table that would not hold what was received is not committed, whatever did it. */
#include "db/load/loading.h"

static const struct window november = {true, 20758, 20788};

static struct loading rows_of(const struct job *job, const char *rows, int64_t run_id)
{
    struct window none = {0};
    return (struct loading){
        .job = job, .window = job->window.present ? november : none, .rows = rows, .run_id = run_id};
}

static struct row_counts load_rows(struct pg *pg, const struct job *job, const char *rows, int64_t run_id)
{
    struct loading loading = rows_of(job, rows, run_id);
    return load(pg, &loading);
}

/* Fails, and leaves the table as it was. */
static void expect_refused(struct pg *pg, const struct job *job, const char *rows, const char *words)
{
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = rows_of(job, rows, 9);
    char before[512];
    const char *all = "select coalesce(string_agg(t::text, ' ' order by t::text), '') from tokenflex.daily t";
    snprintf(before, sizeof before, "%s", db_value(pg, all));
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, words);
    assert_string_equal(db_value(pg, all), before);
}

#define TWO_ROWS "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1.5,3],[\"2026-11-02\",\"Revit\",\"bob\",2.25,4]]"
#define TWO_ROWS_RESTATED                                                                                    \
    "[[\"2026-11-01\",\"AutoCAD\",\"ann\",10,30],[\"2026-11-02\",\"Revit\",\"bob\",20,40]]"

static void make_trigger(struct pg *pg, const char *when, const char *body)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "create or replace function tokenflex.meddle() returns trigger language plpgsql as $$ begin %s "
             "end $$; "
             "create trigger meddle %s on tokenflex.daily for each row execute function tokenflex.meddle()",
             body, when);
    db_exec(pg, sql);
}

static void a_trigger_that_rounds_a_metric_is_found(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1.5,3]]", 1);
    make_trigger(pg, "before insert or update",
                 "new.tokens_consumed := round(new.tokens_consumed); return new;");
    expect_refused(pg, &job_daily, TWO_ROWS, "tokens_consumed 3.5 instead of 3.75");
}

static void a_row_that_appears_beside_the_answer_is_found(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1.5,3]]", 1);
    make_trigger(pg, "after insert",
                 "if pg_trigger_depth() = 1 then insert into tokenflex.daily values ('11000000001', "
                 "'2026-11-05', 'x', "
                 "'y', 0, 0, gen_random_uuid(), 1, now()); end if; return null;");
    expect_refused(pg, &job_daily, TWO_ROWS, "2026-11-05: rows 1 instead of 0");
}

static void the_days_that_differ_are_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, TWO_ROWS, 1);
    make_trigger(pg, "before update",
                 "if old.user_name = 'bob' then new.use_count := new.use_count + 2; end if; return new;");
    expect_refused(pg, &job_daily, TWO_ROWS_RESTATED,
                   "use_count 72 instead of 70; 2026-11-02: use_count 42 instead of 40");
}

static void a_row_that_moves_out_of_the_window_is_missed_on_its_day(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, TWO_ROWS, 1);
    make_trigger(pg, "before update",
                 "if old.user_name = 'bob' then new.usage_date := '2026-12-02'; end if; return new;");
    expect_refused(pg, &job_daily, TWO_ROWS_RESTATED,
                   "and 1 more; 2026-11-02: rows 0 instead of 1, tokens_consumed 0 instead of 20, "
                   "values of tokens_consumed 0 instead of 1, use_count 0 instead of 40 and 1 more");
}

static void of_many_days_that_differ_three_are_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1,1]]", 1);
    make_trigger(pg, "before insert", "new.use_count := 0; return new;");
    expect_refused(pg, &job_daily,
                   "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1,1],[\"2026-11-02\",\"AutoCAD\",\"ann\",1,1],"
                   "[\"2026-11-03\",\"AutoCAD\",\"ann\",1,2],[\"2026-11-04\",\"AutoCAD\",\"ann\",1,3],"
                   "[\"2026-11-05\",\"AutoCAD\",\"ann\",1,4],[\"2026-11-06\",\"AutoCAD\",\"ann\",1,5]]",
                   "use_count 1 instead of 16; 2026-11-02: use_count 0 instead of 1; 2026-11-03: use_count 0 "
                   "instead of 2; 2026-11-04: use_count 0 instead of 3; and 2 more days");
}

/* Neither the number of rows nor any sum changes. */
static void values_that_were_exchanged_between_rows_are_found(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, TWO_ROWS, 1);
    make_trigger(
        pg, "before update",
        "new.tokens_consumed := 30 - new.tokens_consumed; new.use_count := 70 - new.use_count; return new;");
    expect_refused(pg, &job_daily, TWO_ROWS_RESTATED, "ties values to rows");
}

static void a_value_that_was_lost_among_zeros_is_found(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1,1]]", 1);
    make_trigger(pg, "before update", "new.tokens_consumed := null; return new;");
    expect_refused(pg, &job_daily, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",0,1]]",
                   "values of tokens_consumed 0 instead of 1");
}

static void a_row_of_another_day_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, TWO_ROWS, 1);
    expect_refused(pg, &job_daily, "[[\"2019-11-01\",\"AutoCAD\",\"ann\",1,1]]",
                   "row 1, column usageDate: 2019-11-01 is not within 2026-11-01..2026-12-01");
    expect_refused(pg, &job_daily, "[[\"2026-12-01\",\"AutoCAD\",\"ann\",1,1]]", "2026-12-01 is not within");
    expect_refused(pg, &job_daily, "[[\"2026-10-31\",\"AutoCAD\",\"ann\",1,1]]", "2026-10-31 is not within");
    expect_refused(pg, &job_daily, "[[null,\"AutoCAD\",\"ann\",1,1]]", "row 1 has no usageDate");
}

/* Fields without a day, and no window. */
static struct job by_user(void)
{
    static const char *fields[] = {"userName"};
    struct job job = job_total;
    job.target.table = "daily";
    job.query.fields = job.target.key = (struct text_list){fields, 1};
    job.checks.max_vanished_percent = 100;
    return job;
}

static void a_totals_line_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = by_user();
    load_rows(pg, &job, "[[\"ann\",1,1],[\"bob\",2,1]]", 1);
    expect_refused(pg, &job, "[[\"ann\",1.5,1],[\"bob\",2.5,1],[null,4,2]]", "row 3 is a totals line");
    expect_refused(pg, &job, "[[\"\",4.0,2],[\"ann\",1.5,1],[\"bob\",2.5,1]]", "row 1 is a totals line");
}

static void a_user_without_a_name_is_no_totals_line(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = by_user();
    struct row_counts counts = load_rows(pg, &job, "[[\"ann\",1.5,1],[\"bob\",2.5,1],[null,4.1,2]]", 1);
    assert_int_equal(counts.inserted, 3);
    /* One other row alone may be as large; and of nothing the sum is nothing. */
    counts = load_rows(pg, &job, "[[\"ann\",4,2],[null,4,2]]", 2);
    assert_int_equal(counts.updated, 2);
    counts = load_rows(pg, &job, "[[\"ann\",0,2],[\"bob\",0,2],[null,0,2]]", 3);
    assert_int_equal(counts.updated + counts.inserted, 3);
}

/* Two rows, each the first of its partition: both have the same place in it. */
static void rows_of_partitions_keep_their_own_values(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, TWO_ROWS, 1);
    db_exec(
        pg,
        "alter table tokenflex.daily rename to daily_plain; "
        "create table tokenflex.daily (like tokenflex.daily_plain including all) partition by range "
        "(usage_date); "
        "create table tokenflex.daily_1 partition of tokenflex.daily for values from ('2026-11-01') to "
        "('2026-11-02'); "
        "create table tokenflex.daily_2 partition of tokenflex.daily for values from ('2026-11-02') to "
        "('2026-11-03'); "
        "insert into tokenflex.daily select * from tokenflex.daily_plain; drop table tokenflex.daily_plain");
    expect_counts(load_rows(pg, &job_daily, TWO_ROWS_RESTATED, 2), 0, 2, 0);
    assert_string_equal(
        db_value(pg,
                 "select string_agg(tokens_consumed::text, ' ' order by usage_date) from tokenflex.daily"),
        "10 20");
    expect_counts(load_rows(pg, &job_daily, TWO_ROWS_RESTATED, 3), 0, 0, 2);
}

static void rows_of_children_keep_their_own_values(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, TWO_ROWS, 1);
    db_exec(pg,
            "create table tokenflex.daily_old () inherits (tokenflex.daily); "
            "with moved as (delete from only tokenflex.daily where usage_date = '2026-11-01' returning *) "
            "insert into tokenflex.daily_old select * from moved");
    expect_counts(load_rows(pg, &job_daily, TWO_ROWS_RESTATED, 2), 0, 2, 0);
    assert_string_equal(
        db_value(pg,
                 "select string_agg(tokens_consumed::text, ' ' order by usage_date) from tokenflex.daily"),
        "10 20");
}

static void a_user_that_was_renamed_is_counted_once(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1]]", 1);
    struct row_counts counts =
        load_rows(pg, &job_daily, "[[\"2026-11-01\",\"AutoCAD\",\"ann@corp\",5,1]]", 2);
    assert_int_equal(counts.inserted, 1);
    assert_int_equal(counts.vanished, 1);
    assert_int_equal(counts.deleted, 1);
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"), "5");
}

static void rows_that_are_kept_stand_beside_the_answer(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    job.target.vanished = JOB_VANISHED_KEEP;
    load_rows(pg, &job, TWO_ROWS, 1);
    struct row_counts counts = load_rows(pg, &job, "[[\"2026-11-02\",\"Revit\",\"bob\",9,4]]", 2);
    assert_int_equal(counts.updated, 1);
    assert_int_equal(counts.vanished, 1);
    assert_int_equal(counts.deleted, 0);
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"), "10.5");
}

static void numbers_past_64_bits_are_proved_digit_by_digit(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    load_rows(pg, &job_daily,
              "[[\"2026-11-01\",\"AutoCAD\",\"ann\",123456789012345678901234567890.123456789,1],"
              "[\"2026-11-02\",\"AutoCAD\",\"ann\",1.5E-20,9223372036854775807],"
              "[\"2026-11-03\",\"AutoCAD\",\"ann\",-0.1,9223372036854775807],"
              "[\"2026-11-04\",\"AutoCAD\",\"ann\",null,null]]",
              1);
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"),
                        "123456789012345678901234567890.023456789000000000015");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trigger_that_rounds_a_metric_is_found),
        cmocka_unit_test(a_row_that_appears_beside_the_answer_is_found),
        cmocka_unit_test(the_days_that_differ_are_told),
        cmocka_unit_test(a_row_that_moves_out_of_the_window_is_missed_on_its_day),
        cmocka_unit_test(of_many_days_that_differ_three_are_told),
        cmocka_unit_test(values_that_were_exchanged_between_rows_are_found),
        cmocka_unit_test(a_value_that_was_lost_among_zeros_is_found),
        cmocka_unit_test(a_row_of_another_day_is_refused),
        cmocka_unit_test(a_totals_line_is_refused),
        cmocka_unit_test(a_user_without_a_name_is_no_totals_line),
        cmocka_unit_test(rows_of_partitions_keep_their_own_values),
        cmocka_unit_test(rows_of_children_keep_their_own_values),
        cmocka_unit_test(a_user_that_was_renamed_is_counted_once),
        cmocka_unit_test(rows_that_are_kept_stand_beside_the_answer),
        cmocka_unit_test(numbers_past_64_bits_are_proved_digit_by_digit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
