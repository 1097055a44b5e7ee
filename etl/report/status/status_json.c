#include "base/json_writer.h"
#include "report/share_report.h"
#include "report/status/advice.h"
#include "report/status/status_report.h"

#include <stdio.h>

static void put_flag(struct json_writer *json, const char *name, bool known, bool value)
{
    if (known)
        json_put_flag(json, name, value);
    else
        json_put_null(json, name);
}

static void put_count(struct json_writer *json, const char *name, bool known, uint64_t count)
{
    if (known)
        json_put_count(json, name, count);
    else
        json_put_null(json, name);
}

/* An invocation whose runner is gone is shown as failed. */
static const char *last_status(const struct invocation *invocation)
{
    bool died = invocation->status == INVOCATION_DIED;
    return invocation_status_name(died ? INVOCATION_FAILED : invocation->status);
}

static void put_last(const struct status_job *job, struct json_writer *json)
{
    static const struct invocation none = {0};
    const struct invocation *last = job->last ? job->last : &none;
    bool ran = job->last != NULL;
    json_put_text(json, "last_status", ran ? last_status(last) : NULL);
    json_put_moment(json, "last_started_at", last->started_ms);
    json_put_moment(json, "last_finished_at", last->status == INVOCATION_DIED ? 0 : last->ended_ms);
    json_put_date(json, "window_start", last->window.bounded, last->window.from);
    json_put_date(json, "window_end", last->window.bounded, last->window.to);
    json_put_text(json, "source", ran ? last->newest->source : NULL);
    put_count(json, "chunks", ran, last->chunks);
    put_count(json, "chunks_succeeded", ran, last->succeeded);
    put_count(json, "chunks_skipped", ran, last->skipped);
    put_count(json, "requests", ran, last->requests);
    if (ran)
        json_put_list(json, "schema_changes", &last->schema_changes);
    else
        json_put_null(json, "schema_changes");
}

static void put_loaded(const struct status_job *job, struct json_writer *json)
{
    static const struct invocation none = {0};
    const struct invocation *loaded = job->loaded ? job->loaded : &none;
    bool known = job->loaded != NULL;
    put_count(json, "rows", known, loaded->rows_read);
    put_count(json, "rows_inserted", known, loaded->counts.inserted);
    put_count(json, "rows_updated", known, loaded->counts.updated);
    put_count(json, "rows_unchanged", known, loaded->counts.unchanged);
    put_count(json, "rows_deleted", known, loaded->counts.deleted);
    put_count(json, "rows_last_chunk", known, known ? loaded->loaded->rows_read : 0);
}

static void put_success(const struct status *status, const struct status_job *job, struct json_writer *json)
{
    static const struct invocation none = {0};
    const struct invocation *success = job->success ? job->success : &none;
    bool known = job->success != NULL;
    json_put_moment(json, "last_success_at", success->ended_ms);
    put_count(json, "age_seconds", known, (uint64_t)((status->now_ms - success->ended_ms) / 1000));
    json_put_date(json, "data_through", job->has_data, job->data_through);
    json_put_date(json, "service_data_through", job->has_service_data, job->service_data_through);
    put_loaded(job, json);
}

static void put_failure(const struct status_job *job, struct json_writer *json)
{
    bool died = job->judged && job->judged->status == INVOCATION_DIED;
    bool failed = job->judged && job->judged->status == INVOCATION_FAILED;
    const struct run_row *row = failed ? job->judged->failure : NULL;
    SCOPED(buf) struct buf died_text = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf advice = buf_make(BUF_OWN_TEXT);
    const char *kind = died ? ADVICE_DIED : row ? row->error_kind : NULL;
    const char *hint = row ? row->error_hint : NULL;
    if (died)
        status_put_lost_runner(job->judged, &died_text);
    if (died || row)
        advice_put(&(struct advice_case){job->job, kind, hint, job->failures_in_a_row}, &advice);
    json_put_text(json, "error", died ? buf_text(&died_text) : row ? row->error : NULL);
    json_put_text(json, "error_kind", kind);
    put_count(json, "exit_code", advice_exit_code(kind) > 0, (uint64_t)advice_exit_code(kind));
    json_put_text(json, "advice", died || row ? buf_text(&advice) : NULL);
    json_put_count(json, "failures_in_a_row", job->failures_in_a_row);
}

static void put_running(const struct status_job *job, struct json_writer *json)
{
    bool running = job->last && job->last->status == INVOCATION_RUNNING;
    const struct run_row *row = running ? job->last->newest : NULL;
    if (!row) {
        json_put_null(json, "running");
        return;
    }
    json_begin_object(json, "running");
    json_put_integer(json, "run_id", row->run_id);
    json_put_integer(json, "pid", row->pid);
    json_put_text(json, "host", row->host);
    json_put_moment(json, "since", job->last->started_ms);
    json_put_date(json, "window_start", row->window.bounded, row->window.from);
    json_put_date(json, "window_end", row->window.bounded, row->window.to);
    json_end(json);
}

