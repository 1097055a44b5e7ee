/* load/rebuild: a table and its successor, without the service. */
#include "db/load/loading.h"
#include "load/rebuild/rebuild.h"
#include "state/lock.h"
#include "state/run_record.h"

/* The grain that the table `daily` was made for, before job_daily had names of users. */
static const struct job job_before = {
    .name = "daily",
    .query = {.fields = NAMES("usageDate", "productName"), .metrics = NAMES("tokensConsumed")},
    .window = {.present = true, .field = "usageDate"},
    .target = {.table = "daily", .key = NAMES("usageDate", "productName")},
};

static const struct text_list nobody;

static const struct job *const jobs_of_daily[] = {&job_daily};
static const struct rebuild of_daily = {
    .job = &job_daily,
    .jobs = jobs_of_daily,
    .job_count = 1,
    .schema = "tokenflex",
    .table = "daily",
    .successor = "daily__rebuild",
    .readers = &nobody,
};

/* A database with the old table, two rows of it, and what hangs on it. */
static struct pg *with_old_table(void)
{
    struct pg *pg = db_fresh();
    struct loading loading = {.job = &job_before,
                              .window = {true, 20758, 20788},
                              .rows = "[[\"2026-11-01\",\"Inventor\",1],[\"2026-11-05\",\"Maya\",2]]",
                              .run_id = 1};
    load(pg, &loading);
    return pg;
}

/* One chunk of three rows, loaded into the successor. Returns its run. */
static int64_t load_successor(struct pg *pg)
{
    struct err err = {0};
    int64_t run_id;
    SCOPED(arena) struct arena *arena = arena_make();
    struct target target;
    struct window window = {true, 20758, 20788};
    struct loading loading = {
        .job = &job_daily,
        .window = window,
        .rows = "[[\"2026-11-01\",\"Maya\",\"ann\",1,1],[\"2026-11-02\",\"Maya\",\"bob\",2,2],"
                "[\"2026-11-02\",\"Maya\",null,3,3]]"};
    struct run_record_entry entry = run_entry("daily", "daily", &window);
    must(run_record_start(pg, &entry, &run_id, &err), &err);
    struct text_list names = names_of(&loading, arena);
    must(target_derive(&job_daily, "tokenflex", &names, arena, &target, &err), &err);
    target.table = "daily__rebuild";
    must(target_inspect(&target, &nobody, pg, &err), &err);
    SCOPED(stage) struct stage *stage = stage_make(pg, &target, CONTRACT, &window, STAGE_IN_TABLE, &err);
    must(stage && stage_page(stage, loading.rows, arena, &err), &err);
    SCOPED(buf) struct buf figures = buf_make(BUF_OWN_TEXT);
    struct merge merge = {
        .target = &target,
        .contract = CONTRACT,
        .window = &window,
        .run_id = run_id,
        .stage = stage,
        .figures = &figures,
    };
    struct row_counts counts;
    struct run_record_success success = {.run_id = run_id,
                                         .schema = "tokenflex",
                                         .table = "daily__rebuild",
                                         .rows_read = 3,
                                         .counts = &counts,
                                         .requests = {2, 0}};
    must(pg_begin(pg, &err) && target_apply(&target, pg, &err) && merge_run(&merge, pg, &counts, &err) &&
             run_record_succeed(pg, &success, &err) && pg_commit(pg, &err),
         &err);
    return run_id;
}

static const char *number_text(int64_t number)
{
    static char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    return text;
}

static void must_swap(struct pg *pg, int64_t run_id)
{
    struct err err = {0};
    uint64_t rows = 0;
    must(rebuild_swap(&of_daily, number_text(run_id), pg, &rows, &err), &err);
    assert_int_equal(rows, 3);
}

static void expect_catalogue(struct pg *pg, const char *expected)
{
    assert_string_equal(db_value(pg, "select string_agg(concat_ws('|', table_name, array_length(grain, 1), "
                                     "rebuilds), ' ' order by table_name) from tokenflex_etl.target"),
                        expected);
}

static void the_catalogue_tells_a_successor_from_its_table(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    load_successor(pg);
    expect_catalogue(pg, "daily|2 daily__rebuild|3|daily");
}

static void a_swap_puts_the_successor_in_place(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    must_swap(pg, load_successor(pg));
    assert_string_equal(db_value(pg, "select string_agg(user_name, ' ' order by 1) from tokenflex.daily"),
                        "ann bob");
    assert_string_equal(db_value(pg, "select count(*) from pg_class where relname like 'daily\\_\\_re%'"),
                        "0");
    expect_catalogue(pg, "daily|3");
}

/* The COMMIT was heard, and its answer was not. */
static void a_swap_that_has_happened_is_done(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    int64_t run_id = load_successor(pg);
    must_swap(pg, run_id);
    must_swap(pg, run_id);
    expect_catalogue(pg, "daily|3");
}

