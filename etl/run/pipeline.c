#include "run/pipeline.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/readable.h"
#include "load/partitions.h"
#include "run/chunk_record.h"
#include "run/fetch.h"
#include "run/fetch_export.h"
#include "run/fetch_query.h"
#include "run/load_chunk.h"
#include "wire/pg/transaction.h"

#include <inttypes.h>

/* The time after a stop or the job's timeout to write the run row and to release the lock. */
#define SHUTDOWN_GRACE_MS 2000

/* How often a chunk's rows are fetched if another run keeps loading newer ones first. */
#define MAX_ANSWERS 3

/* A chunk that is being run. */
struct pipeline {
    const struct chunk_context *context;
    const struct chunk *chunk;
    struct chunk_result *result;
    const struct run_record_entry *entry;
    struct fetch_task task;
    unsigned attempts; /* attempts made, each over another connection */
    char window[WINDOW_TEXT];
};

static struct request_counts requests_of(const struct pipeline *pipeline)
{
    return (struct request_counts){pipeline->context->api->requests, pipeline->task.export_requests};
}

/* Checks the job against the table before a request is spent on it. */
static bool check_target(const struct pipeline *pipeline, struct err *err)
{
    SCOPED(fetched) struct fetched looked = fetched_make();
    const struct chunk *chunk = pipeline->chunk;
    struct snapshot_decision decision;
    struct text_list columns = job_result_columns(chunk->job, looked.arena);
    struct snapshot_load load = chunk_snapshot_load(chunk, &looked.target);
    return fetched_derive_target(&looked, pipeline->context, chunk, &columns, err) &&
           partitions_check(&looked.target, &chunk->window, err) &&
           snapshots_decide(&load, pipeline->context->session->pg, looked.arena, &decision, err);
}

/* Forgets a result that cannot be loaded, so that the next run requests a new one: resuming it would fail
 * again. */
static void forget_result(const struct pipeline *pipeline, const struct fetched *fetched)
{
    if (fetched->export_key)
        fetch_export_discard(&pipeline->task, fetched->export_key);
    else
        fetch_query_forget(&pipeline->task);
}

/* One attempt; *overtaken: what was fetched is out of date, and not loaded. */
static bool fetch_and_load_once(struct pipeline *pipeline, bool *overtaken, struct err *err)
{
    struct chunk_result *result = pipeline->result;
    struct fetch_task *task = &pipeline->task;
    SCOPED(fetched) struct fetched fetched = fetched_make();
    if (!check_target(pipeline, err) ||
        !source_facts_read(pipeline->context, pipeline->chunk, result->run_id, &task->facts, err) ||
        !fetch_chunk(task, &fetched, &result->source, err))
        return false;
    struct chunk_load load = {
        .context = pipeline->context,
        .chunk = pipeline->chunk,
        .run_id = result->run_id,
        .fetched = &fetched,
        .requests = requests_of(pipeline),
    };
    result->rows_read = fetched.rows;
    if (!load_chunk(&load, &result->counts, overtaken, err)) {
        if (err->kind == ERR_DATA)
            forget_result(pipeline, &fetched);
        return false;
    }
    if (*overtaken) {
        forget_result(pipeline, &fetched);
        return run_record_restart(pipeline->context->session->pg, result->run_id, err);
    }
    if (fetched.export_key)
        fetch_export_end(task, &fetched);
    return true;
}

static bool fetch_and_load(struct pipeline *pipeline, struct err *err)
{
    for (unsigned attempt = 0; attempt < MAX_ANSWERS; attempt++) {
        bool overtaken = false;
        if (!fetch_and_load_once(pipeline, &overtaken, err))
            return false;
        if (!overtaken)
            return true;
    }
    return err_set(err, ERR_LATER,
                   "while each of %d answers was fetched, another run loaded a newer one of the same days",
                   MAX_ANSWERS);
}

/*
 * One attempt over one connection. If the connection is lost, only the result at the service is left: the
 * next attempt resumes it if it has not expired. A COMMIT without an answer may have succeeded, so that is
 * checked first.
 */
static bool attempt(void *context, struct err *err)
{
    struct pipeline *pipeline = context;
    struct pg *pg = pipeline->context->session->pg;
    bool succeeded = false;
    pipeline->context->api->pg = pg;
    if (pipeline->attempts++ > 0 &&
        !run_record_outcome(pg, pipeline->result->run_id, &succeeded, &pipeline->result->counts, err))
        return false;
    return succeeded || fetch_and_load(pipeline, err);
}

static bool write_start(void *context, struct err *err)
{
    struct pipeline *pipeline = context;
    struct pg *pg = pipeline->context->session->pg;
    struct work_claim *claim = pipeline->context->claim;
    int64_t *run_id = &pipeline->result->run_id;
    pipeline->context->api->pg = pg;
    if (!claim)
        return run_record_start(pg, pipeline->entry, run_id, err);
    if (!pg_begin(pg, err))
        return false;
    if (run_record_start(pg, pipeline->entry, run_id, err) && work_note_run(pg, claim, *run_id, err) &&
        pg_commit(pg, err))
        return true;
    pg_rollback(pg);
    *run_id = 0;
    return false;
}

