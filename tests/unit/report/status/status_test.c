/* report/status/status: what the run table and the definitions tell together. */
#include "unit/report/status/histories.h"

static void a_job_that_succeeds_every_night_is_well(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0), night(RUN_SUCCEEDED, 1), night(RUN_SUCCEEDED, 2)};
    struct run_list_of_job history = history_of("daily", rows, 3);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    const struct status_job *job = looking.status.jobs;
    assert_int_equal(looking.status.job_count, 1);
    assert_int_equal(job->problem, STATUS_OK);
    assert_true(job->configured && job->enabled);
    assert_ptr_equal(job->last, job->success);
    assert_int_equal(job->last->ended_ms, NIGHT_MS(0) + 10000);
    assert_int_equal(job->trend_count, 3);
    assert_int_equal(job->failures_in_a_row, 0);
    assert_int_equal(job->success->loaded->rows_read, 1250);
}

static void a_job_whose_table_differs_from_the_services_totals_has_a_problem(void **state)
{
    (void)state;
    const struct job jobs[] = {job_named("daily"), job_named("weekly")};
    const struct status_definition definitions[] = {{&jobs[0], false}, {&jobs[1], false}};
    struct run_row well[] = {night(RUN_SUCCEEDED, 0)};
    struct run_row failed[] = {night(RUN_FAILED, 0)};
    struct run_list_of_job histories[] = {history_of("daily", well, 1), history_of("weekly", failed, 1)};
    struct reconciliation_figure figures[] = {
        {"daily", "11000000001", 20666, "CLOUD_SERVICE", "4", "4", "0", false, "equal"},
        {"daily", "11000000001", 20697, "CLOUD_SERVICE", "4", "5", "-1", true, "moved_on"},
        {"daily", "11000000001", 20727, "CLOUD_SERVICE", "4", "6", "-2", true, "differs"},
        {"daily", "11000000002", 20727, "CLOUD_SERVICE", "4", "6", "-2", true, "differs"},
        {"weekly", "11000000001", 20727, "CLOUD_SERVICE", "4", "6", "-2", true, "differs"},
    };
    const struct reconciliation_list list = {figures, COUNT_OF(figures)};
    SCOPED(looking) struct looking looking = look(definitions, 2, histories, 2);
    status_take_differences(&list, &looking.status);
    assert_int_equal(looking.status.jobs[0].problem, STATUS_DIFFERS);
    assert_int_equal(looking.status.jobs[0].differences, 2);
    assert_ptr_equal(looking.status.jobs[0].difference, &figures[1]);
    /* A failure comes first. */
    assert_int_equal(looking.status.jobs[1].problem, STATUS_FAILED);
    assert_int_equal(looking.status.jobs[1].differences, 1);
}

static void the_services_data_reach_to_the_latest_day_of_the_jobs_categories(void **state)
{
    (void)state;
    static const char *desktop[] = {"DESKTOP_PRODUCT"};
    struct job jobs[] = {job_named("all"), job_named("balance"), job_named("desktop")};
    jobs[1].source = JOB_SOURCE_CONTRACT;
    jobs[2].query.usage_categories = (struct text_list){desktop, 1};
    const struct status_definition definitions[] = {{&jobs[0], false}, {&jobs[1], false}, {&jobs[2], false}};
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job histories[] = {history_of("all", rows, 1), history_of("balance", rows, 1),
                                          history_of("desktop", rows, 1)};
    struct source_through through[] = {
        {"11000000001", CATEGORY_DESKTOP_PRODUCT, 20770},
        {"11000000001", CATEGORY_CLOUD_SERVICE, 20778},
        {"11000000001", CATEGORY_CLOUD_PRODUCT, 20775},
        {"11000000002", CATEGORY_DESKTOP_PRODUCT, 20779},
    };
    const struct source_through_list list = {through, COUNT_OF(through)};
    SCOPED(looking) struct looking looking = look(definitions, 3, histories, 3);
    const struct status_options options = {.definitions = definitions, .definition_count = 3};
    status_take_source(&options, &list, &looking.status);
    const struct status_job *found = looking.status.jobs;
    assert_true(found[0].has_service_data && found[2].has_service_data);
    assert_int_equal(found[0].service_data_through, 20778);
    assert_false(found[1].has_service_data);
    assert_int_equal(found[2].service_data_through, 20770);
}

