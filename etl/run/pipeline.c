#include "run/pipeline.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "load/grain.h"
#include "load/merge.h"
#include "run/choose.h"
#include "run/fetch.h"
#include "run/fetch_contract.h"
#include "run/fetch_export.h"
#include "run/parts.h"
#include "state/lock.h"
#include "state/run_record.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* After a stop there is so much time for the last words: the run row, the lock. */
#define LAST_WORDS_MS 2000

/* A load that collided with another transaction is tried so often. */
#define LOAD_ATTEMPTS 3

/* So many take the database long enough for the log to say that it has begun. */
#define MANY_ROWS 200000

/* From the stage into the table. *current: the table is as it was when it was looked at. */
static bool merge(const struct pipeline *pipeline, const struct chunk *chunk, struct fetched *fetched,
                  struct chunk_result *result, bool *current, struct err *err)
{
    struct pg *pg = pipeline->session->pg;
    struct merge merge = {
        .target = &fetched->target,
        .contract = chunk->contract,
        .window = &chunk->window,
        .run_id = result->run_id,
        .stage = fetched->stage,
    };
    if (!target_apply(&fetched->target, pg, err) || !grain_hold(&fetched->target, pg, err) ||
        !target_is_current(&fetched->target, pg, current, err))
        return false;
    if (!*current)
        return err_set(err, ERR_LATER, "table %s.%s was changed by another load", fetched->target.schema,
                       fetched->target.table);
    return stage_follow_types(fetched->stage, err) && merge_run(&merge, pg, &result->counts, err);
}

static bool load_in_transaction(const struct pipeline *pipeline, const struct chunk *chunk,
                                struct fetched *fetched, struct chunk_result *result, bool *current,
                                struct err *err)
{
    struct pg *pg = pipeline->session->pg;
    /* An empty result tells nothing of a column that nobody knows: no table is made with a guess. */
    bool shapeless = fetched->rows == 0 && !fetched->target.exists && !target_is_typed(&fetched->target);
    struct run_record_success success = {
        .run_id = result->run_id,
        .schema = fetched->target.schema,
        .table = fetched->target.table,
        .rows_read = fetched->rows,
        .counts = &result->counts,
        .requests = pipeline->api->requests,
    };
    return (shapeless || merge(pipeline, chunk, fetched, result, current, err)) &&
           run_record_succeed(pg, &success, err) && pg_commit(pg, err);
}

static bool collided(const struct pg *pg)
{
    return strcmp(pg_sqlstate(pg), "40001") == 0 || strcmp(pg_sqlstate(pg), "40P01") == 0;
}

static void tell_loading(const struct fetched *fetched)
{
    enum log_level level = fetched->rows < MANY_ROWS ? LOG_DEBUG : LOG_INFO;
    progress_phase("loading");
    progress_rows(PROGRESS_UNKNOWN, fetched->rows);
    log_write(level, "loading", "loading %" PRIu64 " rows into %s.%s", fetched->rows, fetched->target.schema,
              fetched->target.table);
}

static bool load(const struct pipeline *pipeline, const struct chunk *chunk, struct fetched *fetched,
                 struct chunk_result *result, struct err *err)
{
    struct pg *pg = pipeline->session->pg;
    const struct text_list *readers = &pipeline->settings->database.grant_select_to;
    tell_loading(fetched);
    for (unsigned attempt = 1;; attempt++) {
        bool current = true;
        if (!pg_begin(pg, err))
            return false;
        if (load_in_transaction(pipeline, chunk, fetched, result, &current, err))
            return true;
        bool again = (!current || collided(pg)) && attempt < LOAD_ATTEMPTS;
        bool waited_in_vain = strcmp(pg_sqlstate(pg), "55P03") == 0;
        pg_rollback(pg);
        if (waited_in_vain)
            lock_explain_wait(pg, fetched->target.schema, fetched->target.table, err);
        if (!again)
            return false;
        log_warn("load-again", "%s; loading again", err->text);
        if (!target_inspect(&fetched->target, readers, pg, err))
            return false;
    }
}

static bool fetch_export(const struct fetch_task *task, struct chunk_result *result, struct fetched *fetched,
                         struct err *err)
{
    result->source = source_name(SOURCE_EXPORT);
    log_info("by-export", "by export: %s", task->choice.reason);
    return fetch_by_export(task, fetched, err);
}

static bool fetch_query(const struct fetch_task *task, struct chunk_result *result, struct fetched *fetched,
                        struct err *err)
{
    result->source = source_name(SOURCE_QUERY);
    if (task->choice.way == SOURCE_PARTS)
        log_info("in-parts", "by a query for each part of the window: %s", task->choice.reason);
    return fetch_by_query(task, fetched, err);
}

