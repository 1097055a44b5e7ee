/* run/rebuild_coverage: whether a run loads all that a table holds. */
#include "run/rebuild_coverage.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define JAN 20454 /* 2026-01-01 */
#define FEB 20485
#define MAR 20513
#define APR 20544

/* The day of every run. */
#define TODAY APR

/* Its place in `defined`: rows without a date, of a window that moves with the day. */
#define WEEKLY 3
#define THIS_WEEK                                                                                            \
    {                                                                                                        \
        true, TODAY - 7, TODAY                                                                               \
    }

/* Jobs of the table `usage`, and one that loads another. */
static struct job defined[] = {
    {.name = "usage",
     .contract_numbers = NAMES("1"),
     .window = {.present = true, .field = "usageDate"},
     .target = {.table = "usage"}},
    {.name = "more",
     .contract_numbers = NAMES("2"),
     .window = {.present = true, .field = "usageDate"},
     .target = {.table = "usage"}},
    {.name = "elsewhere", .contract_numbers = NAMES("1"), .target = {.table = "other"}},
    {.name = "weekly",
     .contract_numbers = NAMES("9"),
     .window = {.present = true, .field = "usageDate", .last = 7, .unit = JOB_DAYS, .until_today = true},
     .target = {.table = "usage"}},
};
static const struct jobs jobs = {defined, COUNT_OF(defined)};

struct load {
    size_t job; /* its place in `defined` */
    const char *contract;
    struct window days;
};

/* Checks the loads of a run against what the table holds. */
static bool check(const struct load *loads, size_t count, const struct table_contents *contents,
                  struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct run_item items[4] = {0};
    struct work_unit units[4] = {0};
    for (size_t i = 0; i < count; i++) {
        const struct job *job = &defined[loads[i].job];
        items[i].chunk = (struct chunk){
            .job = job, .contract = loads[i].contract, .window = loads[i].days, .today = TODAY};
        window_plan_moving(job, TODAY, arena, &items[i].chunk.moving);
        units[i] =
            (struct work_unit){.job = job, .contract = loads[i].contract, .items = &items[i], .count = 1};
    }
    struct schedule schedule = {units, count, items, count};
    struct rebuild_coverage coverage = {&schedule, &jobs, "tokenflex", "usage"};
    return rebuild_coverage_check(&coverage, contents, err);
}

static struct table_contents holding(struct table_contents_part *shares, size_t count)
{
    return (struct table_contents){.items = shares, .count = count};
}

static void expect_complete(const struct load *loads, size_t count, struct table_contents_part share)
{
    struct err err = {0};
    struct table_contents contents = holding(&share, 1);
    if (!check(loads, count, &contents, &err))
        fail_msg("%s [%s]", err.text, err.hint);
}

