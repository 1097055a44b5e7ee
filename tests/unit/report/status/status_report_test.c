/* report/status/status_text, status_json, status_format: how the jobs are doing, to read. */
#include "report/status/status_report.h"
#include "unit/report/status/histories.h"

static void lines_are_broken_at_blanks(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    status_put_wrapped("0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
                       "\xE5\x9C\xB0 1 22 "
                       "0123456789012345678901234567890123456789012345678901234567890123456789012345678901 3",
                       &out);
    assert_string_equal(
        buf_text(&out),
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 \xE5\x9C\xB0 1\n"
        "    22\n"
        "    0123456789012345678901234567890123456789012345678901234567890123456789012345678901\n"
        "    3\n");
}

static void the_text_begins_with_what_is_wrong_and_what_to_do(void **state)
{
    (void)state;
    const struct job jobs[] = {job_named("daily"), job_named("total")};
    const struct status_definition definitions[] = {{&jobs[0], false}, {&jobs[1], false}};
    struct run_row daily[] = {
        failed_night(0, "the service does not know the token", "auth", "tokenflex-etl auth login"),
        failed_night(1, "older", "data", NULL), night(RUN_SUCCEEDED, 2)};
    struct run_row total[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job histories[] = {history_of("daily", daily, 3), history_of("total", total, 1)};
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking) struct looking looking = look(definitions, 2, histories, 2);
    looking.status.level.requests = 38.5;
    status_put_text(&looking.status, &out);
    assert_string_equal(
        buf_text(&out),
        "1 of 2 needs attention.\n"
        "\n"
        "daily 11000000001: failed (exit code 77) 2026-11-22 01:00 UTC, 5 h ago, 2 times\n"
        "    in a row\n"
        "    Window 2026-10-18..2026-11-22\n"
        "    the service does not know the token\n"
        "    To do: tokenflex-etl auth login\n"
        "\n"
        "job    contract     status     last run (UTC)    last success  data through\n"
        "daily  11000000001  failed     2026-11-22 01:00  2 days ago    2026-11-21\n"
        "total  11000000001  succeeded  2026-11-22 01:00  5 h ago       2026-11-21\n"
        "\n"
        "Rows of the last success:\n"
        "job    contract     read  inserted  updated  deleted  last chunk  seconds\n"
        "daily  11000000001  1250        50        0        0        1250       10\n"
        "total  11000000001  1250        50        0        0        1250       10\n"
        "\n"
        "The last 5 runs, the newest on the right:\n"
        "job    contract                         rows   requests\n"
        "daily  11000000001            1250 fail fail      2 2 2\n"
        "total  11000000001                      1250          2\n"
        "\n"
        "Request budget of account default: 38 of 49 left, full in 2 min (2026-11-22 07:02 UTC)\n");
}

static const char *text_of(struct run_row *rows, size_t count, struct buf *out)
{
    const struct job daily = job_named("daily");
    struct run_list_of_job history = history_of("daily", rows, count);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    status_put_text(&looking.status, out);
    return buf_text(out);
}

static void the_text_says_who_runs_since_when(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_row rows[] = {night(RUN_RUNNING, 0)};
    const char *text = text_of(rows, 1, &out);
    assert_non_null(strstr(text, "Nothing is wrong.\n"
                                 "\n"
                                 "daily 11000000001: running since 2026-11-22 01:00 UTC, 6 h ago, process "
                                 "4242 on\n"
                                 "    etl-7, at 2026-10-18..2026-11-22\n"));
}

static void the_text_tells_a_dead_run_from_one_that_goes_on(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_row rows[] = {night(RUN_RUNNING, 0)};
    rows[0].runner_is_gone = true;
    const char *text = text_of(rows, 1, &out);
    assert_non_null(strstr(text, "1 of 1 needs attention.\n"
                                 "\n"
                                 "daily 11000000001: died, begun 2026-11-22 01:00 UTC, 6 h ago\n"
                                 "    the run (process 4242 on etl-7) ended without finishing\n"
                                 "    To do: nothing: the next run resumes its work at the service\n"));
    assert_null(strstr(text, "running since"));
}

