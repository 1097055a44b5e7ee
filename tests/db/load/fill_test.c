/* load/fill: rows that were kept in a file go straight into a table that has none of their scope. */
#include "db/load/loading.h"
#include "load/duplicate_key.h"
#include "load/fill.h"
#include "load/row_file.h"

#include <stdlib.h>

static const struct window october = {true, 20727, 20758};
static const struct window november = {true, 20758, 20788};

#define AWKWARD                                                                                              \
    "[[\"2026-11-01\",\"tab\\there \\\\N\\r\\n\\u5730\",\"\",0.1000000000000000055511151231257827,null],"    \
    "[\"2026-11-30\",\"\\\\.\",null,1.25E-7,9223372036854775807],"                                           \
    "[\"2026-11-02\",\"AutoCAD\",\"ann\",-0.00,0]]"

#define ALL_BUT_TIME                                                                                         \
    "select string_agg(concat_ws('|', contract_number, usage_date, product_name, coalesce(user_name, '-'), " \
    "tokens_consumed, coalesce(use_count, -1), _row_key, _run_id), E'\\n' order by usage_date) from "        \
    "tokenflex.daily"

static struct loading daily(const char *rows, enum stage_place place)
{
    return (struct loading){.job = &job_daily, .window = november, .rows = rows, .run_id = 7, .place = place};
}

static void the_table_is_what_the_other_way_makes_of_the_rows(void **state)
{
    (void)state;
    char *tables[2];
    for (enum stage_place place = STAGE_IN_TABLE; place <= STAGE_IN_FILE; place++) {
        SCOPED(pg) struct pg *pg = db_fresh();
        struct loading loading = daily(AWKWARD, place);
        expect_counts(load(pg, &loading), 3, 0, 0);
        tables[place] = strdup(db_value(pg, ALL_BUT_TIME));
        assert_string_equal(db_value(pg, "select count(*) from pg_index where indisunique and indrelid = "
                                         "'tokenflex.daily'::regclass"),
                            "1");
        assert_string_equal(db_value(pg, "select bool_and(_synced_at between now() - interval '1 minute' and "
                                         "now()) from tokenflex.daily"),
                            "t");
    }
    assert_string_equal(tables[STAGE_IN_FILE], tables[STAGE_IN_TABLE]);
    free(tables[0]);
    free(tables[1]);
}

static void a_further_month_leaves_the_others_as_they_are(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily("[[\"2026-10-01\",\"AutoCAD\",\"ann\",5,1]]", STAGE_IN_TABLE);
    loading.window = october;
    load(pg, &loading);
    loading = daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",6,1]]", STAGE_IN_FILE);
    loading.run_id = 8;
    expect_counts(load(pg, &loading), 1, 0, 0);
    assert_string_equal(db_value(pg, "select string_agg(_run_id || ':' || tokens_consumed, ' ' order by "
                                     "usage_date) from tokenflex.daily"),
                        "7:5 8:6");
}

static void snapshots_have_their_window(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = {.job = &job_snapshot,
                              .window = november,
                              .rows = "[[\"AutoCAD\",4]]",
                              .run_id = 1,
                              .place = STAGE_IN_FILE};
    load(pg, &loading);
    assert_string_equal(
        db_value(pg, "select concat_ws('|', contract_number, window_start, window_end, product_name, "
                     "unique_users) from tokenflex.snapshot"),
        CONTRACT "|2026-11-01|2026-12-01|AutoCAD|4");
}

static void an_empty_answer_makes_an_empty_table(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading loading = daily("[]", STAGE_IN_FILE);
    expect_counts(load(pg, &loading), 0, 0, 0);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "0");
}

/* 20,000 rows are more than what is kept in memory. */
static void load_many(struct pg *pg, struct row_counts *counts)
{
    SCOPED(buf) struct buf rows = buf_make(BUF_OWN_TEXT);
    for (int i = 0; i < 20000; i++)
        buf_print(&rows, "%s[\"2026-11-%02d\",\"product %d\",\"user\",%d.5,1]", i ? "," : "[", 1 + i % 30, i,
                  i);
    buf_put(&rows, "]");
    struct loading loading = daily(buf_text(&rows), STAGE_IN_FILE);
    *counts = load(pg, &loading);
}

static void many_rows_take_a_file(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct row_counts counts;
    load_many(pg, &counts);
    expect_counts(counts, 20000, 0, 0);
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"), "200000000.0");
}

