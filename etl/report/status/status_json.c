#include "base/json_text.h"
#include "report/status/advice.h"
#include "report/status/status_report.h"

#include <inttypes.h>
#include <stdio.h>

static void put_flag(struct buf *out, const char *name, bool known, bool value)
{
    if (known)
        json_text_add_flag(out, name, value);
    else
        json_text_add_null(out, name);
}

static void put_count(struct buf *out, const char *name, bool known, uint64_t count)
{
    if (known)
        json_text_add_count(out, name, count);
    else
        json_text_add_null(out, name);
}

/* One whose runner is gone has failed. */
static const char *last_status(const struct invocation *invocation)
{
    bool died = invocation->status == INVOCATION_DIED;
    return invocation_status_name(died ? INVOCATION_FAILED : invocation->status);
}

static void put_last(const struct status_job *job, struct buf *out)
{
    static const struct invocation none = {0};
    const struct invocation *last = job->last ? job->last : &none;
    bool ran = job->last != NULL;
    json_text_add(out, "last_status", ran ? last_status(last) : NULL);
    json_text_add_moment(out, "last_started_at", last->started_ms);
    json_text_add_moment(out, "last_finished_at", last->status == INVOCATION_DIED ? 0 : last->ended_ms);
    json_text_add_date(out, "window_start", last->window.bounded, last->window.from);
    json_text_add_date(out, "window_end", last->window.bounded, last->window.to);
    json_text_add(out, "source", ran ? last->newest->source : NULL);
    put_count(out, "chunks", ran, last->chunks);
    put_count(out, "chunks_succeeded", ran, last->succeeded);
    put_count(out, "chunks_skipped", ran, last->skipped);
    put_count(out, "requests", ran, last->requests);
}

static void put_success(const struct status *status, const struct status_job *job, struct buf *out)
{
    static const struct invocation none = {0};
    const struct invocation *success = job->success ? job->success : &none;
    bool known = job->success != NULL;
    json_text_add_moment(out, "last_success_at", success->ended_ms);
    put_count(out, "age_seconds", known, (uint64_t)((status->now_ms - success->ended_ms) / 1000));
    json_text_add_date(out, "data_through", job->has_data, job->data_through);
    put_count(out, "rows", known, success->rows_read);
    put_count(out, "rows_inserted", known, success->counts.inserted);
    put_count(out, "rows_updated", known, success->counts.updated);
    put_count(out, "rows_unchanged", known, success->counts.unchanged);
    put_count(out, "rows_deleted", known, success->counts.deleted);
    put_count(out, "rows_last_chunk", known, known ? success->loaded->rows_read : 0);
}

static void put_failure(const struct status_job *job, struct buf *out)
{
    bool died = job->judged && job->judged->status == INVOCATION_DIED;
    bool failed = job->judged && job->judged->status == INVOCATION_FAILED;
    const struct run_row *row = failed ? job->judged->failure : NULL;
    SCOPED(buf) struct buf died_text = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf advice = buf_make(BUF_OWN_TEXT);
    const char *kind = died ? ADVICE_DIED : row ? row->error_kind : NULL;
    const char *hint = row ? row->error_hint : NULL;
    if (died)
        status_put_death(job->judged, &died_text);
    if (died || row)
        advice_put(&(struct advice_case){job->job, kind, hint, job->failures_in_a_row}, &advice);
    json_text_add(out, "error", died ? buf_text(&died_text) : row ? row->error : NULL);
    json_text_add(out, "error_kind", kind);
    put_count(out, "exit_code", advice_exit_code(kind) > 0, (uint64_t)advice_exit_code(kind));
    json_text_add(out, "advice", died || row ? buf_text(&advice) : NULL);
    json_text_add_count(out, "failures_in_a_row", job->failures_in_a_row);
}

static void put_running(const struct status_job *job, struct buf *out)
{
    bool running = job->last && job->last->status == INVOCATION_RUNNING;
    const struct run_row *row = running ? job->last->newest : NULL;
    if (!row) {
        buf_put(out, ",\"running\":null");
        return;
    }
    buf_print(out, ",\"running\":{\"run_id\":%" PRId64 ",\"pid\":%d", row->run_id, row->pid);
    json_text_add(out, "host", row->host);
    json_text_add_moment(out, "since", job->last->started_ms);
    json_text_add_date(out, "window_start", row->window.bounded, row->window.from);
    json_text_add_date(out, "window_end", row->window.bounded, row->window.to);
    buf_put(out, "}");
}

static void put_trend(const struct status *status, const struct status_job *job, struct buf *out)
{
    buf_put(out, ",\"trend\":[");
    for (size_t i = job->trend_count; i-- > 0;) {
        const struct invocation *one = &job->trend[i];
        buf_print(out, "%s{\"status\":\"%s\"", i + 1 < job->trend_count ? "," : "", last_status(one));
        json_text_add_moment(out, "started_at", one->started_ms);
        json_text_add_count(out, "rows", one->rows_read);
        json_text_add_count(out, "requests", one->requests);
        buf_print(out, ",\"seconds\":%.3f}", (double)invocation_elapsed_ms(one, status->now_ms) / 1000);
    }
    buf_put(out, "]");
}

static const char *problem_name(enum status_problem problem)
{
    switch (problem) {
    case STATUS_WELL:
        break;
    case STATUS_BROKEN:
        return "definition";
    case STATUS_FAILED:
        return "failed";
    case STATUS_DIED:
        return "died";
    case STATUS_OVERDUE:
        return "overdue";
    }
    return NULL;
}

static void put_job(const struct status *status, const struct status_job *job, struct buf *out)
{
    buf_put(out, "{");
    json_text_add(out, "job", job->job);
    json_text_add(out, "contract_number", job->contract);
    put_flag(out, "configured", status->definitions_known, job->configured);
    put_flag(out, "enabled", status->definitions_known && job->configured, job->enabled);
    json_text_add(out, "problem", problem_name(job->problem));
    put_last(job, out);
    put_success(status, job, out);
    put_failure(job, out);
    put_running(job, out);
    put_trend(status, job, out);
    buf_put(out, "}");
}

static void put_budget(const struct status *status, struct buf *out)
{
    const struct budget *budget = &status->budget;
    bool limited = budget->per_minute > 0;
    int64_t blocked_ms = status->level.blocked_ms;
    double promised = status->level.requests < 0 ? -status->level.requests : 0;
    buf_put(out, "\"budget\":{");
    json_text_add(out, "account", budget->account);
    put_count(out, "available", limited, status_available(status));
    buf_print(out, ",\"per_minute\":%.9g,\"burst\":%u", budget->per_minute, budget->burst);
    put_count(out, "promised", limited, (uint64_t)promised);
    json_text_add_moment(out, "full_at", limited ? status_full_at_ms(status) : 0);
    json_text_add_moment(out, "blocked_until", blocked_ms > 0 ? status->now_ms + blocked_ms : 0);
    buf_put(out, "}");
}

void status_put_json(const struct status *status, struct buf *out)
{
    buf_put(out, "{\"jobs\":[");
    for (size_t i = 0; i < status->job_count; i++) {
        buf_put(out, i ? ",\n" : "");
        put_job(status, &status->jobs[i], out);
    }
    buf_put(out, "],\n");
    put_budget(status, out);
    json_text_add_moment(out, "at", status->now_ms);
    json_text_add_flag(out, "initialised", status->has_table);
    buf_put(out, "}\n");
}
