#include "run/fetch_export.h"

#include "api/export.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "job/request_body.h"
#include "run/export_stage.h"
#include "state/remote_export.h"

#include <inttypes.h>
#include <stdio.h>

struct work {
    const struct fetch_task *task;
    struct fetched *fetched;
    const char *body;
    struct export export;
    bool taken_up; /* the export is an earlier run's */
};

static struct pg *pg_of(const struct fetch_task *task)
{
    return task->pipeline->session->pg;
}

static bool find_left(const struct fetch_task *task, const char *body, struct export_left *left,
                      struct err *err)
{
    const struct chunk *chunk = task->chunk;
    struct run_record_entry entry = {
        .job = chunk->job->name, .contract = chunk->contract, .window = &chunk->window};
    struct run_log_search search = {.entry = &entry, .run_id = task->run_id, .body = body};
    return export_log_find(pg_of(task), &search, left, err);
}

bool fetch_export_is_left(const struct fetch_task *task, bool *is_left, struct err *err)
{
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    SCOPED(export_left) struct export_left left = {0};
    request_body_put(task->chunk->job, &task->chunk->window, &body);
    if (!find_left(task, buf_text(&body), &left, err))
        return false;
    *is_left = left.run_id != 0;
    return true;
}

void fetch_export_forget(const struct fetch_task *task)
{
    struct err ignored;
    if (!export_log_forget(pg_of(task), task->run_id, &ignored))
        log_debug("export-forget", "%s", ignored.text);
}

/* Its run died around the request, and may or may not have made it: the service's list knows. */
static bool look_for(struct work *work, const struct export_left *left, struct err *err)
{
    int64_t since_ms = clock_wall_ms() - left->age_ms;
    if (!export_find(&work->export, left->name, since_ms, &work->taken_up, err))
        return false;
    if (!work->taken_up) {
        log_info("export-not-made", "the export that an earlier run was about to ask for was not made");
        return true;
    }
    return export_log_requested(pg_of(work->task), work->task->run_id, buf_text(&work->export.key), err);
}

/* The export that an earlier run has asked for, where there is one. */
static bool take_up(struct work *work, struct err *err)
{
    SCOPED(export_left) struct export_left left = {0};
    if (!find_left(work->task, work->body, &left, err))
        return false;
    if (left.run_id == 0)
        return true;
    if (!export_log_take_over(pg_of(work->task), work->task->run_id, &left, err))
        return false;
    if (left.key) {
        export_resume(&work->export, left.key, left.age_ms);
        work->taken_up = true;
    } else if (!look_for(work, &left, err)) {
        return false;
    }
    if (work->taken_up)
        log_info("export-taken-up", "taking up the export requested %.0f s ago", (double)left.age_ms / 1000);
    return true;
}

/* Nothing was made for certain: the next run need not look for it. */
static bool was_not_made(enum err_kind kind)
{
    return kind == ERR_AUTH || kind == ERR_CONFIG;
}

/* Asks until the quota of outstanding exports has room. */
static bool request(struct work *work, const char *name, struct err *err)
{
    const struct fetch_task *task = work->task;
    for (;;) {
        bool full;
        if (!export_log_outstanding(pg_of(task), &work->export.quota.outstanding, err))
            return false;
        if (!export_request(&work->export, work->body, name, &full, err)) {
            if (was_not_made(err->kind))
                fetch_export_forget(task);
            return false;
        }
        if (!full)
            return true;
        if (!export_wait_quota(&work->export, err)) {
            fetch_export_forget(task);
            return false;
        }
    }
}

/* A name that no other export of the contract has: the run's number is the database's own, the time is not.
 */
#define NAME_TEXT 160

static bool make(struct work *work, struct err *err)
{
    const struct fetch_task *task = work->task;
    char name[NAME_TEXT];
    if (!api_may_write(task->pipeline->api)) {
        err_set(err, ERR_AUTH, "an export needs the scope data:write, which the token lacks (by export: %s)",
                task->choice.reason);
        return err_hint(err, "add data:write to auth.scopes, then run `tokenflex-etl auth login`");
    }
    snprintf(name, sizeof name, "%s-%" PRId64 "-%" PRId64, task->chunk->job->name, task->run_id,
             clock_wall_ms());
    struct export_log_request asked = {.name = name, .body = work->body, .reason = task->choice.reason};
    if (!export_log_begin(pg_of(task), task->run_id, &asked, err) || !request(work, name, err))
        return false;
    log_info("export-requested", "export requested as %s", name);
    return export_log_requested(pg_of(task), task->run_id, buf_text(&work->export.key), err);
}

