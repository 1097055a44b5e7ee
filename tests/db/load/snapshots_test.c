/* load/snapshots: rows without a date, night after night and given by hand, in one table. */
#include "db/load/loading.h"
#include "load/snapshots.h"

#define NOV_1 20758 /* 2026-11-01 */
#define ROWS "[[\"AutoCAD\",5],[\"Revit\",2]]"
#define OTHER_ROWS "[[\"AutoCAD\",7]]"

/* Tokens, which are summed up. */
static struct job job_of_tokens(void)
{
    static const char *metrics[] = {"tokensConsumed"};
    struct job job = job_snapshot;
    job.query.metrics = (struct text_list){metrics, 1};
    return job;
}

/* The job's own window, the week up to that day, as a run of the day has it; *week holds it. */
static struct loading night(const struct job *job, date_t today, struct window *week)
{
    *week = (struct window){true, today - 7, today};
    return (struct loading){
        .job = job,
        .window = *week,
        .rows = ROWS,
        .run_id = today,
        .moving = {week, 1},
        .today = today,
    };
}

/* A window by --from and --to, in a run of that day. */
static struct loading given(const struct job *job, struct window window, date_t today, struct window *week)
{
    struct loading loading = night(job, today, week);
    loading.window = window;
    loading.run_id = today + 1000;
    return loading;
}

static struct row_counts load_night(struct pg *pg, const struct job *job, date_t today)
{
    struct window week;
    struct loading loading = night(job, today, &week);
    return load(pg, &loading);
}

static struct row_counts load_given(struct pg *pg, const struct job *job, date_t from, date_t to)
{
    struct window week;
    struct loading loading = given(job, (struct window){true, from, to}, NOV_1 + 100, &week);
    return load(pg, &loading);
}

static void refuse(struct pg *pg, const struct loading *loading, enum err_kind kind, const char *words)
{
    struct err err = {0};
    struct row_counts counts;
    must_fail(try_load(pg, loading, &counts, &err), &err, kind, words);
}

/* What the table holds: `FROM..TO rows`, in days of November. */
static void expect_windows(struct pg *pg, const char *expected)
{
    assert_string_equal(
        db_value(pg,
                 "select coalesce(string_agg(format('%s..%s %s', window_start - date '2026-10-31', "
                 "window_end - date '2026-10-31', n), ', ' order by window_start, window_end), '') from "
                 "(select window_start, window_end, count(*) as n from tokenflex.snapshot group by 1, 2) w"),
        expected);
}

/* What is remembered: `FROM..TO`, and of windows that move `@` and the day. */
static void expect_remembered(struct pg *pg, const char *expected)
{
    assert_string_equal(
        db_value(pg,
                 "select coalesce(string_agg(format('%s..%s', window_start - date '2026-10-31', window_end "
                 "- date '2026-10-31') || coalesce('@' || as_of - date '2026-10-31', ''), ', ' order by "
                 "window_start, window_end), '') from tokenflex_etl.target_window"),
        expected);
}

static void a_night_replaces_the_window_of_the_night_before(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of_tokens();
    struct row_counts first = load_night(pg, &job, NOV_1 + 7);
    struct row_counts second = load_night(pg, &job, NOV_1 + 8);
    assert_int_equal(first.deleted, 0);
    assert_int_equal(second.inserted, 2);
    assert_int_equal(second.deleted, 2);
    assert_int_equal(second.vanished, 2);
    expect_windows(pg, "2..9 2");
    expect_remembered(pg, "2..9@9");
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.snapshot"), "7");
}

static void a_night_after_a_pause_stands_beside_what_it_does_not_overlap(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 7);
    load_night(pg, &job, NOV_1 + 14);
    expect_windows(pg, "1..8 2, 8..15 2");
    load_night(pg, &job, NOV_1 + 16);
    expect_windows(pg, "1..8 2, 10..17 2");
}

static void the_same_night_again_changes_what_has_changed(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 7);
    struct loading again = night(&job, NOV_1 + 7, &week);
    again.rows = "[[\"AutoCAD\",6],[\"Revit\",2]]";
    expect_counts(load(pg, &again), 0, 1, 1);
    expect_windows(pg, "1..8 2");
}

static void windows_of_other_contracts_stay(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    struct loading other = night(&job, NOV_1 + 7, &week);
    other.contract = "2";
    load(pg, &other);
    assert_int_equal(load_night(pg, &job, NOV_1 + 8).deleted, 0);
    expect_windows(pg, "1..8 2, 2..9 2");
    expect_remembered(pg, "1..8@8, 2..9@9");
}