static void failures_are_counted_back_to_the_last_success(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    struct run_row rows[] = {night(RUN_FAILED, 0), night(RUN_FAILED, 1), night(RUN_SUCCEEDED, 2),
                             night(RUN_FAILED, 3)};
    struct run_list_of_job history = history_of("daily", rows, 4);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    const struct status_job *job = looking.status.jobs;
    assert_int_equal(job->problem, STATUS_FAILED);
    assert_int_equal(job->failures_in_a_row, 2);
    assert_int_equal(job->success->started_ms, NIGHT_MS(2));
}

static void a_job_that_is_not_to_run_has_no_problem(void **state)
{
    (void)state;
    struct job disabled = job_named("daily");
    disabled.enabled = false;
    struct run_row rows[] = {night(RUN_FAILED, 0)};
    struct run_list_of_job histories[] = {history_of("daily", rows, 1), history_of("gone", rows, 1)};
    SCOPED(looking)
    struct looking looking = look(&(struct status_definition){&disabled, false}, 1, histories, 2);
    assert_int_equal(looking.status.jobs[0].problem, STATUS_OK);
    assert_false(looking.status.jobs[0].enabled);
    assert_int_equal(looking.status.jobs[1].problem, STATUS_OK);
    assert_false(looking.status.jobs[1].configured);
}

static void a_contract_that_the_job_no_longer_names_is_not_configured(void **state)
{
    (void)state;
    static const char *other[] = {"11000000002"};
    struct job daily = job_named("daily");
    daily.contract_numbers = (struct text_list){other, 1};
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job history = history_of("daily", rows, 1);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    assert_int_equal(looking.status.job_count, 2);
    assert_false(looking.status.jobs[0].configured);
    assert_true(looking.status.jobs[1].configured);
    assert_string_equal(looking.status.jobs[1].contract, "11000000002");
    assert_null(looking.status.jobs[1].last);
}

static void any_contract_is_one_of_a_job_that_takes_all(void **state)
{
    (void)state;
    struct job daily = job_named("daily");
    daily.contracts = JOB_CONTRACTS_ACTIVE;
    daily.contract_numbers = (struct text_list){0};
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job history = history_of("daily", rows, 1);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    assert_int_equal(looking.status.job_count, 1);
    assert_true(looking.status.jobs[0].configured);
    SCOPED(looking) struct looking never = look(&(struct status_definition){&daily, false}, 1, NULL, 0);
    assert_int_equal(never.status.job_count, 1);
    assert_null(never.status.jobs[0].contract);
}

static void a_definition_with_errors_is_a_problem_whatever_ran(void **state)
{
    (void)state;
    struct job daily = job_named("daily");
    daily.contract_numbers = (struct text_list){0};
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job history = history_of("daily", rows, 1);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, true}, 1, &history, 1);
    assert_int_equal(looking.status.jobs[0].problem, STATUS_BROKEN);
}

static void a_run_that_goes_on_is_no_problem_until_its_runner_is_gone(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    struct run_row rows[] = {night(RUN_RUNNING, 0), night(RUN_FAILED, 1)};
    struct run_list_of_job history = history_of("daily", rows, 2);
    const struct status_definition definition = {&daily, false};
    SCOPED(looking) struct looking running = look(&definition, 1, &history, 1);
    assert_int_equal(running.status.jobs[0].problem, STATUS_OK);
    rows[0].runner_is_gone = true;
    SCOPED(looking) struct looking died = look(&definition, 1, &history, 1);
    assert_int_equal(died.status.jobs[0].problem, STATUS_DIED);
    assert_int_equal(died.status.jobs[0].failures_in_a_row, 2);
}

