/* run/schedule: which chunks there are to do, and which of them may begin. */
#include "run/schedule.h"
#include "unit/load/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A service that lists two contracts, of which one is active; how often it was asked. */
static unsigned asked;

static bool list_two(void *context, struct arena *arena, struct contracts *contracts, uint64_t *requests,
                     struct err *err)
{
    static struct contract two[] = {{.number = "11", .is_active = true}, {.number = "22"}};
    (void)context;
    (void)arena;
    (void)err;
    asked++;
    *requests = 1;
    *contracts = (struct contracts){two, 2};
    return true;
}

static bool refuse_to_list(void *context, struct arena *arena, struct contracts *contracts,
                           uint64_t *requests, struct err *err)
{
    (void)context;
    (void)arena;
    (void)contracts;
    asked++;
    *requests = 3;
    return err_set(err, ERR_UNAVAILABLE, "no answer");
}

static void make(const struct job *const *jobs, size_t count, const struct contract_lister *source,
                 struct arena *arena, struct schedule *schedule)
{
    struct schedule_options options = {.jobs = jobs, .job_count = count, .today = 20779}; /* 2026-11-22 */
    asked = 0;
    schedule_make(&options, source, arena, schedule);
}

static const struct contract_lister listing = {list_two, NULL};

/* job_daily over two months, of contracts that it lists. */
static struct job two_months(void)
{
    static const char *numbers[] = {"11", "22"};
    struct job job = job_daily;
    job.contract_numbers = (struct text_list){numbers, 2};
    job.window.last = 2;
    job.window.unit = JOB_MONTHS;
    job.window.until_today = true;
    job.window.chunk = JOB_CHUNK_MONTH;
    return job;
}

static void each_contract_of_a_job_is_a_work_unit_of_its_chunks(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = two_months();
    const struct job *const jobs[] = {&job};
    struct schedule schedule;
    make(jobs, 1, &listing, arena, &schedule);
    assert_int_equal(schedule.unit_count, 2);
    assert_int_equal(schedule.item_count, 6);
    assert_string_equal(schedule.units[1].contract, "22");
    assert_int_equal(schedule.units[1].count, 3);
    assert_ptr_equal(schedule.units[1].items, &schedule.items[3]);
    assert_int_equal(schedule.units[1].items[0].chunk.window.from, 20718); /* 2026-09-22 */
    assert_int_equal(schedule.units[1].items[2].chunk.window.to, 20779);
    assert_int_equal(asked, 0);
}

static void days_to_load_again_take_the_place_of_the_window(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = two_months();
    struct job total = job_total;
    total.contract_numbers = job.contract_numbers;
    const struct job *const jobs[] = {&job, &total};
    struct window days[] = {{true, 20666, 20697}, {true, 20727, 20788}}; /* August; October and November */
    struct windows reload[] = {{days, 2}, {days, 1}};
    struct schedule_options options = {.jobs = jobs, .job_count = 2, .today = 20779, .reload = reload};
    struct schedule schedule;
    schedule_make(&options, &listing, arena, &schedule);
    assert_int_equal(schedule.units[0].count, 3);
    assert_int_equal(schedule.units[0].items[0].chunk.window.from, 20666);
    assert_int_equal(schedule.units[0].items[1].chunk.window.from, 20727);
    assert_int_equal(schedule.units[0].items[1].chunk.window.to, 20758);
    assert_int_equal(schedule.units[0].items[2].chunk.window.to, 20788);
    assert_int_equal(schedule.units[0].items[2].chunk.count, 3);
    /* A job without a window has nothing else to load. */
    assert_int_equal(schedule.units[2].refused.kind, ERR_NONE);
    assert_false(schedule.units[2].items[0].chunk.window.bounded);
}

/* Chunks of contract 22 were skipped from 2026-09-03 on. */
static bool begin_earlier_for_one(void *context, const struct job *job, const char *contract,
                                  date_t *first_day)
{
    (void)context;
    (void)job;
    *first_day = 20699;
    return strcmp(contract, "22") == 0;
}