static void the_text_says_how_many_chunks_of_a_night_were_loaded(void **state)
{
    (void)state;
    SCOPED(buf) struct buf failed = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf died = buf_make(BUF_OWN_TEXT);
    struct run_row rows[] = {failed_night(0, "no", "data", NULL), night(RUN_SUCCEEDED, 0)};
    rows[0].chunk = 2;
    rows[0].chunks = 3;
    rows[1].chunks = 3;
    rows[1].runner_is_gone = true;
    assert_non_null(
        strstr(text_of(rows, 2, &failed), "    Window 2026-10-18..2026-11-22, after 1 of 3 chunks\n"));
    assert_non_null(
        strstr(text_of(&rows[1], 1, &died),
               "    the run (process 4242 on etl-7) ended without finishing, after 1 of 3 chunks\n"));
}

static void the_text_says_that_no_run_came(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct run_row rows[] = {night(RUN_SUCCEEDED, 4), night(RUN_SUCCEEDED, 5), night(RUN_SUCCEEDED, 6)};
    assert_non_null(strstr(text_of(rows, 3, &out),
                           "daily 11000000001: overdue, last run 2026-11-18 01:00 UTC, 4 days ago\n"
                           "    earlier runs were at most 24 h apart\n"
                           "    To do: see whether the timer or cron job is still there\n"));
}

static void the_text_of_an_empty_database_says_what_makes_it(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, NULL, 0);
    looking.status.has_table = false;
    status_put_text(&looking.status, &out);
    assert_string_equal(buf_text(&out),
                        "Nothing has run in this database yet: it has no schema tokenflex_etl, which\n"
                        "`tokenflex-etl init` makes, and `run` where it may.\n"
                        "\n"
                        "job    contract     status     last run (UTC)  last success  data through\n"
                        "daily  11000000001  never run  -               never         -\n"
                        "\n"
                        "Request budget of account default: 49 of 49 left\n");
}

static void the_text_says_whether_a_job_is_run_where_one_is_not(void **state)
{
    (void)state;
    struct job disabled = job_named("daily");
    disabled.enabled = false;
    struct run_row rows[] = {night(RUN_SUCCEEDED, 0)};
    struct run_list_of_job history = history_of("gone", rows, 1);
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking)
    struct looking looking = look(&(struct status_definition){&disabled, false}, 1, &history, 1);
    status_put_text(&looking.status, &out);
    assert_non_null(strstr(buf_text(&out), "data through  definition\n"));
    assert_non_null(strstr(buf_text(&out), "never         -             disabled\n"));
    assert_non_null(strstr(buf_text(&out), "5 h ago       2026-11-21    no longer configured\n"));
}

static void the_text_says_who_holds_the_budget(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking) struct looking looking = look(NULL, 0, NULL, 0);
    looking.status.level =
        (struct budget_level){.requests = -2, .blocked_ms = 600000, .per_minute = 2.5, .reserved = 7};
    status_put_text(&looking.status, &out);
    assert_string_equal(
        buf_text(&out),
        "There are no jobs.\n"
        "\n"
        "Request budget of account default: 0 of 49 left, full in 20 min (2026-11-22 07:20 UTC)\n"
        "    2 more are needed by waiting runs\n"
        "    7 are reserved for results under way\n"
        "    2.5 a minute instead of 5 for now, lowered after 429 responses\n"
        "    Requests wait for 10 min (until 2026-11-22 07:10 UTC), because the service answered 429; to "
        "send "
        "them earlier, run:\n"
        "        update tokenflex_etl.request_budget set blocked_until = null where account = 'default';\n");
}