static void a_swap_wants_the_rows_of_every_run(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    struct err err = {0};
    uint64_t rows;
    char run_ids[64];
    int64_t first = load_successor(pg);
    db_exec(pg, "drop table tokenflex.daily__rebuild");
    int64_t second = load_successor(pg);
    snprintf(run_ids, sizeof run_ids, "%lld\n%lld", (long long)first, (long long)second);
    must_fail(rebuild_swap(&of_daily, run_ids, pg, &rows, &err), &err, ERR_LATER,
              "tokenflex.daily__rebuild was dropped or renamed");
    expect_catalogue(pg, "daily|2 daily__rebuild|3|daily");
}

static void a_swap_without_the_old_table_is_no_bug(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    struct err err = {0};
    uint64_t rows;
    int64_t run_id = load_successor(pg);
    db_exec(pg, "drop table tokenflex.daily");
    must_fail(rebuild_swap(&of_daily, number_text(run_id), pg, &rows, &err), &err, ERR_LATER,
              "tokenflex.daily was dropped or renamed");
}

/* Before the catalogue remembered what the tool wrote, its comment is known by its words. */
static void comments_of_the_tool_are_known_in_old_tables_too(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    db_exec(pg, "update tokenflex_etl.target set comments = null; "
                "comment on column tokenflex.daily.product_name is 'mine'");
    must_swap(pg, load_successor(pg));
    assert_non_null(strstr(db_value(pg, "select obj_description('tokenflex.daily'::regclass)"),
                           "usage_date, product_name, user_name; _row_key"));
    assert_string_equal(db_value(pg, "select col_description('tokenflex.daily'::regclass, 3)"), "mine");
}

/* A column of the same name may have come from another field. */
static void a_comment_that_the_tool_wrote_is_not_carried_over_to_another_field(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    db_exec(pg, "alter table tokenflex.daily add user_name text; "
                "comment on column tokenflex.daily.user_name is 'customField1'; "
                "update tokenflex_etl.target set comments = comments || '{\"user_name\":\"customField1\"}'");
    must_swap(pg, load_successor(pg));
    assert_string_equal(db_value(pg, "select left(col_description('tokenflex.daily'::regclass, 4), 8)"),
                        "userName");
}

static void giving_up_drops_the_successor_and_fails_its_runs(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    struct err err = {0};
    load_successor(pg);
    must(rebuild_abandon(&of_daily, "", "no view fits", pg, &err), &err);
    expect_catalogue(pg, "daily|2");
    assert_string_equal(db_value(pg, "select concat_ws('|', status, rows_read, rows_inserted, error) "
                                     "from tokenflex_etl.run"),
                        "failed|3|0|no view fits");
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "2");
}

static void giving_up_leaves_alone_what_the_catalogue_does_not_know(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    struct err err = {0};
    db_exec(pg, "create table tokenflex.daily__rebuild (mine text)");
    must(rebuild_abandon(&of_daily, "", "no", pg, &err), &err);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily__rebuild"), "0");
}

static void a_successor_that_nobody_is_at_is_swept_away(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    struct err err = {0};
    load_successor(pg);
    must(rebuild_drop_abandoned(pg, &err), &err);
    expect_catalogue(pg, "daily|2");
}

static void a_successor_that_somebody_is_at_is_not(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    SCOPED(pg) struct pg *other = db_connect();
    struct err err = {0};
    load_successor(pg);
    must(lock_take(other, "tokenflex", "daily", NULL, &err), &err);
    must(rebuild_drop_abandoned(pg, &err), &err);
    expect_catalogue(pg, "daily|2 daily__rebuild|3|daily");
}

/* It belongs to another role, say: that is no reason to load nothing tonight. */
static void a_successor_that_cannot_be_dropped_is_left(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = with_old_table();
    struct err err = {0};
    load_successor(pg);
    db_exec(pg, "create view tokenflex.peek as select user_name from tokenflex.daily__rebuild");
    must(rebuild_drop_abandoned(pg, &err), &err);
    expect_catalogue(pg, "daily|2 daily__rebuild|3|daily");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalogue_tells_a_successor_from_its_table),
        cmocka_unit_test(a_swap_puts_the_successor_in_place),
        cmocka_unit_test(a_swap_that_has_happened_is_done),
        cmocka_unit_test(a_swap_wants_the_rows_of_every_run),
        cmocka_unit_test(a_swap_without_the_old_table_is_no_bug),
        cmocka_unit_test(comments_of_the_tool_are_known_in_old_tables_too),
        cmocka_unit_test(a_comment_that_the_tool_wrote_is_not_carried_over_to_another_field),
        cmocka_unit_test(giving_up_drops_the_successor_and_fails_its_runs),
        cmocka_unit_test(giving_up_leaves_alone_what_the_catalogue_does_not_know),
        cmocka_unit_test(a_successor_that_nobody_is_at_is_swept_away),
        cmocka_unit_test(a_successor_that_somebody_is_at_is_not),
        cmocka_unit_test(a_successor_that_cannot_be_dropped_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