static void without_a_place_for_the_file_rows_go_to_the_stage(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct row_counts counts;
    const char *before = getenv("TMPDIR");
    char *kept = before ? strdup(before) : NULL;
    setenv("TMPDIR", "/nowhere/at/all", 1);
    load_many(pg, &counts);
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
    expect_counts(counts, 20000, 0, 0);
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"), "200000000.0");
}

static void a_row_that_the_table_has_already_is_refused(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1]]", STAGE_IN_TABLE);
    load(pg, &loading);
    loading = daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",6,1]]", STAGE_IN_FILE);
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, "cannot insert into table");
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"), "5");
}

static void a_key_that_comes_twice_is_refused_by_a_new_tables_index(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1],"
                                   "[\"2026-11-01\",\"AutoCAD\",\"ann\",6,1]]",
                                   STAGE_IN_FILE);
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_DATA, "cannot index table");
    assert_string_equal(db_value(pg, "select to_regclass('tokenflex.daily') is null"), "t");
}

static void rows_that_a_trigger_swallows_are_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    struct row_counts counts;
    struct loading loading = daily("[[\"2026-10-01\",\"AutoCAD\",\"ann\",5,1]]", STAGE_IN_TABLE);
    loading.window = october;
    load(pg, &loading);
    db_exec(pg, "create or replace function public.swallow() returns trigger language plpgsql as "
                "'begin return null; end'; create trigger swallower before insert on tokenflex.daily for "
                "each row execute function public.swallow()");
    loading = daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",6,1]]", STAGE_IN_FILE);
    must_fail(try_load(pg, &loading, &counts, &err), &err, ERR_CREATE, "swallower");
    db_exec(pg, "drop function public.swallow() cascade");
}

static bool is_possible(struct pg *pg, const struct job *job, const struct window *window)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target target;
    struct loading loading = {.job = job, .window = *window};
    bool possible;
    must(derive_and_inspect(pg, &loading, arena, &target, &err), &err);
    must(fill_is_possible(&target, CONTRACT, window, pg, &possible, &err), &err);
    return possible;
}

static void it_is_possible_where_the_scope_is_empty(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    assert_true(is_possible(pg, &job_daily, &november));
    struct loading loading = daily("[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1]]", STAGE_IN_TABLE);
    load(pg, &loading);
    assert_false(is_possible(pg, &job_daily, &november));
    assert_true(is_possible(pg, &job_daily, &october));
}

static void it_is_not_where_something_else_is_to_be_looked_at(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job append = job_daily;
    append.target.mode = JOB_APPEND;
    assert_false(is_possible(pg, &append, &november));
    struct job checked = job_daily;
    checked.checks.not_null = (struct text_list)NAMES("userName");
    assert_false(is_possible(pg, &checked, &november));
    struct job asked = job_daily;
    asked.checks.queries = (struct text_list)NAMES("select 1 from staged where false");
    assert_false(is_possible(pg, &asked, &november));
    assert_true(is_possible(pg, &job_snapshot, &november));
    struct loading loading = {
        .job = &job_snapshot, .window = november, .rows = "[[\"AutoCAD\",4]]", .run_id = 1};
    load(pg, &loading);
    assert_false(is_possible(pg, &job_snapshot, &october));
}

/* A stage whose rows are in a file. */
struct filed {
    struct pg *pg;
    struct arena *arena;
    struct target target;
    struct stage *stage;
    struct err err;
};

static void filed_begin(struct filed *filed, const char *rows)
{
    *filed = (struct filed){.pg = db_fresh(), .arena = arena_make()};
    struct loading loading = daily(rows, STAGE_IN_FILE);
    must(derive_and_inspect(filed->pg, &loading, filed->arena, &filed->target, &filed->err), &filed->err);
    filed->stage = stage_make(filed->pg, &filed->target, CONTRACT, &november, STAGE_IN_FILE, &filed->err);
    must(filed->stage != NULL, &filed->err);
    stage_begin_part(filed->stage, &november);
    must(stage_page(filed->stage, rows, filed->arena, &filed->err), &filed->err);
}

static void filed_cleanup(struct filed *filed)
{
    stage_release(filed->stage);
    arena_release(filed->arena);
    pg_close(filed->pg);
}