/* How long later runs are to take an export for; -1: it tells nothing. */
static int64_t ready_ms(const struct work *work)
{
    const struct export *export = &work->export;
    bool tells = !work->taken_up && export->ready_ms >= 0;
    return tells ? fetch_remembered_ms(export->polls, export->expected_ms, export->ready_ms) : -1;
}

/* Waits for the file, and stages its rows. *gone: the service no longer has it. */
static bool collect(struct work *work, bool *gone, struct err *err)
{
    const struct fetch_task *task = work->task;
    struct export *export = &work->export;
    bool staged = export_await(export, err) && export->status == EXPORT_DOWNLOAD &&
                  run_log_ready(pg_of(task), task->run_id, ready_ms(work), err) &&
                  export_stage(task->pipeline, task->chunk, export, work->fetched, err);
    *gone = !staged && export->status == EXPORT_GONE;
    return staged || *gone;
}

static bool fetch_file(struct work *work, struct err *err)
{
    bool gone;
    if (!take_up(work, err))
        return false;
    for (unsigned made = 0;;) {
        if (!work->taken_up && !make(work, err))
            return false;
        made += !work->taken_up;
        bool collected = collect(work, &gone, err);
        if (collected && !gone)
            return true;
        /* One that cannot be made, or loaded, would not be better for a second look. */
        if (gone || err->kind == ERR_DATA || work->export.status == EXPORT_ERROR)
            fetch_export_forget(work->task);
        if (!collected)
            return false;
        if (made == 2)
            return err_set(err, ERR_UNAVAILABLE, "the service no longer has the export, twice");
        log_warn("export-again", "the service no longer has the export; asking for another");
        work->taken_up = false;
    }
}

bool fetch_by_export(const struct fetch_task *task, struct fetched *fetched, struct err *err)
{
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    request_body_put(task->chunk->job, &task->chunk->window, &body);
    struct work work = {
        .task = task,
        .fetched = fetched,
        .body = buf_text(&body),
        .export = export_make(task->pipeline->api, task->chunk->contract),
    };
    *fetched = (struct fetched){.arena = arena_make()};
    bool whole = export_log_history(pg_of(task), task->chunk->job->name, task->chunk->contract,
                                    &work.export.expected_ms, err) &&
                 fetch_file(&work, err);
    if (whole)
        fetched->export_key = arena_copy_text(fetched->arena, buf_text(&work.export.key));
    export_cleanup(&work.export);
    return whole;
}

static bool delete_export(const struct fetch_task *task, const char *key, struct err *err)
{
    struct export export = export_make(task->pipeline->api, task->chunk->contract);
    export_resume(&export, key, 0);
    bool deleted = export_delete(&export, err);
    export_cleanup(&export);
    return deleted;
}

/* So many exports that earlier runs have left are deleted by one run, at a request each. */
#define MOST_LEFTOVERS 5

/* What earlier runs have left at the service; a failure is for another run to mend. */
static bool delete_leftovers(const struct fetch_task *task, struct err *err)
{
    for (unsigned i = 0; i < MOST_LEFTOVERS; i++) {
        SCOPED(export_left) struct export_left left;
        if (!export_log_leftover(pg_of(task), task->chunk->contract, task->run_id, &left, err))
            return false;
        if (left.run_id == 0)
            return true;
        if (!delete_export(task, left.key, err) || !export_log_forget(pg_of(task), left.run_id, err))
            return false;
        log_info("export-leftover", "deleted the export that run %" PRId64 " has left at the service",
                 left.run_id);
    }
    return true;
}

void fetch_export_end(const struct fetch_task *task, const struct fetched *fetched)
{
    struct err err;
    progress_phase("deleting the export");
    bool deleted = delete_export(task, fetched->export_key, &err);
    if (!deleted)
        log_warn("export-kept", "%s; the rows are loaded, the export stays at the service until the next run",
                 err.text);
    else if (!delete_leftovers(task, &err))
        log_warn("export-kept", "%s; an export of an earlier run stays at the service", err.text);
    if (!export_log_end(pg_of(task), task->run_id, deleted, task->pipeline->api->requests, &err))
        log_warn("run-log", "%s", err.text);
}