static struct log_context log_context_of(const struct pipeline *pipeline)
{
    return (struct log_context){
        .job = pipeline->chunk->job->name,
        .contract = pipeline->chunk->contract,
        .window = *pipeline->window ? pipeline->window : NULL,
        .run_id = pipeline->result->run_id,
    };
}

static void write_failure(const struct pipeline *pipeline)
{
    struct err ignored;
    struct chunk_result *result = pipeline->result;
    struct pg *pg = pipeline->context->session->pg;
    if (pg && result->err.kind == ERR_STOPPED)
        pg_ignore_stop(pg, SHUTDOWN_GRACE_MS);
    if (pg)
        pg_extend_deadline(pg, SHUTDOWN_GRACE_MS);
    bool connected = pg && pg_reuse(pg);
    if (connected && !run_record_fail(pg, result->run_id, requests_of(pipeline), &result->err, &ignored))
        log_error("run-log", &ignored);
}

/* Fills the result, except for the totals that pipeline_run() sets. */
static void run(struct pipeline *pipeline)
{
    struct chunk_result *result = pipeline->result;
    struct session *session = pipeline->context->session;
    SCOPED(chunk_record) struct chunk_record record;
    chunk_record_make(&record, pipeline->context, pipeline->chunk, result->source);
    pipeline->entry = &record.entry;
    if (!session_run_with_reconnect(session, (struct session_work){write_start, pipeline}, &result->err)) {
        chunk_fail(result);
        return;
    }
    pipeline->task.run_id = result->run_id;
    struct log_context context = log_context_of(pipeline);
    SCOPED(log_scope) struct log_scope scope = log_enter(&context);
    if (session_run_with_reconnect(session, (struct session_work){attempt, pipeline}, &result->err)) {
        result->status = CHUNK_SUCCEEDED;
        return;
    }
    result->counts = (struct row_counts){0};
    chunk_fail(result);
    write_failure(pipeline);
}

/* Zeros are left out, so that the line fits a terminal. */
static void put_change(uint64_t rows, const char *what, struct buf *out)
{
    if (rows > 0)
        buf_print(out, "%s %" PRIu64 " %s", out->length > 0 ? "," : ":", rows, what);
}

static void log_success(const struct chunk_result *result)
{
    const struct row_counts *counts = &result->counts;
    const struct log_number *numbers = LOG_NUMBERS(
        {"rows_read", (int64_t)result->rows_read}, {"rows_inserted", (int64_t)counts->inserted},
        {"rows_updated", (int64_t)counts->updated}, {"rows_unchanged", (int64_t)counts->unchanged},
        {"rows_deleted", (int64_t)counts->deleted}, {"requests", (int64_t)result->requests},
        {"elapsed_ms", result->elapsed_ms});
    SCOPED(buf) struct buf changes = buf_make(BUF_OWN_TEXT);
    put_change(counts->inserted, "inserted", &changes);
    put_change(counts->updated, "updated", &changes);
    put_change(counts->unchanged, "unchanged", &changes);
    put_change(counts->deleted, "deleted", &changes);
    log_write_numbers(LOG_INFO, "chunk-loaded", numbers, "%" PRIu64 " row%s%s; %" PRIu64 " request%s, %.1f s",
                      result->rows_read, readable_plural(result->rows_read), buf_text(&changes),
                      result->requests, readable_plural(result->requests), (double)result->elapsed_ms / 1000);
}

void pipeline_run(const struct chunk_context *context, const struct chunk *chunk, struct chunk_result *result)
{
    int64_t started_ms = clock_now_ms();
    struct pipeline pipeline = {
        .context = context,
        .chunk = chunk,
        .result = result,
        .task = {.context = context, .chunk = chunk},
    };
    *result = (struct chunk_result){.source = source_of_job(chunk->job)};
    window_format(&chunk->window, pipeline.window);
    struct log_context log_context = log_context_of(&pipeline);
    SCOPED(log_scope) struct log_scope scope = log_enter(&log_context);
    context->api->requests = chunk->requests_before;
    run(&pipeline);
    result->requests = context->api->requests;
    result->elapsed_ms = clock_now_ms() - started_ms;
    struct log_context outcome_context = log_context_of(&pipeline);
    SCOPED(log_scope) struct log_scope outcome_scope = log_enter(&outcome_context);
    if (result->status == CHUNK_SUCCEEDED)
        log_success(result);
    else if (context->claim && context->claim->is_lost)
        log_warn("chunk-taken-over", "%s", result->err.text);
    else
        log_error("chunk-failed", &result->err);
}