static void expect_refused(const struct load *loads, size_t count, const struct table_contents *contents,
                           const char *words, const char *command)
{
    struct err err = {0};
    assert_false(check(loads, count, contents, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    if (!strstr(err.text, words) || !strstr(err.hint, command))
        fail_msg("%s [%s]", err.text, err.hint);
}

static void a_run_of_all_days_is_complete(void **state)
{
    (void)state;
    struct load quarter[] = {{0, "1", {true, JAN, APR}}};
    expect_complete(quarter, 1,
                    (struct table_contents_part){.contract = "1", .rows = 450, .days = {true, JAN, APR}});
    expect_complete(quarter, 1,
                    (struct table_contents_part){.contract = "1", .rows = 450, .days = {true, FEB, FEB + 1}});
}

static void chunks_and_jobs_that_touch_are_complete_in_any_order(void **state)
{
    (void)state;
    struct load months[] = {
        {0, "1", {true, MAR, APR}}, {0, "1", {true, JAN, FEB}}, {1, "1", {true, FEB, MAR}}};
    expect_complete(months, 3,
                    (struct table_contents_part){.contract = "1", .rows = 450, .days = {true, JAN, APR}});
}

static void a_job_without_a_window_loads_every_day(void **state)
{
    (void)state;
    struct load all[] = {{0, "1", {0}}};
    expect_complete(all, 1,
                    (struct table_contents_part){.contract = "1", .rows = 450, .days = {true, JAN, APR}});
}

static void rows_that_tell_no_days_need_their_contract_alone(void **state)
{
    (void)state;
    struct load quarter[] = {{0, "1", {true, JAN, APR}}};
    expect_complete(quarter, 1, (struct table_contents_part){.contract = "1", .rows = 450, .days = {0}});
}

static void days_before_behind_and_between_are_missed(void **state)
{
    (void)state;
    struct table_contents_part share = {.contract = "1", .rows = 450, .days = {true, JAN, APR}};
    struct table_contents contents = holding(&share, 1);
    const char *words =
        "450 rows of contract 1 of the days 2026-01-01..2026-04-01, more days than this run loads";
    const char *command = "tokenflex-etl run usage --rebuild --from 2026-01-01 --to 2026-04-01";
    struct load late[] = {{0, "1", {true, JAN + 1, APR}}};
    struct load early[] = {{0, "1", {true, JAN, APR - 1}}};
    struct load torn[] = {{0, "1", {true, JAN, FEB}}, {0, "1", {true, MAR, APR}}};
    expect_refused(late, 1, &contents, words, command);
    expect_refused(early, 1, &contents, words, command);
    expect_refused(torn, 2, &contents, words, command);
}

static void the_command_loads_what_the_run_would_have_loaded_too(void **state)
{
    (void)state;
    struct table_contents_part share = {.contract = "1", .rows = 450, .days = {true, JAN, MAR}};
    struct table_contents contents = holding(&share, 1);
    struct load later[] = {{0, "1", {true, FEB, APR}}};
    expect_refused(later, 1, &contents, "more days than this run loads", "--from 2026-01-01 --to 2026-04-01");
}

static void a_contract_of_another_job_names_that_job(void **state)
{
    (void)state;
    struct table_contents_part shares[] = {{.contract = "1", .rows = 450, .days = {true, JAN, APR}},
                                           {.contract = "2", .rows = 7, .days = {true, JAN, FEB}}};
    struct table_contents contents = holding(shares, 2);
    struct load quarter[] = {{0, "1", {true, JAN, APR}}};
    expect_refused(quarter, 1, &contents,
                   "7 rows of contract 2 of the days 2026-01-01..2026-02-01, which this run does not load",
                   "tokenflex-etl run usage more --rebuild --from 2026-01-01 --to 2026-04-01");
}

static void a_contract_of_no_job_has_to_be_given_one(void **state)
{
    (void)state;
    struct table_contents_part shares[] = {{.contract = "1", .rows = 450, .days = {true, JAN, APR}},
                                           {.contract = "3", .rows = 7, .days = {true, JAN, FEB}}};
    struct table_contents contents = holding(shares, 2);
    struct load quarter[] = {{0, "1", {true, JAN, APR}}};
    expect_refused(quarter, 1, &contents, "which no job loads", "add the contract to a job");
}

static void a_job_that_has_loaded_rows_has_to_run(void **state)
{
    (void)state;
    struct table_contents_part share = {.contract = "1", .rows = 450, .days = {true, JAN, APR}};
    struct table_contents contents = holding(&share, 1);
    struct load quarter[] = {{0, "1", {true, JAN, APR}}};
    contents.jobs = (struct text_list)NAMES("more", "usage");
    expect_refused(quarter, 1, &contents, "rows that the job more has loaded, which is not part of this run",
                   "tokenflex-etl run usage more --rebuild");
}

static void a_job_that_is_gone_or_loads_another_table_is_not_waited_for(void **state)
{
    (void)state;
    struct err err = {0};
    struct table_contents_part share = {.contract = "1", .rows = 450, .days = {true, JAN, APR}};
    struct table_contents contents = holding(&share, 1);
    struct load quarter[] = {{0, "1", {true, JAN, APR}}};
    contents.jobs = (struct text_list)NAMES("elsewhere", "renamed", "usage");
    assert_true(check(quarter, 1, &contents, &err));
}

static void a_command_for_a_job_without_a_window_names_no_days(void **state)
{
    (void)state;
    struct err err = {0};
    struct table_contents_part shares[] = {{.contract = "1", .rows = 450, .days = {true, JAN, APR}},
                                           {.contract = "2", .rows = 7, .days = {true, JAN, FEB}}};
    struct table_contents contents = holding(shares, 2);
    struct load quarter[] = {{0, "1", {true, JAN, APR}}};
    defined[1].window.present = false;
    assert_false(check(quarter, 1, &contents, &err));
    defined[1].window.present = true;
    assert_string_equal(err.hint, "tokenflex-etl run usage more --rebuild");
}

static void a_moving_window_that_the_runs_own_replaces_is_not_missed(void **state)
{
    (void)state;
    struct load week[] = {{WEEKLY, "9", THIS_WEEK}};
    struct table_contents_part last_night = {.contract = "9",
                                             .rows = 5,
                                             .days = {true, TODAY - 8, TODAY - 1},
                                             .is_moving = true,
                                             .as_of = TODAY - 1};
    expect_complete(week, 1, last_night);
}

static void a_window_that_is_not_replaced_is_missed(void **state)
{
    (void)state;
    struct load week[] = {{WEEKLY, "9", THIS_WEEK}};
    struct table_contents_part windows[] = {
        {.contract = "9", .rows = 5, .days = {true, TODAY - 8, TODAY - 1}},
        {.contract = "9",
         .rows = 6,
         .days = {true, TODAY - 20, TODAY - 10},
         .is_moving = true,
         .as_of = TODAY - 10},
    };
    for (size_t i = 0; i < COUNT_OF(windows); i++) {
        struct table_contents contents = holding(&windows[i], 1);
        expect_refused(week, 1, &contents, "more days than this run loads",
                       "delete their rows; then: tokenflex-etl run weekly --rebuild; then load them again");
    }
}

/* The run loads other days of the contract, and the moving window of another contract. */
static void a_window_of_another_contract_replaces_none(void **state)
{
    (void)state;
    struct load loads[] = {{WEEKLY, "9", {true, JAN, FEB}}, {WEEKLY, "8", THIS_WEEK}};
    struct table_contents_part last_night = {.contract = "9",
                                             .rows = 5,
                                             .days = {true, TODAY - 8, TODAY - 1},
                                             .is_moving = true,
                                             .as_of = TODAY - 1};
    struct table_contents contents = holding(&last_night, 1);
    expect_refused(loads, 2, &contents, "5 rows of contract 9 of the days 2026-03-24..2026-03-31",
                   "--rebuild");
}

static void a_table_of_all_snapshots_misses_each_window(void **state)
{
    (void)state;
    struct load week[] = {{WEEKLY, "9", THIS_WEEK}};
    struct table_contents_part last_night = {.contract = "9",
                                             .rows = 5,
                                             .days = {true, TODAY - 8, TODAY - 1},
                                             .is_moving = true,
                                             .as_of = TODAY - 1};
    struct table_contents contents = holding(&last_night, 1);
    defined[WEEKLY].target.snapshots = JOB_SNAPSHOTS_ALL;
    expect_refused(week, 1, &contents, "more days than this run loads",
                   "tokenflex-etl run weekly --rebuild --from 2026-03-24 --to 2026-04-01");
    defined[WEEKLY].target.snapshots = JOB_SNAPSHOTS_LATEST;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_of_all_days_is_complete),
        cmocka_unit_test(chunks_and_jobs_that_touch_are_complete_in_any_order),
        cmocka_unit_test(a_job_without_a_window_loads_every_day),
        cmocka_unit_test(rows_that_tell_no_days_need_their_contract_alone),
        cmocka_unit_test(days_before_behind_and_between_are_missed),
        cmocka_unit_test(the_command_loads_what_the_run_would_have_loaded_too),
        cmocka_unit_test(a_contract_of_another_job_names_that_job),
        cmocka_unit_test(a_contract_of_no_job_has_to_be_given_one),
        cmocka_unit_test(a_job_that_has_loaded_rows_has_to_run),
        cmocka_unit_test(a_job_that_is_gone_or_loads_another_table_is_not_waited_for),
        cmocka_unit_test(a_moving_window_that_the_runs_own_replaces_is_not_missed),
        cmocka_unit_test(a_window_that_is_not_replaced_is_missed),
        cmocka_unit_test(a_window_of_another_contract_replaces_none),
        cmocka_unit_test(a_table_of_all_snapshots_misses_each_window),
        cmocka_unit_test(a_command_for_a_job_without_a_window_names_no_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
