#include "run/fetch_export.h"

#include "api/export.h"
#include "api/poll_schedule.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/program.h"
#include "base/progress.h"
#include "base/readable.h"
#include "job/request_body.h"
#include "run/export_source.h"
#include "run/staging.h"
#include "state/remote.h"

#include <inttypes.h>
#include <stdio.h>

struct work {
    struct fetch_task *task;
    const char *reason;
    struct fetched *fetched;
    const char *body;
    struct export export;
    bool resumed; /* the export was requested by an earlier run */
};

static struct pg *pg_of(const struct fetch_task *task)
{
    return task->context->session->pg;
}

static void forget_export(const struct fetch_task *task)
{
    struct err ignored;
    if (!remote_export_forget(pg_of(task), task->run_id, &ignored))
        log_debug("export-forget", "%s", ignored.text);
}

/* *is_final: the deletion has failed, and would fail in a later run too. */
static bool delete_export(const struct fetch_task *task, const char *key, bool *is_final, struct err *err)
{
    struct export export = export_make(task->context->api, task->chunk->contract);
    export_resume(&export, key, 0);
    bool deleted = export_delete(&export, is_final, err);
    export_cleanup(&export);
    return deleted;
}

/* Logs why an export stays at the service. then: what becomes of it, unless the service refuses to delete it.
 */
static void log_kept(const struct err *why, bool is_final, const char *then)
{
    log_warn("export-kept", "%s; %s", why->text,
             is_final ? "the export stays at the service; it can be deleted on the service's web page"
                      : then);
}

void fetch_export_discard(const struct fetch_task *task, const char *key)
{
    struct err err;
    bool is_final;
    bool deleted = delete_export(task, key, &is_final, &err);
    if (!deleted)
        log_kept(&err, is_final, "the export cannot be loaded, and stays at the service until a later run");
    if (deleted || is_final) {
        forget_export(task);
        return;
    }
    if (!remote_export_reject(pg_of(task), task->run_id, &err))
        log_debug("export-forget", "%s", err.text);
}

/* The earlier run died before it could store the export's key, so the export may or may not have been
 * created. The service's list of exports shows which. */
static bool find_requested(struct work *work, const struct remote_work *left, struct err *err)
{
    int64_t since_ms = clock_wall_ms() - left->age_ms;
    if (!export_find(&work->export, left->export_name, since_ms, &work->resumed, err))
        return false;
    if (!work->resumed) {
        log_info("export-not-made", "the export that an earlier run was about to request was not created");
        return true;
    }
    return remote_export_requested(pg_of(work->task), work->task->run_id, buf_text(&work->export.key), err);
}

/* Resumes the export that an earlier run has requested, or this run before its connection was lost. */
static bool resume(struct work *work, struct err *err)
{
    const struct chunk *chunk = work->task->chunk;
    struct remote_search search = {
        .job = chunk->job->name,
        .contract = chunk->contract,
        .window = &chunk->window,
        .run_id = work->task->run_id,
        .body = work->body,
        .invocation_id = chunk_resumes_only(work->task->context),
    };
    SCOPED(remote_work) struct remote_work left = {0};
    if (!remote_find(pg_of(work->task), &search, &left, err))
        return false;
    if (!left.export_name)
        return true;
    if (!remote_export_resume(pg_of(work->task), work->task->run_id, &left, err))
        return false;
    if (left.export_key) {
        export_resume(&work->export, left.export_key, left.age_ms);
        work->resumed = true;
    } else if (!find_requested(work, &left, err)) {
        return false;
    }
    if (work->resumed)
        log_info("export-resumed", "resuming the export requested %.0f s ago", (double)left.age_ms / 1000);
    return true;
}

/* Whether the export was certainly not created: then the next run need not search for it. The error is of the
 * last request; one before it may have made the export. */
static bool was_not_made(const struct export *export, enum err_kind kind)
{
    return !export->is_outcome_unknown && (kind == ERR_AUTH || kind == ERR_CONFIG);
}

/* Repeats the request until the quota of outstanding exports has room. */
static bool request(struct work *work, const char *name, struct err *err)
{
    const struct fetch_task *task = work->task;
    work->export.is_outcome_unknown = false;
    for (;;) {
        bool full;
        if (!remote_export_outstanding(pg_of(task), &work->export.quota.outstanding, err))
            return false;
        if (!export_request(&work->export, work->body, name, &full, err)) {
            if (was_not_made(&work->export, err->kind))
                forget_export(task);
            return false;
        }
        if (!full)
            return true;
        if (!export_wait_quota(&work->export, err)) {
            if (!work->export.is_outcome_unknown)
                forget_export(task);
            return false;
        }
    }
}

/* Room for a name that no other export of the contract has. A run id is unique within one database only, so
 * the name also contains the time. */
#define NAME_TEXT 160

static bool make(struct work *work, struct err *err)
{
    const struct fetch_task *task = work->task;
    char name[NAME_TEXT];
    if (!api_may_write(task->context->api)) {
        err_set(err, ERR_AUTH, "an export needs the scope data:write, which the token lacks (by export: %s)",
                work->reason);
        return err_hint(err, "add data:write to auth.scopes, then run `%s`", program_login());
    }
    snprintf(name, sizeof name, "%s-%" PRId64 "-%" PRId64, task->chunk->job->name, task->run_id,
             clock_wall_ms());
    struct remote_export asked = {.name = name, .body = work->body, .reason = work->reason};
    if (!remote_export_begin(pg_of(task), task->run_id, &asked, err) || !request(work, name, err))
        return false;
    log_info("export-requested", "export requested as %s", name);
    return remote_export_requested(pg_of(task), task->run_id, buf_text(&work->export.key), err);
}