static void with_all_every_window_stands_and_is_remembered(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of_tokens();
    job.target.snapshots = JOB_SNAPSHOTS_ALL;
    load_night(pg, &job, NOV_1 + 7);
    assert_int_equal(load_night(pg, &job, NOV_1 + 8).deleted, 0);
    assert_int_equal(load_given(pg, &job, NOV_1 + 3, NOV_1 + 5).deleted, 0);
    expect_windows(pg, "1..8 2, 2..9 2, 4..6 2");
    expect_remembered(pg, "1..8@8, 2..9@9, 4..6");
    job.target.snapshots = JOB_SNAPSHOTS_LATEST;
    assert_int_equal(load_given(pg, &job, NOV_1, NOV_1 + 30).deleted, 6);
    expect_windows(pg, "1..31 2");
    expect_remembered(pg, "1..31");
}

static void replaced_rows_go_where_vanished_rows_are_kept(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    job.target.vanished = JOB_VANISHED_KEEP;
    load_night(pg, &job, NOV_1 + 7);
    struct row_counts second = load_night(pg, &job, NOV_1 + 8);
    assert_int_equal(second.deleted, 2);
    assert_int_equal(second.vanished, 2);
    expect_windows(pg, "2..9 2");
    struct loading fewer = night(&job, NOV_1 + 8, &week);
    fewer.rows = OTHER_ROWS;
    struct row_counts again = load(pg, &fewer);
    assert_int_equal(again.deleted, 0);
    assert_int_equal(again.vanished, 1);
    expect_windows(pg, "2..9 2");
}

static void an_empty_answer_does_not_replace_kept_rows_either(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    job.target.vanished = JOB_VANISHED_KEEP;
    load_night(pg, &job, NOV_1 + 7);
    struct loading empty = night(&job, NOV_1 + 8, &week);
    empty.rows = "[]";
    refuse(pg, &empty, ERR_DATA,
           "the answer is empty, and the table tokenflex.snapshot has 2 rows of this contract "
           "and window (and of 2026-11-01..2026-11-08, which it replaces)");
    expect_windows(pg, "1..8 2");
    expect_remembered(pg, "1..8@8");
}

static void rows_that_are_not_remembered_count_as_given(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 7);
    db_exec(pg, "delete from tokenflex_etl.target_window");
    struct loading next = night(&job, NOV_1 + 8, &week);
    refuse(pg, &next, ERR_CONFIG, "which a run with --from and --to, or with a fixed `until`, loaded");
    load_night(pg, &job, NOV_1 + 7);
    expect_remembered(pg, "1..8@8");
    load_night(pg, &job, NOV_1 + 8);
    expect_windows(pg, "2..9 2");
}

static void what_is_remembered_of_rows_that_are_gone_stands_in_no_way(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of_tokens();
    load_given(pg, &job, NOV_1 + 3, NOV_1 + 12);
    db_exec(pg, "truncate tokenflex.snapshot");
    load_night(pg, &job, NOV_1 + 8);
    expect_windows(pg, "2..9 2");
    expect_remembered(pg, "2..9@9");
}

static void a_table_that_was_dropped_and_made_again_remembers_nothing_of_the_old(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 7);
    db_exec(pg, "drop table tokenflex.snapshot");
    load_given(pg, &job, NOV_1 + 3, NOV_1 + 12);
    assert_string_equal(db_value(pg,
                                 "select count(*) from tokenflex_etl.target_window join tokenflex_etl.target "
                                 "using (target_id) where as_of is null"),
                        "1");
    assert_string_equal(
        db_value(
            pg,
            "select count(*) from tokenflex_etl.target_window join tokenflex_etl.target using (target_id)"),
        "1");
}

static void a_window_of_a_later_day_is_not_replaced_by_an_earlier_one(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 8);
    struct loading late = night(&job, NOV_1 + 7, &week);
    refuse(pg, &late, ERR_LATER,
           "2026-11-02..2026-11-09 that table tokenflex.snapshot holds of contract " CONTRACT
           ", which the run of a later day has loaded");
    expect_windows(pg, "2..9 2");
}

static void a_given_window_replaces_all_that_lie_within_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 7);
    load_given(pg, &job, NOV_1 + 7, NOV_1 + 9);
    load_given(pg, &job, NOV_1 + 20, NOV_1 + 25);
    assert_int_equal(load_given(pg, &job, NOV_1, NOV_1 + 10).deleted, 4);
    expect_windows(pg, "1..11 2, 21..26 2");
    expect_remembered(pg, "1..11, 21..26");
}