static const char *staged(struct filed *filed, const char *what)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "select %s from pg_temp.tokenflex_stage_%s", what, pg_nonce(filed->pg));
    return db_value(filed->pg, buf_text(&sql));
}

static void rows_go_to_the_stages_table_once_that_is_wanted(void **state)
{
    (void)state;
    SCOPED(filed) struct filed filed;
    filed_begin(&filed, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1]]");
    assert_non_null(stage_file(filed.stage));
    must(stage_page(filed.stage, "[[\"2026-11-02\",\"AutoCAD\",\"ann\",6,1]]", filed.arena, &filed.err),
         &filed.err);
    assert_int_equal(stage_rows(filed.stage), 2);
    must(stage_move_to_table(filed.stage, &filed.err), &filed.err);
    assert_null(stage_file(filed.stage));
    must(stage_page(filed.stage, "[[\"2026-11-03\",\"AutoCAD\",\"ann\",7,1]]", filed.arena, &filed.err),
         &filed.err);
    assert_int_equal(stage_rows(filed.stage), 3);
    assert_string_equal(staged(&filed, "count(*) || ' ' || sum(tokens_consumed)"), "3 18");
}

static void a_wider_type_takes_the_rows_to_the_stages_table(void **state)
{
    (void)state;
    SCOPED(filed) struct filed filed;
    filed_begin(&filed, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",5.50,1]]");
    assert_true(stage_fits(filed.stage));
    filed.target.columns[3].type = COLUMN_TEXT;
    assert_false(stage_fits(filed.stage));
    must(stage_change_types(filed.stage, &filed.err), &filed.err);
    assert_null(stage_file(filed.stage));
    assert_string_equal(staged(&filed, "pg_typeof(tokens_consumed) || ' ' || tokens_consumed"), "text 5.50");
}

static void rows_of_a_part_are_taken_back(void **state)
{
    (void)state;
    SCOPED(filed) struct filed filed;
    const struct window second = {true, 20759, 20760};
    filed_begin(&filed, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1]]");
    stage_begin_part(filed.stage, &second);
    must(stage_page(filed.stage, "[[\"2026-11-02\",\"AutoCAD\",\"ann\",6,1]]", filed.arena, &filed.err),
         &filed.err);
    must(stage_remove_part(filed.stage, "usageDate", &second, 1, &filed.err), &filed.err);
    assert_string_equal(staged(&filed, "sum(tokens_consumed)"), "5");
}

static void a_row_that_is_repeated_is_found_in_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        bool repeats;
        bool stays; /* in the file */
    } cases[] = {
        {"[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1],[\"2026-11-02\",\"AutoCAD\",\"ann\",5,1]]", false, true},
        {"[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1],[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1]]", true, false},
        {"[[\"2026-11-01\",\"AutoCAD\",\"ann\",5,1],[\"2026-11-01\",\"AutoCAD\",\"ann\",6,1]]", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(filed) struct filed filed;
        bool repeats;
        filed_begin(&filed, cases[i].rows);
        must(duplicate_key_is_repetition(filed.stage, filed.pg, &repeats, &filed.err), &filed.err);
        assert_int_equal(repeats, cases[i].repeats);
        assert_int_equal(stage_file(filed.stage) != NULL, cases[i].stays);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_what_the_other_way_makes_of_the_rows),
        cmocka_unit_test(a_further_month_leaves_the_others_as_they_are),
        cmocka_unit_test(snapshots_have_their_window),
        cmocka_unit_test(an_empty_answer_makes_an_empty_table),
        cmocka_unit_test(many_rows_take_a_file),
        cmocka_unit_test(without_a_place_for_the_file_rows_go_to_the_stage),
        cmocka_unit_test(a_row_that_the_table_has_already_is_refused),
        cmocka_unit_test(a_key_that_comes_twice_is_refused_by_a_new_tables_index),
        cmocka_unit_test(rows_that_a_trigger_swallows_are_told),
        cmocka_unit_test(it_is_possible_where_the_scope_is_empty),
        cmocka_unit_test(it_is_not_where_something_else_is_to_be_looked_at),
        cmocka_unit_test(rows_go_to_the_stages_table_once_that_is_wanted),
        cmocka_unit_test(a_wider_type_takes_the_rows_to_the_stages_table),
        cmocka_unit_test(rows_of_a_part_are_taken_back),
        cmocka_unit_test(a_row_that_is_repeated_is_found_in_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