/* A backfill of days that are loaded says nothing of the night that failed. */
static void a_failure_is_not_forgotten_for_a_run_that_skipped_all(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    struct run_row rows[] = {night(RUN_SKIPPED, 0), night(RUN_FAILED, 1), night(RUN_SUCCEEDED, 2)};
    struct run_list_of_job history = history_of("daily", rows, 3);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    const struct status_job *job = looking.status.jobs;
    assert_int_equal(job->problem, STATUS_FAILED);
    assert_int_equal(job->last->status, INVOCATION_SKIPPED);
    assert_ptr_equal(job->judged->failure, &rows[1]);
    assert_int_equal(job->failures_in_a_row, 1);
    rows[1] = night(RUN_SUCCEEDED, 1);
    SCOPED(looking) struct looking well = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    assert_int_equal(well.status.jobs[0].problem, STATUS_OK);
}

/* The nights of a job, newest first, and whether no run since then is too long. */
static enum status_problem problem_after(const int *days_ago, size_t count)
{
    const struct job daily = job_named("daily");
    struct run_row rows[8];
    for (size_t i = 0; i < count; i++)
        rows[i] = night(RUN_SUCCEEDED, days_ago[i]);
    struct run_list_of_job history = history_of("daily", rows, count);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    return looking.status.jobs[0].problem;
}

static void a_job_is_overdue_after_twice_the_longest_gap(void **state)
{
    (void)state;
    assert_int_equal(problem_after((const int[]){1, 2, 3}, 3), STATUS_OK);
    assert_int_equal(problem_after((const int[]){2, 3, 4}, 3), STATUS_OVERDUE);
    assert_int_equal(problem_after((const int[]){2, 3, 6}, 3), STATUS_OK);
    assert_int_equal(problem_after((const int[]){6, 7, 10}, 3), STATUS_OVERDUE);
}

static void a_job_of_fewer_than_three_runs_is_expected_every_night(void **state)
{
    (void)state;
    assert_int_equal(problem_after((const int[]){1}, 1), STATUS_OK);
    assert_int_equal(problem_after((const int[]){2}, 1), STATUS_OVERDUE);
    assert_int_equal(problem_after((const int[]){2, 2}, 2), STATUS_OVERDUE);
    assert_int_equal(problem_after((const int[]){4, 7}, 2), STATUS_OK);
    assert_int_equal(problem_after((const int[]){10, 11}, 2), STATUS_OVERDUE);
}

static void runs_by_hand_tell_no_rhythm(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    struct run_row rows[] = {night(RUN_SUCCEEDED, 5), night(RUN_SUCCEEDED, 5), night(RUN_SUCCEEDED, 5)};
    for (int i = 0; i < 3; i++) {
        rows[i].started_ms -= i * 60000;
        rows[i].invocation_id = night_ids[i];
    }
    struct run_list_of_job history = history_of("daily", rows, 3);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    assert_int_equal(looking.status.jobs[0].problem, STATUS_OK);
}

static void jobs_come_by_name_and_contract(void **state)
{
    (void)state;
    const struct job jobs[] = {job_named("b"), job_named("a")};
    const struct status_definition definitions[] = {{&jobs[0], false}, {&jobs[1], false}};
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job histories[] = {history_of("c", rows, 1), history_of("b", rows, 1)};
    histories[1].contract = "10000000000";
    SCOPED(looking) struct looking looking = look(definitions, 2, histories, 2);
    assert_int_equal(looking.status.job_count, 4);
    assert_string_equal(looking.status.jobs[0].job, "a");
    assert_string_equal(looking.status.jobs[1].job, "b");
    assert_string_equal(looking.status.jobs[1].contract, "10000000000");
    assert_string_equal(looking.status.jobs[2].contract, "11000000001");
    assert_string_equal(looking.status.jobs[3].job, "c");
}