static void a_given_window_that_cuts_another_is_refused_with_a_statement_that_removes_it(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct err err = {0};
    struct row_counts counts;
    struct job job = job_of_tokens();
    load_given(pg, &job, NOV_1, NOV_1 + 10);
    struct loading cuts = given(&job, (struct window){true, NOV_1 + 5, NOV_1 + 12}, NOV_1 + 100, &week);
    assert_false(try_load(pg, &cuts, &counts, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_string_equal(err.text,
                        "the window 2026-11-06..2026-11-13 overlaps the window 2026-11-01..2026-11-11 "
                        "that table tokenflex.snapshot holds of contract " CONTRACT
                        ", and does not contain it completely: days in both would count twice");
    assert_non_null(strstr(err.hint,
                           "delete from \"tokenflex\".\"snapshot\" where contract_number = '" CONTRACT
                           "' and window_start < '2026-11-13' and window_end > '2026-11-06'"));
    expect_windows(pg, "1..11 2");
}

static void a_load_that_fails_leaves_the_old_window_and_its_memory(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 7);
    db_exec(pg, "create function tokenflex.double() returns trigger language plpgsql as $$ begin "
                "new.tokens_consumed := 2 * new.tokens_consumed; return new; end $$;"
                "create trigger doubling before insert on tokenflex.snapshot for each row execute function "
                "tokenflex.double()");
    struct loading next = night(&job, NOV_1 + 8, &week);
    refuse(pg, &next, ERR_DATA, "tokens_consumed 14 instead of 7");
    expect_windows(pg, "1..8 2");
    expect_remembered(pg, "1..8@8");
}

static void the_proof_finds_a_replaced_row_that_is_still_there(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct window week;
    struct job job = job_of_tokens();
    load_night(pg, &job, NOV_1 + 7);
    /* A row that the load deletes comes back at once. */
    db_exec(pg,
            "create function tokenflex.back() returns trigger language plpgsql as $$ begin "
            "insert into tokenflex.snapshot select old.*; return null; end $$;"
            "create trigger back after delete on tokenflex.snapshot for each row when (old.product_name = "
            "'Revit') execute function tokenflex.back()");
    struct loading next = night(&job, NOV_1 + 8, &week);
    refuse(pg, &next, ERR_DATA, "rows 3 instead of 2, tokens_consumed 9 instead of 7");
    expect_windows(pg, "1..8 2");
}

static void tables_that_keep_every_run_have_no_windows_to_replace(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of_tokens();
    job.target.mode = JOB_APPEND;
    load_night(pg, &job, NOV_1 + 7);
    load_night(pg, &job, NOV_1 + 8);
    expect_windows(pg, "1..8 2, 2..9 2");
    expect_remembered(pg, "");
}

static void names_of_windows_are_three_at_most(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct snapshot items[5];
    for (int i = 0; i < 5; i++)
        items[i] = (struct snapshot){.window = {true, NOV_1 + i, NOV_1 + i + 1}};
    snapshots_put_names(&(struct snapshots){items, 5}, &out);
    assert_string_equal(buf_text(&out),
                        "2026-11-01..2026-11-02, 2026-11-02..2026-11-03, 2026-11-03..2026-11-04 "
                        "and 2 more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_night_replaces_the_window_of_the_night_before),
        cmocka_unit_test(a_night_after_a_pause_stands_beside_what_it_does_not_overlap),
        cmocka_unit_test(the_same_night_again_changes_what_has_changed),
        cmocka_unit_test(windows_of_other_contracts_stay),
        cmocka_unit_test(with_all_every_window_stands_and_is_remembered),
        cmocka_unit_test(replaced_rows_go_where_vanished_rows_are_kept),
        cmocka_unit_test(an_empty_answer_does_not_replace_kept_rows_either),
        cmocka_unit_test(rows_that_are_not_remembered_count_as_given),
        cmocka_unit_test(what_is_remembered_of_rows_that_are_gone_stands_in_no_way),
        cmocka_unit_test(a_table_that_was_dropped_and_made_again_remembers_nothing_of_the_old),
        cmocka_unit_test(a_window_of_a_later_day_is_not_replaced_by_an_earlier_one),
        cmocka_unit_test(a_given_window_replaces_all_that_lie_within_it),
        cmocka_unit_test(a_given_window_that_cuts_another_is_refused_with_a_statement_that_removes_it),
        cmocka_unit_test(a_load_that_fails_leaves_the_old_window_and_its_memory),
        cmocka_unit_test(the_proof_finds_a_replaced_row_that_is_still_there),
        cmocka_unit_test(tables_that_keep_every_run_have_no_windows_to_replace),
        cmocka_unit_test(names_of_windows_are_three_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