static void put_trend(const struct status *status, const struct status_job *job, struct json_writer *json)
{
    json_begin_array(json, "trend");
    for (size_t i = job->trend_count; i-- > 0;) {
        const struct invocation *one = &job->trend[i];
        json_begin_object(json, NULL);
        json_put_text(json, "status", last_status(one));
        json_put_moment(json, "started_at", one->started_ms);
        json_put_count(json, "rows", one->rows_read);
        json_put_count(json, "requests", one->requests);
        json_put_decimal(json, "seconds", (double)invocation_elapsed_ms(one, status->now_ms) / 1000, 3);
        json_end(json);
    }
    json_end(json);
}

static const char *problem_name(enum status_problem problem)
{
    switch (problem) {
    case STATUS_OK:
        break;
    case STATUS_BROKEN:
        return "definition";
    case STATUS_FAILED:
        return "failed";
    case STATUS_DIED:
        return "died";
    case STATUS_OVERDUE:
        return "overdue";
    case STATUS_DIFFERS:
        return "differs";
    }
    return NULL;
}

static void put_job(const struct status *status, const struct status_job *job, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "job", job->job);
    json_put_text(json, "contract_number", job->contract);
    put_flag(json, "configured", status->definitions_known, job->configured);
    put_flag(json, "enabled", status->definitions_known && job->configured, job->enabled);
    json_put_text(json, "problem", problem_name(job->problem));
    json_put_count(json, "differences", job->differences);
    put_last(job, json);
    put_success(status, job, json);
    put_failure(job, json);
    put_running(job, json);
    put_trend(status, job, json);
    json_end(json);
}

static void put_budget(const struct status *status, struct json_writer *json)
{
    const struct budget *budget = &status->budget;
    bool limited = budget->per_minute > 0;
    int64_t blocked_ms = status->level.blocked_ms;
    double promised = status->level.requests < 0 ? -status->level.requests : 0;
    char per_minute[32];
    char rate[32];
    snprintf(per_minute, sizeof per_minute, "%.9g", budget->per_minute);
    snprintf(rate, sizeof rate, "%.3g", budget_rate(budget, &status->level));
    json_new_line(json);
    json_begin_object(json, "budget");
    json_put_text(json, "account", budget->account);
    put_count(json, "available", limited, status_available(status));
    json_put_json(json, "per_minute", per_minute);
    json_put_count(json, "burst", budget->burst);
    put_count(json, "promised", limited, (uint64_t)promised);
    put_count(json, "reserved", limited, status->level.reserved);
    json_put_json(json, "per_minute_now", limited ? rate : "null");
    json_put_moment(json, "full_at", limited ? status_full_at_ms(status) : 0);
    json_put_moment(json, "blocked_until", blocked_ms > 0 ? status->now_ms + blocked_ms : 0);
    json_end(json);
}

static void put_kept_exports(const struct status *status, struct json_writer *json)
{
    json_new_line(json);
    json_begin_lines(json, "kept_exports");
    for (size_t i = 0; i < status->kept_export_count; i++) {
        const struct undeleted_export *kept = &status->kept_exports[i];
        json_begin_object(json, NULL);
        json_put_text(json, "job", kept->job);
        json_put_text(json, "contract_number", kept->contract);
        json_put_count(json, "run_id", (uint64_t)kept->run_id);
        json_put_text(json, "export_key", kept->key);
        json_end(json);
    }
    json_end(json);
}

static void put_token_budget(const struct token_budget_use *use, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "name", use->budget->name);
    json_put_text(json, "contract_number", use->budget->contract);
    json_put_text(json, "period", token_budget_period_name(use->budget->period));
    json_put_date(json, "period_start", use->start.is_known, use->start.day);
    json_put_date(json, "period_end", use->end.is_known, use->end.day);
    json_put_json(json, "tokens", use->budget->tokens);
    json_put_json(json, "consumed", use->consumed);
    json_put_json(json, "forecast", use->forecast);
    json_put_list(json, "warnings", &use->warnings);
    json_put_text(json, "table", use->table);
    json_put_flag(json, "whole", use->is_whole);
    json_put_text(json, "problem", use->problem);
    json_end(json);
}

static void put_token_budgets(const struct status *status, struct json_writer *json)
{
    json_new_line(json);
    json_begin_lines(json, "budgets");
    for (size_t i = 0; i < status->token_budgets.count; i++)
        put_token_budget(&status->token_budgets.items[i], json);
    json_end(json);
}

void status_put_json(const struct status *status, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "jobs");
    for (size_t i = 0; i < status->job_count; i++)
        put_job(status, &status->jobs[i], &json);
    json_end(&json);
    put_token_budgets(status, &json);
    put_kept_exports(status, &json);
    json_put_list(&json, "stale_views", &status->stale_views);
    put_budget(status, &json);
    share_report_put_json(&status->share, &json);
    json_put_moment(&json, "at", status->now_ms);
    json_put_flag(&json, "initialised", status->has_table);
    json_end(&json);
    buf_put(out, "\n");
}
