/* state/target_record: what is remembered of target tables. */
#include "db/state/fresh.h"
#include "state/run_record.h"
#include "state/target_record.h"

static const struct target_record daily = {
    .name = {"tokenflex", "daily"},
    .job = "nightly",
    .grain = "productName\nusageDate",
    .key = "_run_id\nusageDate",
    .columns = "usageDate usage_date",
    .windowed = true,
};

static const struct target_record successor = {
    .name = {"tokenflex", "daily__rebuild"},
    .job = "nightly",
    .rebuilds = "daily",
    .grain = "usageDate",
    .key = "usageDate",
    .columns = "usageDate usage_date",
};

static void remember(struct pg *pg, const struct target_record *record)
{
    struct err err = {0};
    must(target_record_remember(pg, record, &err), &err);
}

static const struct target_record *read_record(struct pg *pg, const char *table, struct arena *arena)
{
    struct err err = {0};
    const struct target_record *record;
    must(target_record_read(pg, &(struct target_name){"tokenflex", table}, arena, &record, &err), &err);
    return record;
}

/* A run that has loaded rows into the table. Returns its number, as text. */
static const char *load_rows(struct pg *pg, const char *job, const char *table, uint64_t rows, char *out)
{
    struct err err = {0};
    int64_t run_id;
    struct window window = {true, 20758, 20788};
    struct run_record_entry entry = run_entry(job, table, &window);
    struct row_counts counts = {.inserted = rows};
    must(run_record_start(pg, &entry, &run_id, &err), &err);
    struct run_record_success success = {.run_id = run_id,
                                         .schema = "tokenflex",
                                         .table = table,
                                         .rows_read = rows,
                                         .counts = &counts,
                                         .requests = {2, 0}};
    must(run_record_succeed(pg, &success, &err), &err);
    return pg_number(run_id, out);
}

static void what_was_remembered_is_read_again(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    remember(pg, &daily);
    const struct target_record *record = read_record(pg, "daily", arena);
    assert_non_null(record);
    assert_string_equal(record->name.schema, "tokenflex");
    assert_string_equal(record->name.table, "daily");
    assert_string_equal(record->job, "nightly");
    assert_null(record->rebuilds);
    assert_string_equal(record->grain, "productName\nusageDate");
    assert_string_equal(record->key, "_run_id\nusageDate");
    assert_string_equal(record->columns, "usageDate usage_date");
    assert_true(record->windowed);
    assert_null(record->comments);
}

static void a_table_of_somebody_else_is_not_known(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    remember(pg, &daily);
    assert_null(read_record(pg, "other", arena));
}

static void a_table_of_an_older_version_has_no_columns(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    remember(pg, &daily);
    db_exec(pg, "update tokenflex_etl.target set columns = null");
    assert_string_equal(read_record(pg, "daily", arena)->columns, "");
}

static void comments_are_remembered_as_the_table_has_them(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    db_exec(pg,
            "create schema tokenflex; create table tokenflex.daily (a int);"
            "comment on table tokenflex.daily is 'of days'; comment on column tokenflex.daily.a is 'an a'");
    remember(pg, &daily);
    assert_string_equal(read_record(pg, "daily", arena)->comments, "{\"\": \"of days\", \"a\": \"an a\"}");
}

/* Its rows are not those that runs have put into the table before it. */
static void a_table_made_again_is_another_one(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct text_list jobs;
    char run[PG_NUMBER];
    remember(pg, &daily);
    load_rows(pg, "nightly", "daily", 3, run);
    remember(pg, &daily);
    must(target_record_loaders(pg, &daily.name, arena, &jobs, &err), &err);
    assert_int_equal(jobs.count, 0);
}

static void jobs_that_loaded_rows_are_its_loaders(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct text_list jobs;
    char run[PG_NUMBER];
    remember(pg, &daily);
    load_rows(pg, "nightly", "daily", 3, run);
    load_rows(pg, "nightly", "daily", 2, run);
    load_rows(pg, "backfill", "daily", 2, run);
    load_rows(pg, "idle", "daily", 0, run);
    must(target_record_loaders(pg, &daily.name, arena, &jobs, &err), &err);
    assert_int_equal(jobs.count, 2);
    assert_string_equal(jobs.items[0], "backfill");
    assert_string_equal(jobs.items[1], "nightly");
}

static void successors_are_told_from_tables_in_their_place(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target_records left;
    remember(pg, &daily);
    remember(pg, &successor);
    must(target_record_successors(pg, arena, &left, &err), &err);
    assert_int_equal(left.count, 1);
    assert_string_equal(left.items[0].name.schema, "tokenflex");
    assert_string_equal(left.items[0].name.table, "daily__rebuild");
    assert_string_equal(left.items[0].rebuilds, "daily");
}

