#include "report/metrics/metrics_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define HOUR_MS INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)
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
    return (struct metrics_job){.measure = {.job = job,
                                            .contract = contract,
                                            .ended_ms = NOW_MS - days_ago * DAY_MS,
                                            .exit_code = METRICS_CODE_UNKNOWN},
                                .is_measured = true};
}

static struct metrics_job coded(const char *job, const char *contract, int64_t exit_code)
{
    return (struct metrics_job){.measure = {.job = job, .contract = contract, .exit_code = exit_code}};
}

/* "job contract code" of each, a line each. */
static void assert_jobs(const struct metrics *metrics, const char *expected)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < metrics->job_count; i++)
        buf_print(&out, "%s %s %d\n", metrics->jobs[i].measure.job, metrics->jobs[i].measure.contract,
                  (int)metrics->jobs[i].measure.exit_code);
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
    metrics_drop_stale(&metrics, &defined);
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
    metrics_drop_stale(&metrics, &defined);
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
    struct run_end end = {.outcome = &outcome, .err = &(struct err){0}, .exit_code = 1};
    metrics_note_end(metrics, arena, &end);
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

static void exit_codes_of_jobs_that_were_not_taken_up_stay(void **state)
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
    struct run_end end = {
        .outcome = &outcome, .err = &err, .exit_code = 69, .selected = selected, .selected_count = 1};
    metrics_note_end(&metrics, arena, &end);
    assert_jobs(&metrics, "daily 1 69\ndaily 2 69\nevery 7 0\n");
}

/* A chunk of a night, one minute long, of ten rows: hours since the first night began. */
static struct run_row chunk(const char *night, int hours, size_t number, size_t count, enum run_status status)
{
    int64_t started_ms = NOW_MS + hours * HOUR_MS + (int64_t)number * MINUTE_MS;
    return (struct run_row){
        .invocation_id = night,
        .chunk = number,
        .chunks = count,
        .status = status,
        .runner_is_gone = true,
        .started_ms = started_ms,
        .finished_ms = status == RUN_RUNNING ? 0 : started_ms + MINUTE_MS,
        .rows_read = 10,
        .counts = {.inserted = 1, .updated = 2, .unchanged = 3, .deleted = 4},
        .requests = 5,
    };
}

/* Of rows, newest first. */
static bool measure(struct run_row *rows, size_t count, struct metrics_measure *measure)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct run_list_of_job history = {
        .job = "daily", .contract = "1", .rows = rows, .row_count = count, .is_whole = true};
    return metrics_measure(&history, arena, measure);
}

static void the_last_run_has_the_sums_of_its_chunks(void **state)
{
    (void)state;
    struct metrics_measure found;
    struct run_row rows[] = {chunk("b", 24, 2, 2, RUN_SUCCEEDED), chunk("b", 24, 1, 2, RUN_SUCCEEDED),
                             chunk("a", 0, 1, 1, RUN_SUCCEEDED)};
    assert_true(measure(rows, 3, &found));
    assert_string_equal(found.job, "daily");
    assert_string_equal(found.contract, "1");
    assert_int_equal(found.success_ms, NOW_MS + 24 * HOUR_MS + 3 * MINUTE_MS);
    assert_int_equal(found.failures, 0);
    assert_int_equal(found.ended_ms, NOW_MS + 24 * HOUR_MS + 3 * MINUTE_MS);
    assert_int_equal(found.elapsed_ms, 2 * MINUTE_MS);
    assert_int_equal(found.succeeded, 1);
    assert_int_equal(found.requests, 10);
    assert_int_equal(found.rows_read, 20);
    assert_int_equal(found.rows_inserted, 2);
    assert_int_equal(found.rows_updated, 4);
    assert_int_equal(found.rows_unchanged, 6);
    assert_int_equal(found.rows_deleted, 8);
    assert_int_equal(found.exit_code, 0);
}