static void a_window_begins_where_the_first_chunk_was_skipped(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    static const char *fields[] = {"usageDate"};
    struct job job = two_months();
    job.query.fields = (struct text_list){fields, 1};
    job.window.field = "usageDate";
    const struct job *const jobs[] = {&job};
    struct window_begin begin = {begin_earlier_for_one, NULL};
    struct schedule_options options = {.jobs = jobs, .job_count = 1, .today = 20779, .begin = &begin};
    struct schedule schedule;
    schedule_make(&options, &listing, arena, &schedule);
    assert_int_equal(schedule.units[0].items[0].chunk.window.from, 20718);
    assert_int_equal(schedule.units[1].items[0].chunk.window.from, 20699);
    assert_int_equal(schedule.units[1].items[0].chunk.window.to, 20727);
    assert_int_equal(schedule.units[1].items[2].chunk.window.to, 20779);
    options.window = (struct window_override){true, 20718, 20779};
    schedule_make(&options, &listing, arena, &schedule);
    assert_int_equal(schedule.units[1].items[0].chunk.window.from, 20718);
}

static void rows_without_a_date_keep_their_window(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    static const char *fields[] = {"productName"};
    struct job job = two_months();
    job.query.fields = (struct text_list){fields, 1};
    job.window.field = "usageMonth";
    const struct job *const jobs[] = {&job};
    struct window_begin begin = {begin_earlier_for_one, NULL};
    struct schedule_options options = {.jobs = jobs, .job_count = 1, .today = 20779, .begin = &begin};
    struct schedule schedule;
    schedule_make(&options, &listing, arena, &schedule);
    assert_int_equal(schedule.units[1].items[0].chunk.window.from, 20727);
}

static void contracts_are_asked_for_once_and_counted_to_the_first_chunk(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job all = job_total;
    struct job active = job_total;
    all.contracts = JOB_CONTRACTS_ALL;
    active.contracts = JOB_CONTRACTS_ACTIVE;
    const struct job *const jobs[] = {&all, &active};
    struct schedule schedule;
    make(jobs, 2, &listing, arena, &schedule);
    assert_int_equal(asked, 1);
    assert_int_equal(schedule.unit_count, 3);
    assert_string_equal(schedule.units[2].contract, "11");
    assert_int_equal(schedule.items[0].chunk.requests_before, 1);
    assert_int_equal(schedule.items[1].chunk.requests_before, 0);
    assert_int_equal(schedule.items[2].chunk.requests_before, 0);
}

static void a_job_whose_contracts_are_not_known_is_refused_and_others_are_not(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job all = job_total;
    struct job job = two_months();
    all.contracts = JOB_CONTRACTS_ALL;
    const struct job *const jobs[] = {&all, &job};
    struct contract_lister source = {refuse_to_list, NULL};
    struct schedule schedule;
    make(jobs, 2, &source, arena, &schedule);
    assert_int_equal(schedule.unit_count, 3);
    assert_int_equal(schedule.units[0].refused.kind, ERR_UNAVAILABLE);
    assert_string_equal(schedule.units[0].contract, "all");
    assert_int_equal(schedule.units[0].items[0].chunk.requests_before, 3);
    assert_int_equal(schedule.units[1].refused.kind, ERR_NONE);
}

/* The service does not answer; two contracts were listed before. */
static bool remember_two(void *context, struct arena *arena, struct contracts *contracts, uint64_t *requests,
                         struct err *err)
{
    return list_two(context, arena, contracts, requests, err) && err_set(err, ERR_UNAVAILABLE, "no answer");
}

static void each_contract_that_was_listed_last_is_refused(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job all = two_months();
    struct job active = two_months();
    all.contracts = JOB_CONTRACTS_ALL;
    active.contracts = JOB_CONTRACTS_ACTIVE;
    all.contract_numbers.count = active.contract_numbers.count = 0;
    const struct job *const jobs[] = {&all, &active};
    struct contract_lister source = {remember_two, NULL};
    struct schedule schedule;
    make(jobs, 2, &source, arena, &schedule);
    assert_int_equal(schedule.unit_count, 3);
    for (size_t i = 0; i < schedule.unit_count; i++) {
        assert_int_equal(schedule.units[i].refused.kind, ERR_UNAVAILABLE);
        assert_string_equal(schedule.units[i].contract, i == 1 ? "22" : "11");
    }
}

