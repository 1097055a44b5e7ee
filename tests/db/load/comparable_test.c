/* load/comparable, load/max_change: which days are compared, and by how much sums may change. */
#include "db/load/loading.h"
#include "load/comparable.h"

static date_t november(int day)
{
    date_t date;
    assert_true(date_make(2026, 11, day, &date));
    return date;
}

/* Rows of the days from 11-01 on, each with so many tokens and rows. */
static const char *rows_of(int days, int rows_a_day, int tokens, struct arena *arena)
{
    SCOPED(buf) struct buf rows = buf_make(BUF_OWN_TEXT);
    buf_put(&rows, "[");
    for (int day = 1; day <= days; day++)
        for (int row = 0; row < rows_a_day; row++)
            buf_print(&rows, "%s[\"2026-11-%02d\",\"AutoCAD\",\"user%d\",%d,3]", rows.length > 1 ? "," : "",
                      day, row, tokens);
    buf_put(&rows, "]");
    return arena_copy_text(arena, buf_text(&rows));
}

struct night {
    int days; /* the window, where the job has one, is 11-01 to the day after these */
    int rows_a_day;
    int tokens;
    date_t today;
};

static bool try_night(struct pg *pg, const struct job *job, const struct night *night, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct row_counts counts;
    struct loading loading = {
        .job = job,
        .window = {job->window.present, november(1), november(night->days + 1)},
        .rows = rows_of(night->days, night->rows_a_day, night->tokens, arena),
        .run_id = 1,
        .today = night->today,
    };
    return try_load(pg, &loading, &counts, err);
}

static void pass(struct pg *pg, const struct job *job, struct night night)
{
    struct err err = {0};
    must(try_night(pg, job, &night, &err), &err);
}

static void refuse(struct pg *pg, const struct job *job, struct night night, const char *words)
{
    struct err err = {0};
    must_fail(try_night(pg, job, &night, &err), &err, ERR_DATA, words);
}

static struct job job_of(double max_vanished, double max_change)
{
    static struct job_max_change changes[1];
    struct job job = job_daily;
    changes[0] = (struct job_max_change){"tokensConsumed", max_change};
    job.checks = (struct job_checks){.max_vanished_percent = max_vanished};
    if (max_change >= 0) {
        job.checks.max_changes = changes;
        job.checks.max_change_count = 1;
    }
    return job;
}

static void a_day_that_was_not_over_is_not_compared(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of(10, 10);
    /* 11-03 is still going on: two of its rows, which are later attributed otherwise, and more tokens. */
    pass(pg, &job, (struct night){3, 30, 5, november(3)});
    assert_string_equal(db_value(pg, "select covered from tokenflex_etl.target_filter"),
                        "{[2026-11-01,2026-11-03)}");
    db_exec(pg, "update tokenflex.daily set user_name = 'gone' || user_name, tokens_consumed = 900, "
                "_row_key = gen_random_uuid() where usage_date = '2026-11-03'");
    pass(pg, &job, (struct night){3, 30, 5, november(4)});
    assert_string_equal(db_value(pg, "select covered from tokenflex_etl.target_filter"),
                        "{[2026-11-01,2026-11-04)}");
}

static void a_share_of_the_days_that_were_over_may_vanish(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of(20, -1);
    pass(pg, &job, (struct night){2, 30, 5, november(3)});
    refuse(pg, &job, (struct night){2, 20, 5, november(3)}, "of the 60 rows");
    /* Rows of days that are new are no substitute for those that have vanished. */
    refuse(pg, &job, (struct night){6, 20, 5, november(7)},
           "20 are no longer in the answer, and 0 are new in it");
    pass(pg, &job, (struct night){6, 24, 5, november(7)});
}