static void the_json_has_everything_of_a_job(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    struct run_row rows[] = {failed_night(0, "no \"date\"", "data", NULL), night(RUN_SUCCEEDED, 1)};
    struct run_list_of_job history = history_of("daily", rows, 2);
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, &history, 1);
    looking.status.level = (struct budget_level){.requests = 44, .blocked_ms = 1500};
    status_put_json(&looking.status, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"jobs\":[{\"job\":\"daily\",\"contract_number\":\"11000000001\",\"configured\":true,"
        "\"enabled\":true,\"problem\":\"failed\",\"differences\":0,\"last_status\":\"failed\","
        "\"last_started_at\":\"2026-11-22T01:00:00.000Z\",\"last_finished_at\":\"2026-11-22T01:00:10.000Z\","
        "\"window_start\":\"2026-10-18\",\"window_end\":\"2026-11-22\",\"source\":\"query\",\"chunks\":1,"
        "\"chunks_succeeded\":0,\"chunks_skipped\":0,\"requests\":2,\"schema_changes\":[],"
        "\"last_success_at\":\"2026-11-21T01:00:10.000Z\",\"age_seconds\":107990,"
        "\"data_through\":\"2026-11-21\",\"service_data_through\":null,\"rows\":1250,\"rows_inserted\":50,"
        "\"rows_updated\":0,"
        "\"rows_unchanged\":0,\"rows_deleted\":0,\"rows_last_chunk\":1250,"
        "\"error\":\"no \\\"date\\\"\",\"error_kind\":\"data\",\"exit_code\":65,"
        "\"advice\":\"check the row, column and value that the message names: nothing of that chunk was "
        "loaded, and nothing is loaded until the value fits\",\"failures_in_a_row\":1,\"running\":null,"
        "\"trend\":[{\"status\":\"succeeded\",\"started_at\":\"2026-11-21T01:00:00.000Z\",\"rows\":1250,"
        "\"requests\":2,\"seconds\":10.000},{\"status\":\"failed\","
        "\"started_at\":\"2026-11-22T01:00:00.000Z\",\"rows\":0,\"requests\":2,\"seconds\":10.000}]}],\n"
        "\"budgets\":[],\n\"kept_exports\":[],\"stale_views\":[],\n\"budget\":{\"account\":\"default\","
        "\"available\":44,\"per_"
        "minute\":5,"
        "\"burst\":50,\"promised\":0,"
        "\"reserved\":0,\"per_minute_now\":5,"
        "\"full_at\":\"2026-11-22T07:01:00.001Z\",\"blocked_until\":\"2026-11-22T07:00:01.500Z\"},"
        "\"at\":\"2026-11-22T07:00:00.000Z\",\"initialised\":true}\n");
}

static void the_json_of_a_job_that_never_ran_is_null_where_nothing_is_known(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking) struct looking looking = look(&(struct status_definition){&daily, false}, 1, NULL, 0);
    looking.status.budget.per_minute = 0;
    status_put_json(&looking.status, &out);
    assert_string_equal(
        buf_text(&out),
        "{\"jobs\":[{\"job\":\"daily\",\"contract_number\":\"11000000001\",\"configured\":true,"
        "\"enabled\":true,\"problem\":null,\"differences\":0,\"last_status\":null,\"last_started_at\":null,"
        "\"last_finished_at\":null,\"window_start\":null,\"window_end\":null,\"source\":null,\"chunks\":null,"
        "\"chunks_succeeded\":null,\"chunks_skipped\":null,\"requests\":null,\"schema_changes\":null,\"last_"
        "success_at\":null,"
        "\"age_seconds\":null,\"data_through\":null,\"service_data_through\":null,\"rows\":null,\"rows_"
        "inserted\":null,"
        "\"rows_updated\":null,\"rows_unchanged\":null,\"rows_deleted\":null,\"rows_last_chunk\":null,"
        "\"error\":null,\"error_kind\":null,\"exit_code\":null,\"advice\":null,\"failures_in_a_row\":0,"
        "\"running\":null,\"trend\":[]}],\n"
        "\"budgets\":[],\n\"kept_exports\":[],\"stale_views\":[],\n\"budget\":{\"account\":\"default\","
        "\"available\":null,\"per_"
        "minute\":0,"
        "\"burst\":50,"
        "\"promised\":null,\"reserved\":null,\"per_minute_now\":null,\"full_at\":null,\"blocked_until\":null}"
        ","
        "\"at\":\"2026-11-22T07:00:00.000Z\",\"initialised\":true}\n");
}

