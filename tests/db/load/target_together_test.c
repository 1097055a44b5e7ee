/* load/target: jobs that start together and find the same table missing. */
#include "db/load/loading.h"

#include <pthread.h>

static const char one_row[] = "[[\"2026-11-01\",\"AutoCAD\",\"ann\",60.0,3]]";

/* Two contracts of one job, in two sessions, begin together and both find no table. */
static void two_loads_that_begin_together_make_one_table(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other_pg = db_connect();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target target;
    struct row_counts counts;
    struct loading loading = {.job = &job_daily, .rows = one_row, .run_id = 1};
    struct loading other = {.job = &job_daily, .contract = "11000000002", .rows = one_row, .run_id = 2};
    must(derive_and_inspect(other_pg, &other, arena, &target, &err), &err);
    SCOPED(stage)
    struct stage *stage = stage_make(other_pg, &target, other.contract, &other.window, STAGE_IN_TABLE, &err);
    must(stage != NULL, &err);
    must(stage_page(stage, one_row, arena, &err), &err);
    load(pg, &loading);
    must(load_in_transaction(other_pg, &other, &target, stage, &counts, &err), &err);
    expect_counts(counts, 1, 0, 0);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "2");
}

/* The same, where the types were read off different rows: the table's bigint would round what the second one
 * brings, and PostgreSQL would not say a word. */
static void a_table_made_meanwhile_with_a_narrower_type_is_widened(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other_pg = db_connect();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target target;
    struct row_counts counts;
    struct job job = {
        .name = "carbon", .query = {.metrics = NAMES("carbonSaved")}, .target = {.table = "carbon"}};
    struct loading inferred = {.job = &job, .contract = "11000000002", .rows = "[[60.5]]", .run_id = 2};
    must(derive_and_inspect(other_pg, &inferred, arena, &target, &err), &err);
    target.columns[0].type = COLUMN_NUMERIC; /* as the rows have it */
    target.columns[0].type_is_known = true;
    SCOPED(stage)
    struct stage *stage =
        stage_make(other_pg, &target, inferred.contract, &inferred.window, STAGE_IN_TABLE, &err);
    must(stage != NULL, &err);
    must(stage_page(stage, inferred.rows, arena, &err), &err);

    struct job whole_job = job;
    whole_job.target.types = (struct job_type[]){{"carbonSaved", COLUMN_INTEGER}};
    whole_job.target.type_count = 1;
    struct loading whole = {.job = &whole_job, .rows = "[[60]]", .run_id = 1};
    load(pg, &whole);

    must(load_in_transaction(other_pg, &inferred, &target, stage, &counts, &err), &err);
    assert_string_equal(db_value(pg, "select string_agg(carbon_saved::text, ' ' order by carbon_saved) "
                                     "from tokenflex.carbon"),
                        "60 60.5");
}

struct first_load {
    pthread_t thread;
    char contract[12];
    bool loaded;
    struct err err;
};

static void *load_first(void *context)
{
    struct first_load *first = context;
    struct row_counts counts;
    struct loading loading = {.job = &job_daily, .contract = first->contract, .rows = one_row, .run_id = 1};
    SCOPED(pg) struct pg *pg = db_connect();
    first->loaded = try_load(pg, &loading, &counts, &first->err);
    return NULL;
}

static void many_first_loads_at_once_all_succeed(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct first_load loads[6] = {0};
    for (size_t i = 0; i < COUNT_OF(loads); i++) {
        snprintf(loads[i].contract, sizeof loads[i].contract, "%zu", i);
        assert_int_equal(pthread_create(&loads[i].thread, NULL, load_first, &loads[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(loads); i++)
        pthread_join(loads[i].thread, NULL);
    for (size_t i = 0; i < COUNT_OF(loads); i++)
        must(loads[i].loaded, &loads[i].err);
    assert_string_equal(db_value(pg, "select count(*) from tokenflex.daily"), "6");
}

/* Of a table that is as it should be, neither keeps the other waiting until its transaction ends. */
static void two_contracts_are_loaded_at_the_same_time(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(pg) struct pg *other_pg = db_connect();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target target;
    struct row_counts counts;
    struct loading loading = {.job = &job_daily, .rows = one_row, .run_id = 1};
    struct loading other = {.job = &job_daily, .contract = "11000000002", .rows = one_row, .run_id = 2};
    load(pg, &loading);
    must(derive_and_inspect(pg, &loading, arena, &target, &err), &err);
    must(pg_begin(pg, &err) && target_apply(&target, pg, &err), &err);
    db_exec(other_pg, "set lock_timeout = '5min'");
    must(try_load(other_pg, &other, &counts, &err), &err);
    expect_counts(counts, 1, 0, 0);
    pg_rollback(pg);
}

/* A transaction that somebody forgot holds a lock on the table for ever. */
static void a_table_that_cannot_be_altered_is_not_waited_for_for_ever(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct err err = {0};
    struct target target;
    struct loading loading = {.job = &job_daily, .rows = one_row, .run_id = 1};
    must(derive_and_inspect(pg, &loading, arena, &target, &err), &err);
    must(pg_begin(pg, &err) && target_apply(&target, pg, &err), &err);
    assert_string_equal(db_value(pg, "show lock_timeout"), "1min");
    pg_rollback(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_loads_that_begin_together_make_one_table),
        cmocka_unit_test(a_table_made_meanwhile_with_a_narrower_type_is_widened),
        cmocka_unit_test(many_first_loads_at_once_all_succeed),
        cmocka_unit_test(two_contracts_are_loaded_at_the_same_time),
        cmocka_unit_test(a_table_that_cannot_be_altered_is_not_waited_for_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
