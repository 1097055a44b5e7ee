/* load/merge: another session changes rows of the scope between a load's comparison and its COMMIT. */
#include "db/load/loading.h"

#include <pthread.h>

static const struct window november = {true, 20758, 20788};

#define BEFORE                                                                                               \
    "[[\"2026-11-01\",\"AutoCAD\",\"ann\",1,1],[\"2026-11-02\",\"Revit\",\"bob\",2,2],"                      \
    "[\"2026-11-03\",\"Revit\",\"eve\",5,5]]"

/* ann has changed, bob has not, cid is new; eve is as before, or has vanished. */
#define AFTER                                                                                                \
    "[[\"2026-11-01\",\"AutoCAD\",\"ann\",10,1],[\"2026-11-02\",\"Revit\",\"bob\",2,2],"                     \
    "[\"2026-11-03\",\"Revit\",\"eve\",5,5],[\"2026-11-04\",\"Revit\",\"cid\",3,3]]"
#define AFTER_WITHOUT_EVE                                                                                    \
    "[[\"2026-11-01\",\"AutoCAD\",\"ann\",10,1],[\"2026-11-02\",\"Revit\",\"bob\",2,2],"                     \
    "[\"2026-11-04\",\"Revit\",\"cid\",3,3]]"

struct second_load {
    pthread_t thread;
    struct loading loading;
    struct row_counts counts;
    bool loaded;
    struct err err;
};

static void *load_in_thread(void *context)
{
    struct second_load *second = context;
    SCOPED(pg) struct pg *pg = db_connect();
    second->loaded = try_load(pg, &second->loading, &second->counts, &second->err);
    return NULL;
}

/* Loads `before`, then `after`; once the second load has compared, and is about to update, another session
 * runs sql. */
static struct second_load load_while(struct pg *pg, const struct job *job, const char *after, const char *sql)
{
    struct loading first = {.job = job, .window = november, .rows = BEFORE, .run_id = 1};
    struct second_load second = {
        .loading = {.job = job, .window = november, .rows = after, .run_id = 2},
    };
    load(pg, &first);
    db_exec(pg, "create function tokenflex.wait() returns trigger language plpgsql as "
                "$$ begin perform pg_advisory_xact_lock_shared(42); return null; end $$; "
                "create trigger wait before update on tokenflex.daily for each statement "
                "execute function tokenflex.wait(); "
                "select pg_advisory_lock(42)");
    assert_int_equal(pthread_create(&second.thread, NULL, load_in_thread, &second), 0);
    while (strcmp(db_value(pg, "select count(*) from pg_locks where locktype = 'advisory' and not granted"),
                  "1") != 0)
        continue;
    db_exec(pg, sql);
    db_exec(pg, "select pg_advisory_unlock(42)");
    pthread_join(second.thread, NULL);
    return second;
}

static void expect_another_try(struct pg *pg, const struct job *job, const char *after, const char *sql,
                               const char *table)
{
    struct second_load second = load_while(pg, job, after, sql);
    must_fail(second.loaded, &second.err, ERR_LATER,
              "were changed by another session while they were being loaded");
    assert_string_equal(second.err.sqlstate, "40001");
    assert_string_equal(db_value(pg, "select string_agg(user_name || ' ' || tokens_consumed, ', ' "
                                     "order by user_name, tokens_consumed) from tokenflex.daily"),
                        table);
}

#define INSERT_DAN                                                                                           \
    "insert into tokenflex.daily values ('11000000001', '2026-11-05', 'x', 'dan', 7, 7, gen_random_uuid(), " \
    "1, now())"

static void a_row_that_another_session_inserts_means_later(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    expect_another_try(pg, &job_daily, AFTER, INSERT_DAN, "ann 1, bob 2, dan 7, eve 5");
}

static void an_unchanged_row_that_another_session_updates_means_later(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    expect_another_try(pg, &job_daily, AFTER,
                       "update tokenflex.daily set tokens_consumed = 9 where user_name = 'bob'",
                       "ann 1, bob 9, eve 5");
}

static void an_unchanged_row_that_another_session_deletes_means_later(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    expect_another_try(pg, &job_daily, AFTER, "delete from tokenflex.daily where user_name = 'bob'",
                       "ann 1, eve 5");
}

static void a_changed_row_that_another_session_deletes_means_later(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    expect_another_try(pg, &job_daily, AFTER, "delete from tokenflex.daily where user_name = 'ann'",
                       "bob 2, eve 5");
}

static void a_kept_row_that_another_session_deletes_means_later(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_daily;
    job.target.vanished = JOB_VANISHED_KEEP;
    expect_another_try(pg, &job, AFTER_WITHOUT_EVE, "delete from tokenflex.daily where user_name = 'eve'",
                       "ann 1, bob 2");
}

/* The unique index refuses the row that the load inserts. */
static void a_new_row_that_another_session_inserts_first_means_later(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct loading cid = {.job = &job_daily,
                          .window = november,
                          .rows = "[[\"2026-11-04\",\"Revit\",\"cid\",3,3]]",
                          .run_id = 1};
    load(pg, &cid);
    db_exec(pg, "create table public.cid as select * from tokenflex.daily; delete from tokenflex.daily");
    expect_another_try(pg, &job_daily, AFTER, "insert into tokenflex.daily select * from public.cid",
                       "ann 1, bob 2, cid 3, eve 5");
}

static void rows_of_another_contract_may_change_meanwhile(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct second_load second =
        load_while(pg, &job_daily, AFTER,
                   "insert into tokenflex.daily values ('11000000002', '2026-11-05', 'x', 'dan', 7, 7, "
                   "gen_random_uuid(), 1, now())");
    must(second.loaded, &second.err);
    expect_counts(second.counts, 1, 1, 2);
}

/* What another session writes into a row that the load changes is overwritten. */
static void a_changed_row_that_another_session_updates_becomes_the_answer(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct second_load second = load_while(
        pg, &job_daily, AFTER, "update tokenflex.daily set tokens_consumed = 9 where user_name = 'ann'");
    must(second.loaded, &second.err);
    assert_string_equal(db_value(pg, "select tokens_consumed from tokenflex.daily where user_name = 'ann'"),
                        "10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_another_session_inserts_means_later),
        cmocka_unit_test(an_unchanged_row_that_another_session_updates_means_later),
        cmocka_unit_test(an_unchanged_row_that_another_session_deletes_means_later),
        cmocka_unit_test(a_changed_row_that_another_session_deletes_means_later),
        cmocka_unit_test(a_kept_row_that_another_session_deletes_means_later),
        cmocka_unit_test(a_new_row_that_another_session_inserts_first_means_later),
        cmocka_unit_test(rows_of_another_contract_may_change_meanwhile),
        cmocka_unit_test(a_changed_row_that_another_session_updates_becomes_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