static void a_sum_may_change_by_its_percentage_either_way(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of(100, 30);
    pass(pg, &job, (struct night){2, 5, 100, november(3)});
    pass(pg, &job, (struct night){2, 5, 130, november(3)});
    pass(pg, &job, (struct night){2, 5, 91, november(3)});
    refuse(pg, &job, (struct night){2, 5, 119, november(3)},
           "the sum of tokensConsumed changes from 910 to 1190, more than the 30% of checks.max_change");
    refuse(pg, &job, (struct night){2, 5, 63, november(3)}, "from 910 to 630");
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"), "910");
}

static void a_new_day_changes_no_sum(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of(100, 0);
    pass(pg, &job, (struct night){2, 5, 100, november(3)});
    pass(pg, &job, (struct night){9, 5, 100, november(10)});
    refuse(pg, &job, (struct night){9, 5, 101, november(10)}, "from 4500 to 4545, more than the 0%");
}

static void a_new_day_changes_no_sum_of_a_job_without_a_window(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of(20, 0);
    job.window = (struct job_window){0};
    pass(pg, &job, (struct night){2, 30, 100, november(3)});
    assert_string_equal(db_value(pg, "select covered from tokenflex_etl.target_filter"), "{(,2026-11-03)}");
    pass(pg, &job, (struct night){9, 30, 100, november(10)});
    refuse(pg, &job, (struct night){12, 30, 101, november(13)}, "from 27000 to 27270, more than the 0%");
    refuse(pg, &job, (struct night){12, 20, 150, november(13)}, "of the 270 rows");
}

static void a_sum_of_nothing_may_stay_nothing_only(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct job job = job_of(100, 50);
    pass(pg, &job, (struct night){1, 5, 0, november(3)});
    pass(pg, &job, (struct night){1, 5, 0, november(3)});
    refuse(pg, &job, (struct night){1, 5, 1, november(3)}, "from 0 to 5");
}

static void what_is_accepted_is_loaded_and_told(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = job_of(10, 10);
    pass(pg, &job, (struct night){1, 30, 5, november(3)});
    struct loading loading = {.job = &job,
                              .window = {true, november(1), november(2)},
                              .rows = rows_of(1, 10, 50, arena),
                              .run_id = 2,
                              .accept = true};
    assert_int_equal(load(pg, &loading).deleted, 20);
    assert_string_equal(db_value(pg, "select sum(tokens_consumed) from tokenflex.daily"), "500");
}

static void a_month_that_was_not_over_is_not_compared(void **state)
{
    (void)state;
    SCOPED(pg) struct pg *pg = db_fresh();
    struct target_name name = {"tokenflex", "daily"};
    struct err err = {0};
    struct job job = job_of(100, -1);
    struct window window = {true, november(1), november(30) + 1};
    struct load_scope scope = {0};
    struct target target = {.job = &job, .schema = name.schema, .table = name.table};
    struct comparable_load monthly = {&scope, &window, november(28)};
    scope.target = &target;
    scope.contract = CONTRACT;
    pass(pg, &job, (struct night){1, 1, 1, november(1)});
    assert_string_equal(db_value(pg, "select covered from tokenflex_etl.target_filter"), "{}");
    job.window.field = "usageMonth";
    must(comparable_remember(&monthly, pg, &err), &err);
    assert_string_equal(db_value(pg, "select covered from tokenflex_etl.target_filter"), "{}");
    monthly.today = november(30) + 1;
    must(comparable_remember(&monthly, pg, &err), &err);
    assert_string_equal(db_value(pg, "select covered from tokenflex_etl.target_filter"),
                        "{[2026-11-01,2026-12-01)}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_that_was_not_over_is_not_compared),
        cmocka_unit_test(a_share_of_the_days_that_were_over_may_vanish),
        cmocka_unit_test(a_sum_may_change_by_its_percentage_either_way),
        cmocka_unit_test(a_new_day_changes_no_sum),
        cmocka_unit_test(a_new_day_changes_no_sum_of_a_job_without_a_window),
        cmocka_unit_test(a_sum_of_nothing_may_stay_nothing_only),
        cmocka_unit_test(what_is_accepted_is_loaded_and_told),
        cmocka_unit_test(a_month_that_was_not_over_is_not_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