/* The service forbids the export that was to take the query's place: a token without the scope for it. */
static bool can_do_without_export(const struct fetch_task *task, const struct err *err)
{
    const struct chunk *chunk = task->chunk;
    return err->kind == ERR_AUTH && chunk->job->source == JOB_SOURCE_AUTO &&
           source_of_job(chunk->job).way == SOURCE_QUERY && !api_may_write(task->pipeline->api) &&
           parts_can_split(chunk->job, &chunk->window);
}

/* The query has been answered with the same token, user and contract: it is the scope that is missing. Always
 * false. */
static bool explain_scope(const struct fetch_task *task, struct err *err)
{
    bool was_queried = source_of_job(task->chunk->job).way == SOURCE_QUERY;
    if (err->kind != ERR_AUTH || !was_queried || api_may_write(task->pipeline->api))
        return false;
    err_wrap(err, "the token lacks the scope data:write, which an export needs");
    return err_hint(err, "add data:write to auth.scopes, then run `tokenflex-etl auth login`");
}

/* What the table says against the job is told before a request is spent on it. */
static bool check_target(const struct fetch_task *task, struct err *err)
{
    SCOPED(fetched) struct fetched looked = {.arena = arena_make()};
    struct text_list columns = job_result_columns(task->chunk->job, looked.arena);
    return fetched_derive_target(&looked, task->pipeline, task->chunk, &columns, err);
}

static bool fetch(struct fetch_task *task, struct chunk_result *result, struct fetched *fetched,
                  struct err *err)
{
    if (!check_target(task, err))
        return false;
    if (task->chunk->job->source == JOB_SOURCE_CONTRACT)
        return fetch_contract(task->pipeline, task->chunk, fetched, err);
    if (!choose_source(task, err))
        return false;
    if (task->choice.way != SOURCE_EXPORT) {
        if (!fetch_query(task, result, fetched, err))
            return false;
        if (!*fetched->turn_to_export)
            return true;
        task->choice.way = SOURCE_EXPORT;
        memcpy(task->choice.reason, fetched->turn_to_export, sizeof task->choice.reason);
        fetched_cleanup(fetched);
    }
    if (fetch_export(task, result, fetched, err))
        return true;
    if (!can_do_without_export(task, err))
        return explain_scope(task, err);
    log_warn("export-forbidden", "%s; asking for the window in parts", err->text);
    fetched_cleanup(fetched);
    task->choice.way = SOURCE_PARTS;
    if (task->history.timed_out_days == 0)
        task->history.timed_out_days = window_count_days(&task->chunk->window);
    return fetch_query(task, result, fetched, err);
}

/* A result that cannot be loaded would not be better for a second look: the next run asks anew. */
static void forget_result(const struct fetch_task *task, const struct fetched *fetched)
{
    struct err ignored;
    if (fetched->export_key)
        fetch_export_forget(task);
    else if (!run_log_forget_query(task->pipeline->session->pg, task->run_id, &ignored))
        log_debug("query-forget", "%s", ignored.text);
}

static bool fetch_and_load(const struct pipeline *pipeline, const struct chunk *chunk,
                           struct chunk_result *result, struct err *err)
{
    struct fetch_task task = {.pipeline = pipeline, .chunk = chunk, .run_id = result->run_id};
    SCOPED(fetched) struct fetched fetched = {0};
    if (!fetch(&task, result, &fetched, err))
        return false;
    result->rows_read = fetched.rows;
    if (!load(pipeline, chunk, &fetched, result, err)) {
        if (err->kind == ERR_DATA)
            forget_result(&task, &fetched);
        return false;
    }
    if (fetched.export_key)
        fetch_export_end(&task, &fetched);
    return true;
}

/* Connects anew. *done: the COMMIT whose answer was lost with the old connection had succeeded. */
static bool renew_session(const struct pipeline *pipeline, struct chunk_result *result, bool *done,
                          struct err *err)
{
    if (!session_renew(pipeline->session, err))
        return false;
    pipeline->api->pg = pipeline->session->pg;
    return run_record_outcome(pipeline->session->pg, result->run_id, done, &result->counts, err);
}

/*
 * The database may go away in the middle: then everything is gone but the result at the service, which is
 * taken up again over a new connection, for as long as it lives.
 */
static bool fetch_and_load_surviving(const struct pipeline *pipeline, const struct chunk *chunk,
                                     struct chunk_result *result, struct err *err)
{
    for (unsigned breaks = 0;; breaks++) {
        bool done;
        if (fetch_and_load(pipeline, chunk, result, err))
            return true;
        bool broke = err->kind == ERR_UNAVAILABLE && pg_is_lost(pipeline->session->pg);
        if (!broke || breaks >= pipeline->settings->api.retries)
            return false;
        log_warn("database-lost", "%s; connecting again", err->text);
        if (!renew_session(pipeline, result, &done, err))
            return false;
        if (done)
            return true;
    }
}