static void a_failed_run_has_the_exit_code_of_its_failure(void **state)
{
    (void)state;
    struct metrics_measure found;
    struct run_row failed[] = {chunk("a", 0, 1, 1, RUN_FAILED)};
    static const struct {
        const char *kind;
        int code;
    } kinds[] = {{"data", 65},
                 {"try-later", 75},
                 {"stopped", 75},
                 {"died", METRICS_CODE_UNKNOWN},
                 {NULL, METRICS_CODE_UNKNOWN}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        failed[0].error_kind = kinds[i].kind;
        assert_true(measure(failed, 1, &found));
        assert_int_equal(found.exit_code, kinds[i].code);
    }
    struct run_row died[] = {chunk("a", 0, 1, 2, RUN_SUCCEEDED)};
    assert_true(measure(died, 1, &found));
    assert_int_equal(found.exit_code, METRICS_CODE_UNKNOWN);
}

static void the_file_of_the_run_stands_beside_the_other(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *run;
    } paths[] = {{"/a.b/etl.prom", "/a.b/etl_run.prom"},
                 {"etl.prom", "etl_run.prom"},
                 {"/a.b/etl", "/a.b/etl_run"},
                 {"./etl.x.prom", "./etl.x_run.prom"}};
    SCOPED(arena) struct arena *arena = arena_make();
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        assert_string_equal(metrics_run_path(paths[i].path, arena), paths[i].run);
}

/* Else a job whose first month is loaded every night and whose second never is would look well. */
static void a_run_that_did_not_load_every_chunk_is_no_success(void **state)
{
    (void)state;
    struct metrics_measure found;
    struct run_row rows[] = {chunk("c", 48, 1, 2, RUN_SUCCEEDED), chunk("b", 24, 2, 2, RUN_FAILED),
                             chunk("b", 24, 1, 2, RUN_SUCCEEDED), chunk("a", 0, 1, 1, RUN_SUCCEEDED)};
    assert_true(measure(rows, 4, &found));
    assert_int_equal(found.success_ms, NOW_MS + 2 * MINUTE_MS);
    assert_int_equal(found.failures, 2);
    assert_int_equal(found.succeeded, 0);
    assert_int_equal(found.ended_ms, NOW_MS + 48 * HOUR_MS + 2 * MINUTE_MS);
    assert_int_equal(found.rows_read, 10);
    assert_true(measure(&rows[1], 2, &found));
    assert_int_equal(found.success_ms, 0);
    assert_int_equal(found.failures, 1);
}

static void a_run_that_goes_on_and_one_that_had_nothing_to_do_change_nothing(void **state)
{
    (void)state;
    struct metrics_measure found;
    struct run_row rows[] = {chunk("c", 48, 1, 1, RUN_RUNNING), chunk("b", 24, 1, 1, RUN_SKIPPED),
                             chunk("a", 0, 1, 1, RUN_FAILED)};
    rows[0].runner_is_gone = false;
    assert_true(measure(rows, 3, &found));
    assert_int_equal(found.ended_ms, NOW_MS + 2 * MINUTE_MS);
    assert_int_equal(found.failures, 1);
    assert_false(measure(rows, 2, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_that_are_gone_are_dropped_after_35_days),
        cmocka_unit_test(jobs_that_are_to_run_stay_however_long_ago_they_have),
        cmocka_unit_test(each_contract_of_a_job_has_the_exit_code_of_its_chunks),
        cmocka_unit_test(exit_codes_of_jobs_that_were_not_taken_up_stay),
        cmocka_unit_test(a_run_that_could_not_begin_is_a_failure_of_each_job_it_was_for),
        cmocka_unit_test(the_last_run_has_the_sums_of_its_chunks),
        cmocka_unit_test(a_failed_run_has_the_exit_code_of_its_failure),
        cmocka_unit_test(the_file_of_the_run_stands_beside_the_other),
        cmocka_unit_test(a_run_that_did_not_load_every_chunk_is_no_success),
        cmocka_unit_test(a_run_that_goes_on_and_one_that_had_nothing_to_do_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