static void a_job_without_an_active_contract_says_so(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct job job = two_months();
    job.window.last = 0;
    const struct job *const jobs[] = {&job};
    struct schedule schedule;
    make(jobs, 1, &listing, arena, &schedule);
    assert_int_equal(schedule.unit_count, 1);
    assert_int_equal(schedule.units[0].refused.kind, ERR_CONFIG);
}

/* Work units of table and contract, as text: which one comes next; "wait" and "end" where none does. */
struct unit_row {
    const char *table;
    const char *contract;
    char state; /* w, r, o */
};

static void expect_next(const struct unit_row *rows, size_t count, const char *expected)
{
    struct job jobs[8] = {0};
    struct work_unit units[8] = {0};
    struct schedule schedule = {.units = units, .unit_count = count};
    char text[16] = "end";
    for (size_t i = 0; i < count; i++) {
        jobs[i].target.table = rows[i].table;
        units[i].job = &jobs[i];
        units[i].contract = rows[i].contract;
        units[i].state = rows[i].state == 'w'   ? UNIT_WAITING
                         : rows[i].state == 'r' ? UNIT_RUNNING
                                                : UNIT_OVER;
    }
    struct work_unit *next = NULL;
    if (schedule_next(&schedule, &next))
        snprintf(text, sizeof text, "wait");
    if (next)
        snprintf(text, sizeof text, "%zu", (size_t)(next - units));
    assert_string_equal(text, expected);
}
#define EXPECT_NEXT(expected, ...)                                                                           \
    expect_next((const struct unit_row[]){__VA_ARGS__},                                                      \
                sizeof((const struct unit_row[]){__VA_ARGS__}) / sizeof(struct unit_row), expected)

static void the_first_work_unit_that_waits_begins(void **state)
{
    (void)state;
    EXPECT_NEXT("0", {"a", "1", 'w'}, {"b", "1", 'w'});
    EXPECT_NEXT("1", {"a", "1", 'r'}, {"b", "1", 'w'});
    EXPECT_NEXT("1", {"a", "1", 'o'}, {"b", "1", 'w'});
}

static void a_table_is_loaded_once_at_a_time_for_a_contract(void **state)
{
    (void)state;
    EXPECT_NEXT("wait", {"a", "1", 'r'}, {"a", "1", 'w'});
    EXPECT_NEXT("1", {"a", "1", 'r'}, {"a", "2", 'w'});
    EXPECT_NEXT("1", {"a", "1", 'o'}, {"a", "1", 'w'});
}

static void one_that_has_to_wait_lets_others_pass(void **state)
{
    (void)state;
    EXPECT_NEXT("2", {"a", "1", 'r'}, {"a", "1", 'w'}, {"b", "1", 'w'});
    EXPECT_NEXT("0", {"b", "1", 'w'}, {"a", "1", 'r'});
    EXPECT_NEXT("wait", {"a", "1", 'w'}, {"a", "1", 'r'});
}

static void when_nothing_waits_there_is_nothing_left(void **state)
{
    (void)state;
    EXPECT_NEXT("end", {"a", "1", 'r'}, {"a", "1", 'o'});
    EXPECT_NEXT("end", {"a", "1", 'o'});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_contract_of_a_job_is_a_work_unit_of_its_chunks),
        cmocka_unit_test(days_to_load_again_take_the_place_of_the_window),
        cmocka_unit_test(a_window_begins_where_the_first_chunk_was_skipped),
        cmocka_unit_test(rows_without_a_date_keep_their_window),
        cmocka_unit_test(contracts_are_asked_for_once_and_counted_to_the_first_chunk),
        cmocka_unit_test(a_job_whose_contracts_are_not_known_is_refused_and_others_are_not),
        cmocka_unit_test(each_contract_that_was_listed_last_is_refused),
        cmocka_unit_test(a_job_without_an_active_contract_says_so),
        cmocka_unit_test(the_first_work_unit_that_waits_begins),
        cmocka_unit_test(a_table_is_loaded_once_at_a_time_for_a_contract),
        cmocka_unit_test(one_that_has_to_wait_lets_others_pass),
        cmocka_unit_test(when_nothing_waits_there_is_nothing_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