static void set_log_context(const struct chunk *chunk, const char *window, int64_t run_id)
{
    struct log_context context = {
        .job = chunk->job->name,
        .contract = chunk->contract,
        .window = *window ? window : NULL,
        .run_id = run_id,
    };
    log_set_context(&context);
}

static void tell_success(const struct chunk_result *result)
{
    const struct row_counts *counts = &result->counts;
    const struct log_number *numbers = LOG_NUMBERS(
        {"rows_read", (int64_t)result->rows_read}, {"rows_inserted", (int64_t)counts->inserted},
        {"rows_updated", (int64_t)counts->updated}, {"rows_unchanged", (int64_t)counts->unchanged},
        {"rows_deleted", (int64_t)counts->deleted}, {"requests", (int64_t)result->requests},
        {"elapsed_ms", result->elapsed_ms});
    log_write_numbers(LOG_INFO, "chunk-loaded", numbers,
                      "%" PRIu64 " rows: %" PRIu64 " inserted, %" PRIu64 " updated, %" PRIu64
                      " unchanged, %" PRIu64 " deleted; %" PRIu64 " requests, %.1f s",
                      result->rows_read, counts->inserted, counts->updated, counts->unchanged,
                      counts->deleted, result->requests, (double)result->elapsed_ms / 1000);
}

void pipeline_texts_cleanup(struct pipeline_texts *texts)
{
    buf_release(&texts->question);
    buf_release(&texts->query);
}

struct run_record_entry pipeline_entry(const struct pipeline *pipeline, const struct chunk *chunk,
                                       const char *source, struct pipeline_texts *texts)
{
    texts->question = buf_make(BUF_OWN_TEXT);
    texts->query = buf_make(BUF_OWN_TEXT);
    chunk_put_question(chunk, &texts->question);
    chunk_put_query(chunk, &texts->query);
    return (struct run_record_entry){
        .job = chunk->job->name,
        .contract = chunk->contract,
        .schema = pipeline->settings->database.schema,
        .table = chunk->job->target.table,
        .question = buf_text(&texts->question),
        .query = buf_text(&texts->query),
        .window = &chunk->window,
        .source = source,
        .host = pipeline->host,
        .pid = (int)getpid(),
        .invocation_id = pipeline->invocation_id,
        .chunk = chunk->number,
        .chunks = chunk->count,
        .requests_before = chunk->requests_before,
    };
}

/* A connection that was lost since the last chunk is made anew. */
static bool start(const struct pipeline *pipeline, const struct run_record_entry *entry,
                  struct chunk_result *result)
{
    struct session *session = pipeline->session;
    if (run_record_start(session->pg, entry, &result->run_id, &result->err))
        return true;
    if (!pg_is_lost(session->pg))
        return false;
    log_warn("database-lost", "%s; connecting again", result->err.text);
    if (!session_renew(session, &result->err))
        return false;
    pipeline->api->pg = session->pg;
    return run_record_start(session->pg, entry, &result->run_id, &result->err);
}

static bool run(const struct pipeline *pipeline, const struct chunk *chunk, const char *window,
                struct chunk_result *result)
{
    struct err ignored;
    SCOPED(pipeline_texts) struct pipeline_texts texts;
    struct run_record_entry entry = pipeline_entry(pipeline, chunk, result->source, &texts);
    struct session *session = pipeline->session;
    if (!start(pipeline, &entry, result))
        return false;
    set_log_context(chunk, window, result->run_id);
    if (fetch_and_load_surviving(pipeline, chunk, result, &result->err))
        return true;
    result->counts = (struct row_counts){0};
    if (session->pg && result->err.kind == ERR_STOPPED)
        pg_outlive_stop(session->pg, LAST_WORDS_MS);
    bool connected = session->pg && !pg_is_lost(session->pg);
    if (connected &&
        !run_record_fail(session->pg, result->run_id, pipeline->api->requests, &result->err, &ignored))
        log_error("run-log", &ignored);
    return false;
}

void pipeline_run(const struct pipeline *pipeline, const struct chunk *chunk, struct chunk_result *result)
{
    char window[WINDOW_TEXT];
    int64_t started_ms = clock_now_ms();
    window_format(&chunk->window, window);
    set_log_context(chunk, window, 0);
    progress_window(window);
    *result = (struct chunk_result){.source = source_name(source_of_job(chunk->job).way)};
    pipeline->api->requests = chunk->requests_before;
    bool succeeded = run(pipeline, chunk, window, result);
    result->status = succeeded ? CHUNK_SUCCEEDED : CHUNK_FAILED;
    result->requests = pipeline->api->requests;
    result->elapsed_ms = clock_now_ms() - started_ms;
    if (succeeded)
        tell_success(result);
    else
        log_error("chunk-failed", &result->err);
    log_set_context(&(struct log_context){0});
}
