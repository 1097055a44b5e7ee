/* load/same_rows: checksums of the stage and of the table's scope. */
#include "db/load/loading.h"
#include "load/same_rows.h"

#define NOVEMBER                                                                                             \
    {                                                                                                        \
        true, 20758, 20788                                                                                   \
    } /* 2026-11-01 until 2026-12-01 */

static const char rows[] = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3],"
                           "[\"2026-11-01\",\"Revit\",\"ben\",12.5,1],"
                           "[\"2026-11-02\",\"Revit\",null,6,null],"
                           "[\"2026-11-03\",null,\"Revit\",null,6]]";

static struct loading daily(const char *json)
{
    return (struct loading){.job = &job_daily, .window = NOVEMBER, .rows = json, .run_id = 1};
}

/* Writes the row of a run that has left the figures of `rows`. */
static void record_run(struct pg *pg, const char *changes)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    db_exec(pg, "truncate tokenflex_etl.run");
    db_exec(
        pg,
        "insert into tokenflex_etl.run (job, contract_number, window_start, window_end, source, host, pid, "
        "status, target_id, figures) select 'daily', '" CONTRACT "', '2026-11-01', '2026-12-01', "
        "'query', 'h', 1, 'succeeded', target_id, array['rows 4', 'use_count 10 3', "
        "'tokens_consumed 78.5 3', 'weighted ' || (select trim_scale(sum((get_byte(uuid_send(_row_key), 0) "
        "* 65536 + get_byte(uuid_send(_row_key), 1) * 256 + get_byte(uuid_send(_row_key), 2)) * (1::numeric "
        "+ coalesce(tokens_consumed, 0) + coalesce(use_count, 0)))) from tokenflex.daily)] "
        "from tokenflex_etl.target where table_name = 'daily'");
    buf_print(&sql, "update tokenflex_etl.run set %s", changes);
    db_exec(pg, buf_text(&sql));
}

/* Stages the rows of JSON and compares them with the table. */
static bool are_same(struct pg *pg, const char *json)
{
    bool same;
    struct err err = {0};
    struct target target;
    struct window_days days;
    struct loading loading = daily(json);
    SCOPED(arena) struct arena *arena = arena_make();
    must(derive_and_inspect(pg, &loading, arena, &target, &err), &err);
    SCOPED(stage)
    struct stage *stage = stage_make(pg, &target, CONTRACT, &loading.window, STAGE_IN_TABLE, &err);
    must(stage != NULL, &err);
    stage_begin_part(stage, &loading.window);
    must(stage_page(stage, json, arena, &err), &err);
    window_put_days(&loading.window, &days);
    struct load_scope scope = {
        .target = &target, .contract = CONTRACT, .days = &days, .stage = stage_name(stage)};
    must(same_rows_find(&scope, proof_figures(stage_proof(stage)), "7", pg, &same, &err), &err);
    return same;
}

static struct pg *loaded(void)
{
    struct pg *pg = db_fresh();
    struct loading loading = daily(rows);
    load(pg, &loading);
    record_run(pg, "job = job");
    return pg;
}

static void the_same_rows_are_found(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = loaded();
    assert_true(are_same(pg, rows));
    /* In another order, and with numbers that are written in another way. */
    assert_true(
        are_same(pg, "[[\"2026-11-03\",null,\"Revit\",null,6.0],[\"2026-11-02\",\"Revit\",null,6.00,null],"
                     "[\"2026-11-01\",\"AutoCAD\",\"ann\",60,3],"
                     "[\"2026-11-01\",\"Revit\",\"ben\",12.50,1]]"));
    /* Rows outside of the scope do not count. */
    db_exec(
        pg,
        "insert into tokenflex.daily select contract_number, '2026-12-01', product_name, user_name, 1, 1, "
        "gen_random_uuid(), 1, now() from tokenflex.daily; "
        "insert into tokenflex.daily select '11000000002', usage_date, product_name, user_name, 1, 1, "
        "gen_random_uuid(), 1, now() from tokenflex.daily");
    assert_true(are_same(pg, rows));
}

/* Each leaves the figures of the table as they were, or does not matter to them. */
static void a_change_by_hand_is_seen(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "update tokenflex.daily set user_name = 'eve' where user_name = 'ann'",
        "update tokenflex.daily set user_name = null where user_name = 'ann'",
        "update tokenflex.daily set usage_date = '2026-11-02' where user_name = 'ann'",
        "update tokenflex.daily set usage_date = '2026-12-02' where user_name = 'ann'",
        "update tokenflex.daily set user_name = case user_name when 'ann' then 'ben' else 'ann' end "
        "where user_name in ('ann', 'ben')",
        "update tokenflex.daily set (product_name, user_name) = row(user_name, product_name) "
        "where user_name = 'ann'",
        "update tokenflex.daily set (product_name, user_name) = row(user_name, product_name) "
        "where 'Revit' in (product_name, user_name)",
        "update tokenflex.daily set (tokens_consumed, use_count) = row(use_count, tokens_consumed) "
        "where user_name = 'ann'",
        "update tokenflex.daily set tokens_consumed = 72.5 - tokens_consumed "
        "where user_name in ('ann', 'ben')",
        "update tokenflex.daily set use_count = 4 - use_count where user_name in ('ann', 'ben')",
        "update tokenflex.daily set _row_key = gen_random_uuid() where user_name = 'ann'",
        "update tokenflex.daily set contract_number = '11000000002' where user_name = 'ann'",
        "delete from tokenflex.daily where user_name = 'ann'",
        "insert into tokenflex.daily select contract_number, usage_date, product_name, user_name, null, "
        "null, "
        "gen_random_uuid(), 1, now() from tokenflex.daily where user_name = 'ann'",
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        SCOPED(pg) struct pg *pg = loaded();
        db_exec(pg, changes[i]);
        if (are_same(pg, rows))
            fail_msg("not seen: %s", changes[i]);
    }
}

/* The owner's collation takes `ann` for `ANN`: as in the comparison of each row, these are different texts.
 */
static void texts_are_compared_byte_by_byte(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = loaded();
    db_exec(pg, "create collation if not exists public.any_case (provider = icu, locale = 'und-u-ks-level2', "
                "deterministic = false); "
                "alter table tokenflex.daily alter user_name type text collate public.any_case");
    assert_true(are_same(pg, rows));
    db_exec(pg, "update tokenflex.daily set user_name = 'ANN' where user_name = 'ann'");
    assert_false(are_same(pg, rows));
}

static void other_figures_are_not_looked_at(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = loaded();
    assert_false(are_same(pg, "[[\"2026-11-01\",\"AutoCAD\",\"ann\",61.0,3]]"));
    static const char *const runs[] = {
        "status = 'failed'",
        "contract_number = '1'",
        "window_start = '2026-10-01'",
        "window_end = null",
        "target_id = null",
        "figures = null",
        "figures = figures[2:]",
        "figures = figures || array['more']",
        "figures = array_replace(figures, 'rows 4', 'rows 5')",
    };
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
        record_run(pg, runs[i]);
        if (are_same(pg, rows))
            fail_msg("looked at: %s", runs[i]);
    }
    record_run(pg, "job = job");
    assert_true(are_same(pg, rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_rows_are_found),
        cmocka_unit_test(a_change_by_hand_is_seen),
        cmocka_unit_test(texts_are_compared_byte_by_byte),
        cmocka_unit_test(other_figures_are_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