static void a_successor_that_is_adopted_has_the_name_of_its_table(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    bool was_known = false;
    remember(pg, &daily);
    remember(pg, &successor);
    must(target_record_adopt(pg, &successor.name, "daily", &was_known, &err), &err);
    assert_true(was_known);
    assert_string_equal(read_record(pg, "daily", arena)->grain, "usageDate");
    assert_null(read_record(pg, "daily", arena)->rebuilds);
    assert_null(read_record(pg, "daily__rebuild", arena));
}

static void a_successor_without_a_record_is_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    bool was_known = true;
    must(target_record_adopt(pg, &successor.name, "daily", &was_known, &err), &err);
    assert_false(was_known);
}

static void the_runs_of_a_discarded_successor_have_failed(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    bool was_known = false;
    char run[PG_NUMBER];
    remember(pg, &daily);
    remember(pg, &successor);
    load_rows(pg, "nightly", "daily", 5, run);
    load_rows(pg, "nightly", "daily__rebuild", 3, run);
    struct target_record_discard discard = {successor.name, "no view fits", ""};
    must(target_record_discard(pg, &discard, &was_known, &err), &err);
    assert_true(was_known);
    assert_null(read_record(pg, "daily__rebuild", arena));
    assert_string_equal(db_value(pg, "select string_agg(concat_ws('|', status, rows_inserted, error), ' ' "
                                     "order by run_id) from tokenflex_etl.run"),
                        "succeeded|5 failed|0|no view fits");
}

static void a_table_that_is_no_successor_is_not_discarded(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    bool was_known = true;
    remember(pg, &daily);
    struct target_record_discard discard = {daily.name, "no", ""};
    must(target_record_discard(pg, &discard, &was_known, &err), &err);
    assert_false(was_known);
    assert_non_null(read_record(pg, "daily", arena));
}

/* The record went with another run; the caller knows which runs were its own. */
static void runs_that_are_named_have_failed_without_a_record_too(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    bool was_known = true;
    char run[PG_NUMBER];
    load_rows(pg, "nightly", "daily__rebuild", 3, run);
    struct target_record_discard discard = {successor.name, "gone", run};
    must(target_record_discard(pg, &discard, &was_known, &err), &err);
    assert_false(was_known);
    assert_string_equal(db_value(pg, "select status from tokenflex_etl.run"), "failed");
}

static void rows_are_found_in_the_table_that_they_went_to(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target_record_rows rows;
    char first[PG_NUMBER];
    char second[PG_NUMBER];
    db_exec(pg, "create schema tokenflex; create table tokenflex.daily ()");
    remember(pg, &daily);
    load_rows(pg, "nightly", "daily", 3, first);
    load_rows(pg, "nightly", "daily", 4, second);
    const char *both = arena_print(arena, "%s\n%s", first, second);
    must(target_record_find_rows(pg, both, arena, &rows, &err), &err);
    assert_int_equal(rows.tables, 1);
    assert_string_equal(rows.name.schema, "tokenflex");
    assert_string_equal(rows.name.table, "daily");
    assert_int_equal(rows.rows_read, 7);

    db_exec(pg, "drop table tokenflex.daily");
    must(target_record_find_rows(pg, both, arena, &rows, &err), &err);
    assert_int_equal(rows.tables, 1);
    assert_string_equal(rows.name.table, "");
}

static void a_role_that_may_not_delete_is_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct err err = {0};
    bool may_forget = false;
    must(target_record_may_forget(pg, &may_forget, &err), &err);
    assert_true(may_forget);
    db_exec(pg, "create role reader; grant usage on schema tokenflex_etl to reader; set role reader");
    must(target_record_may_forget(pg, &may_forget, &err), &err);
    assert_false(may_forget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_remembered_is_read_again),
        cmocka_unit_test(a_table_of_somebody_else_is_not_known),
        cmocka_unit_test(a_table_of_an_older_version_has_no_columns),
        cmocka_unit_test(comments_are_remembered_as_the_table_has_them),
        cmocka_unit_test(a_table_made_again_is_another_one),
        cmocka_unit_test(jobs_that_loaded_rows_are_its_loaders),
        cmocka_unit_test(successors_are_told_from_tables_in_their_place),
        cmocka_unit_test(a_successor_that_is_adopted_has_the_name_of_its_table),
        cmocka_unit_test(a_successor_without_a_record_is_told),
        cmocka_unit_test(the_runs_of_a_discarded_successor_have_failed),
        cmocka_unit_test(a_table_that_is_no_successor_is_not_discarded),
        cmocka_unit_test(runs_that_are_named_have_failed_without_a_record_too),
        cmocka_unit_test(rows_are_found_in_the_table_that_they_went_to),
        cmocka_unit_test(a_role_that_may_not_delete_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