/* The time that later runs are to expect an export to take; -1: this export does not show it. */
static int64_t remembered_ms(const struct work *work)
{
    const struct export *export = &work->export;
    bool is_measured = !work->resumed && export->ready_ms >= 0;
    return is_measured ? poll_schedule_remembered_ms(export->polls, export->expected_ms, export->ready_ms)
                       : -1;
}

static bool stage_export(struct work *work, struct export_source *source, const struct text_list *columns,
                         struct err *err)
{
    bool complete;
    struct staging staging = {work->task->context, work->task->chunk, &work->task->chunk->window, columns,
                              work->fetched};
    if (!staging_run(&staging, &source->source, &complete, err))
        return false;
    const char *unproved_reason = export_source_unproved_reason(source);
    log_write_numbers(LOG_INFO, "export-read", LOG_NUMBERS({"rows_read", (int64_t)work->fetched->rows}),
                      "export read, %" PRIu64 " row%s%s%s%s", work->fetched->rows,
                      readable_plural(work->fetched->rows), unproved_reason ? "; " : "",
                      unproved_reason ? unproved_reason : "",
                      unproved_reason ? ", and two downloads agreed" : "");
    return true;
}

static bool download(struct work *work, struct err *err)
{
    struct export_source source;
    const struct job *job = work->task->chunk->job;
    struct text_list columns = job_result_columns(job, work->fetched->arena);
    progress_phase("downloading");
    log_info("export-download", "the export is ready; downloading it");
    bool staged = export_source_begin(&source, &work->export, &columns, job->query.fields.count, err) &&
                  stage_export(work, &source, &columns, err);
    export_source_end(&source);
    if (!staged)
        fetched_clear(work->fetched);
    return staged;
}

/* Waits for the file and stages its rows. *gone: the service no longer has the export. */
static bool collect(struct work *work, bool *gone, struct err *err)
{
    const struct fetch_task *task = work->task;
    struct export *export = &work->export;
    bool staged = export_await(export, err) && export->status == EXPORT_DOWNLOAD &&
                  remote_ready(pg_of(task), task->run_id, remembered_ms(work), err) && download(work, err);
    *gone = !staged && export->status == EXPORT_GONE;
    return staged || *gone;
}

static bool fetch_file(struct work *work, struct err *err)
{
    bool gone;
    if (!resume(work, err))
        return false;
    for (unsigned made = 0;;) {
        if (!work->resumed && !make(work, err))
            return false;
        made += !work->resumed;
        bool collected = collect(work, &gone, err);
        if (collected && !gone)
            return true;
        /* An export that failed or cannot be loaded would fail again if it were resumed. */
        if (gone)
            forget_export(work->task);
        else if (!collected && (err->kind == ERR_DATA || work->export.status == EXPORT_ERROR))
            fetch_export_discard(work->task, buf_text(&work->export.key));
        if (!collected)
            return false;
        if (made == 2)
            return err_set(err, ERR_UNAVAILABLE, "the service no longer has the export, twice");
        log_warn("export-again", "the service no longer has the export; requesting another");
        work->resumed = false;
    }
}

bool fetch_export(struct fetch_task *task, const char *reason, struct fetched *fetched, struct err *err)
{
    uint64_t requests_before = task->context->api->requests;
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    request_body_put(task->chunk->job, &task->chunk->window, &body);
    struct work work = {
        .task = task,
        .reason = reason,
        .fetched = fetched,
        .body = buf_text(&body),
        .export = export_make(task->context->api, task->chunk->contract),
    };
    work.export.expected_ms = task->facts.history.export_ready_ms;
    bool complete = fetch_file(&work, err);
    if (complete)
        fetched->export_key = arena_copy_text(fetched->arena, buf_text(&work.export.key));
    export_cleanup(&work.export);
    task->export_requests += task->context->api->requests - requests_before;
    return complete;
}

/* The most exports of earlier runs that one run deletes, with one request each. */
#define MAX_LEFTOVERS 5

/* Deletes exports that earlier runs have left. After an error the rest is left for a later run; one that the
 * service refuses to delete is given up. */
static bool delete_leftovers(const struct fetch_task *task, struct err *err)
{
    for (unsigned i = 0; i < MAX_LEFTOVERS; i++) {
        SCOPED(remote_work) struct remote_work left;
        if (!remote_export_leftover(pg_of(task), task->chunk->contract, task->run_id, &left, err))
            return false;
        if (left.run_id == 0)
            return true;
        bool is_final;
        bool deleted = delete_export(task, left.export_key, &is_final, err);
        if (!deleted && !is_final)
            return false;
        if (!deleted)
            log_kept(err, is_final, "");
        if (!remote_export_forget(pg_of(task), left.run_id, err))
            return false;
        if (deleted)
            log_info("export-leftover", "deleted the export that run %" PRId64 " has left at the service",
                     left.run_id);
    }
    return true;
}

void fetch_export_end(const struct fetch_task *task, const struct fetched *fetched)
{
    struct err err;
    progress_phase("deleting the export");
    bool is_final;
    bool deleted = delete_export(task, fetched->export_key, &is_final, &err);
    if (!deleted)
        log_kept(&err, is_final, "the rows are loaded, the export stays at the service until a later run");
    if ((deleted || is_final) && !delete_leftovers(task, &err))
        log_kept(&err, false, "an export of an earlier run stays at the service");
    if (!remote_export_end(pg_of(task), task->run_id, deleted || is_final, task->context->api->requests,
                           &err))
        log_warn("run-log", "%s", err.text);
}
