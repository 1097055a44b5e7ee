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

/* As the next run will have it: one whose runner is gone has failed. */
static const char *last_status(const struct go *go)
{
    return go->status == GO_DIED ? go_status_name(GO_FAILED) : go_status_name(go->status);
}

static void put_last(const struct status_job *job, struct buf *out)
{
    static const struct go none = {0};
    const struct go *go = job->last ? job->last : &none;
    bool ran = job->last != NULL;
    json_text_add(out, "last_status", ran ? last_status(go) : NULL);
    json_text_add_moment(out, "last_started_at", go->started_ms);
    json_text_add_moment(out, "last_finished_at", go->finished_ms);
    json_text_add_date(out, "window_start", go->window.bounded, go->window.from);
    json_text_add_date(out, "window_end", go->window.bounded, go->window.to);
    json_text_add(out, "source", ran ? go->newest->source : NULL);
    put_count(out, "chunks", ran, go->chunks);
    put_count(out, "chunks_succeeded", ran, go->succeeded);
    put_count(out, "chunks_skipped", ran, go->skipped);
    put_count(out, "requests", ran, go->requests);
}

static void put_success(const struct status *status, const struct status_job *job, struct buf *out)
{
    static const struct go none = {0};
    const struct go *go = job->success ? job->success : &none;
    bool known = job->success != NULL;
    json_text_add_moment(out, "last_success_at", go->finished_ms);
    put_count(out, "age_seconds", known, (uint64_t)((status->now_ms - go->finished_ms) / 1000));
    json_text_add_date(out, "data_through", job->has_data, job->data_through);
    put_count(out, "rows", known, go->rows_read);
    put_count(out, "rows_inserted", known, go->counts.inserted);
    put_count(out, "rows_updated", known, go->counts.updated);
    put_count(out, "rows_unchanged", known, go->counts.unchanged);
    put_count(out, "rows_deleted", known, go->counts.deleted);
    put_count(out, "rows_last_chunk", known, job->last_chunk_rows);
}

static void put_failure(const struct status_job *job, struct buf *out)
{
    bool died = job->last && job->last->status == GO_DIED;
    const struct run_row *row = job->last && job->last->status == GO_FAILED ? job->last->failure : NULL;
    SCOPED(buf) struct buf died_text = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf advice = buf_make(BUF_OWN_TEXT);
    const char *kind = died ? ADVICE_DIED : row ? row->error_kind : NULL;
    const char *hint = row ? row->error_hint : NULL;
    if (died)
        buf_print(&died_text, "the runner (process %d on %s) is gone without having finished",
                  job->last->newest->pid, job->last->newest->host);
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
    const struct run_row *row = job->last && job->last->status == GO_RUNNING ? job->last->newest : NULL;
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
        const struct go *go = &job->trend[i];
        buf_print(out, "%s{\"status\":\"%s\"", i + 1 < job->trend_count ? "," : "", last_status(go));
        json_text_add_moment(out, "started_at", go->started_ms);
        json_text_add_count(out, "rows", go->rows_read);
        json_text_add_count(out, "requests", go->requests);
        buf_print(out, ",\"seconds\":%.3f}", (double)go_elapsed_ms(go, status->now_ms) / 1000);
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
