#include "report/metrics/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define NOW_MS (INT64_C(20000) * DAY_MS)

static const char *const listed[] = {"1", "2"};
static struct job definitions[] = {
    {.name = "daily", .enabled = true, .contract_numbers = {(const char **)listed, 2}},
    {.name = "every", .enabled = true, .contracts = JOB_CONTRACTS_ACTIVE},
    {.name = "off", .enabled = false, .contracts = JOB_CONTRACTS_ALL},
};
static const struct jobs defined = {definitions, COUNT_OF(definitions)};

static struct metrics_job measured(const char *job, const char *contract, int64_t days_ago)
{
    return (struct metrics_job){
        .measure = {.job = job, .contract = contract, .ended_ms = NOW_MS - days_ago * DAY_MS},
        .is_measured = true,
        .exit_code = METRICS_CODE_UNKNOWN};
}

static struct metrics_job coded(const char *job, const char *contract, int64_t exit_code)
{
    return (struct metrics_job){.measure = {.job = job, .contract = contract}, .exit_code = exit_code};
}

/* "job contract code" of each, a line each. */
static void assert_jobs(const struct metrics *metrics, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < metrics->job_count; i++)
        buf_print(&out, "%s %s %d\n", metrics->jobs[i].measure.job, metrics->jobs[i].measure.contract,
                  (int)metrics->jobs[i].exit_code);
    assert_string_equal(buf_text(&out), expected);
}

static void jobs_that_are_gone_are_dropped_after_35_days(void **state)
{
    (void)state;
    struct metrics_job jobs[] = {
        measured("removed", "1", 34), measured("removed", "2", 35), measured("off", "1", 34),
        measured("off", "2", 36),     measured("daily", "3", 34),   measured("daily", "4", 36),
        coded("removed", "9", 69),    coded("daily", "5", 69),
    };
    struct metrics metrics = {.written_ms = NOW_MS, .jobs = jobs, .job_count = COUNT_OF(jobs)};
    metrics_tidy(&metrics, &defined);
    assert_jobs(&metrics, "daily 3 -1\noff 1 -1\nremoved 1 -1\n");
}

static void jobs_that_are_to_run_stay_however_long_ago_they_have(void **state)
{
    (void)state;
    struct metrics_job jobs[] = {
        measured("every", "7", 400),
        measured("daily", "2", 400),
        coded("every", "active", 77),
        coded("daily", "1", 75),
    };
    struct metrics metrics = {.written_ms = NOW_MS, .jobs = jobs, .job_count = COUNT_OF(jobs)};
    metrics_tidy(&metrics, &defined);
    assert_jobs(&metrics, "daily 1 75\ndaily 2 -1\nevery 7 -1\nevery active 77\n");
}

static struct run_item item(const struct job *job, const char *contract, enum chunk_status status,
                            enum err_kind kind)
{
    return (struct run_item){.chunk = {.job = job, .contract = contract},
                             .result = {.status = status, .err = {.kind = kind}}};
}

static void note(struct metrics *metrics, struct arena *arena, struct run_item *items, size_t count)
{
    struct run_outcome outcome = {.items = items, .count = count};
    struct run_ending ending = {.outcome = &outcome, .err = &(struct err){0}, .exit_code = 1};
    metrics_note_ending(metrics, arena, &ending);
}

static void each_contract_of_a_job_has_the_exit_code_of_its_chunks(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct metrics metrics = {0};
    const struct job *daily = &definitions[0];
    struct run_item items[] = {
        item(daily, "1", CHUNK_SKIPPED, ERR_NONE),   item(daily, "1", CHUNK_SUCCEEDED, ERR_NONE),
        item(daily, "2", CHUNK_SUCCEEDED, ERR_NONE), item(daily, "2", CHUNK_FAILED, ERR_DATA),
        item(daily, "2", CHUNK_NOT_BEGUN, ERR_NONE), item(daily, "3", CHUNK_FAILED, ERR_DATA),
        item(daily, "3", CHUNK_FAILED, ERR_DATA),    item(daily, "4", CHUNK_FAILED, ERR_DATA),
        item(daily, "4", CHUNK_FAILED, ERR_STOPPED), item(daily, "4", CHUNK_SUCCEEDED, ERR_NONE),
        item(daily, "5", CHUNK_NOT_BEGUN, ERR_NONE),
    };
    note(&metrics, arena, items, COUNT_OF(items));
    assert_jobs(&metrics, "daily 1 0\ndaily 2 65\ndaily 3 65\ndaily 4 1\n");
}

static struct metrics_job *copy(struct arena *arena, const struct metrics_job *jobs, size_t count)
{
    struct metrics_job *copied = arena_alloc(arena, count, sizeof *copied);
    memcpy(copied, jobs, count * sizeof *copied);
    return copied;
}

static void exit_codes_of_before_stay_for_jobs_that_were_not_taken_up(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct metrics_job before[] = {coded("daily", "1", 69), coded("every", "active", 77),
                                   coded("other", "1", 75), coded("off", "1", 65)};
    struct metrics metrics = {.jobs = copy(arena, before, COUNT_OF(before)), .job_count = COUNT_OF(before)};
    struct run_item items[] = {item(&definitions[0], "1", CHUNK_SUCCEEDED, ERR_NONE),
                               item(&definitions[1], "8", CHUNK_SUCCEEDED, ERR_NONE),
                               item(&definitions[2], "1", CHUNK_NOT_BEGUN, ERR_NONE)};
    note(&metrics, arena, items, COUNT_OF(items));
    assert_jobs(&metrics, "daily 1 0\nevery active -1\nother 1 75\noff 1 65\nevery 8 0\n");
}

static void a_run_that_could_not_begin_is_a_failure_of_each_job_it_was_for(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct metrics_job before[] = {coded("daily", "1", 0), measured("daily", "2", 1), coded("every", "7", 0)};
    struct metrics metrics = {.jobs = copy(arena, before, COUNT_OF(before)), .job_count = COUNT_OF(before)};
    const struct job *selected[] = {&definitions[0]};
    struct run_outcome outcome = {0};
    struct err err = {.kind = ERR_UNAVAILABLE};
    struct run_ending ending = {
        .outcome = &outcome, .err = &err, .exit_code = 69, .selected = selected, .selected_count = 1};
    metrics_note_ending(&metrics, arena, &ending);
    assert_jobs(&metrics, "daily 1 69\ndaily 2 69\nevery 7 0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_that_are_gone_are_dropped_after_35_days),
        cmocka_unit_test(jobs_that_are_to_run_stay_however_long_ago_they_have),
        cmocka_unit_test(each_contract_of_a_job_has_the_exit_code_of_its_chunks),
        cmocka_unit_test(exit_codes_of_before_stay_for_jobs_that_were_not_taken_up),
        cmocka_unit_test(a_run_that_could_not_begin_is_a_failure_of_each_job_it_was_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