static void the_json_says_who_runs_and_who_died(void **state)
{
    (void)state;
    const struct job daily = job_named("daily");
    const struct status_definition definition = {&daily, false};
    struct run_row rows[] = {night(RUN_RUNNING, 0)};
    struct run_list_of_job history = history_of("daily", rows, 1);
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking) struct looking running = look(&definition, 1, &history, 1);
    status_put_json(&running.status, &out);
    assert_non_null(strstr(buf_text(&out),
                           "\"running\":{\"run_id\":100,\"pid\":4242,\"host\":\"etl-7\","
                           "\"since\":\"2026-11-22T01:00:00.000Z\",\"window_start\":\"2026-10-18\","
                           "\"window_end\":\"2026-11-22\"}"));
    rows[0].runner_is_gone = true;
    SCOPED(looking) struct looking died = look(&definition, 1, &history, 1);
    buf_clear(&out);
    status_put_json(&died.status, &out);
    assert_non_null(strstr(buf_text(&out), "\"last_status\":\"failed\""));
    assert_non_null(strstr(buf_text(&out), "\"error\":\"the run (process 4242 on etl-7) ended without "
                                           "finishing\",\"error_kind\":\"died\",\"exit_code\":null"));
    assert_non_null(strstr(buf_text(&out), "\"running\":null"));
}

static void what_the_last_run_has_changed_of_a_table_is_told(void **state)
{
    (void)state;
    const struct job job = job_named("daily");
    const struct status_definition definitions[] = {{&job, false}};
    struct run_row daily[] = {night(RUN_SUCCEEDED, 0), night(RUN_SUCCEEDED, 1)};
    struct run_list_of_job histories[] = {history_of("daily", daily, 2)};
    daily[0].schema_changes = "table t.daily: column hours (numeric) was added";
    daily[1].schema_changes = "table t.daily was created";
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    SCOPED(looking) struct looking looking = look(definitions, 1, histories, 1);
    status_put_text(&looking.status, &out);
    assert_non_null(strstr(buf_text(&out),
                           "Nothing is wrong.\n\n"
                           "Tables that the last run has changed:\n"
                           "daily 11000000001: table t.daily: column hours (numeric) was added\n"));
    assert_null(strstr(buf_text(&out), "was created"));
    buf_clear(&out);
    status_put_json(&looking.status, &out);
    assert_non_null(
        strstr(buf_text(&out), "\"schema_changes\":[\"table t.daily: column hours (numeric) was added\"]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_last_run_has_changed_of_a_table_is_told),
        cmocka_unit_test(lines_are_broken_at_blanks),
        cmocka_unit_test(the_text_begins_with_what_is_wrong_and_what_to_do),
        cmocka_unit_test(the_text_says_who_runs_since_when),
        cmocka_unit_test(the_text_tells_a_dead_run_from_one_that_goes_on),
        cmocka_unit_test(the_text_says_how_many_chunks_of_a_night_were_loaded),
        cmocka_unit_test(the_text_says_that_no_run_came),
        cmocka_unit_test(the_text_of_an_empty_database_says_what_makes_it),
        cmocka_unit_test(the_text_says_whether_a_job_is_run_where_one_is_not),
        cmocka_unit_test(the_text_says_who_holds_the_budget),
        cmocka_unit_test(the_json_has_everything_of_a_job),
        cmocka_unit_test(the_json_of_a_job_that_never_ran_is_null_where_nothing_is_known),
        cmocka_unit_test(the_json_says_who_runs_and_who_died),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