static bool make_named(const char *name, struct looking *looking)
{
    const struct job daily = job_named("daily");
    const struct status_definition definition = {&daily, false};
    const char *names[] = {name};
    const struct text_list list = {names, 1};
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job history = history_of("gone", rows, 1);
    struct run_list histories = {true, NOW_MS, &history, 1};
    *looking = (struct looking){.arena = arena_make(), .settings = {.auth = {.client_id = ""}}};
    struct status_options options = {&looking->settings, &definition, 1, true, &list};
    return status_make(&options, &histories, looking->arena, &looking->status, &looking->err);
}

static void a_job_is_asked_for_by_name_be_it_defined_or_not(void **state)
{
    (void)state;
    SCOPED(looking) struct looking defined = {0};
    SCOPED(looking) struct looking gone = {0};
    assert_true(make_named("daily", &defined));
    assert_int_equal(defined.status.job_count, 1);
    assert_string_equal(defined.status.jobs[0].job, "daily");
    assert_true(make_named("gone", &gone));
    assert_int_equal(gone.status.job_count, 1);
    assert_string_equal(gone.status.jobs[0].job, "gone");
}

static void a_name_that_nobody_knows_is_refused(void **state)
{
    (void)state;
    SCOPED(looking) struct looking looking = {0};
    assert_false(make_named("dailly", &looking));
    assert_int_equal(looking.err.kind, ERR_USAGE);
    assert_string_equal(looking.err.text, "there is no job `dailly`, and no job of that name has run");
    assert_string_equal(looking.err.hint, "did you mean `daily`?");
}

static struct status with_budget(double per_minute, double requests)
{
    return (struct status){
        .now_ms = NOW_MS,
        .budget = {.account = "default", .per_minute = per_minute, .burst = 50},
        .level = {.requests = requests},
    };
}

static void a_budget_is_full_when_it_has_refilled(void **state)
{
    (void)state;
    struct status full = with_budget(5, 49);
    struct status half = with_budget(5, 39);
    struct status none = with_budget(5, -1);
    assert_int_equal(status_full_at_ms(&full), NOW_MS);
    assert_int_equal(status_full_at_ms(&half), NOW_MS + 120001);
    assert_int_equal(status_full_at_ms(&none), NOW_MS + 600001);
}

static void what_is_left_of_a_budget_is_counted_in_whole_requests(void **state)
{
    (void)state;
    struct status some = with_budget(5, 2.99);
    struct status none = with_budget(5, -3);
    assert_int_equal(status_available(&some), 2);
    assert_int_equal(status_available(&none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_that_succeeds_every_night_is_well),
        cmocka_unit_test(a_job_whose_table_differs_from_the_services_totals_has_a_problem),
        cmocka_unit_test(the_services_data_reach_to_the_latest_day_of_the_jobs_categories),
        cmocka_unit_test(failures_are_counted_back_to_the_last_success),
        cmocka_unit_test(a_job_that_is_not_to_run_has_no_problem),
        cmocka_unit_test(a_contract_that_the_job_no_longer_names_is_not_configured),
        cmocka_unit_test(any_contract_is_one_of_a_job_that_takes_all),
        cmocka_unit_test(a_definition_with_errors_is_a_problem_whatever_ran),
        cmocka_unit_test(a_run_that_goes_on_is_no_problem_until_its_runner_is_gone),
        cmocka_unit_test(a_failure_is_not_forgotten_for_a_run_that_skipped_all),
        cmocka_unit_test(a_job_is_overdue_after_twice_the_longest_gap),
        cmocka_unit_test(a_job_of_fewer_than_three_runs_is_expected_every_night),
        cmocka_unit_test(runs_by_hand_tell_no_rhythm),
        cmocka_unit_test(jobs_come_by_name_and_contract),
        cmocka_unit_test(a_job_is_asked_for_by_name_be_it_defined_or_not),
        cmocka_unit_test(a_name_that_nobody_knows_is_refused),
        cmocka_unit_test(a_budget_is_full_when_it_has_refilled),
        cmocka_unit_test(what_is_left_of_a_budget_is_counted_in_whole_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
