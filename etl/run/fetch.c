#include "run/fetch.h"

#include "base/log.h"
#include "base/program.h"
#include "run/fallback.h"
#include "run/fetch_contract.h"
#include "run/fetch_export.h"
#include "run/fetch_query.h"
#include "run/window_parts.h"
#include "state/job_history.h"

struct fetch {
    struct fetch_task *task;
    struct fetched *fetched;
    const char **source;
    struct fetch_query query;
    struct window_parts parts;         /* parts to be fetched after this one */
    struct window part;                /* the part that is being fetched; usually the whole window */
    struct fallback_facts facts;       /* about the part */
    uint64_t window_rows;              /* expected for the whole window; 0: not known */
    struct err refusal;                /* the error of an export that was forbidden */
    char export_reason[FALLBACK_TEXT]; /* why the rows are fetched by export; "": they are not */
    bool in_parts;                     /* the window has been split, and the run row says so */
};

static struct pg *pg_of(const struct fetch *fetch)
{
    return fetch->task->context->session->pg;
}

/* The reason in the words that plan, the log and the run row use. */
static const char *explain(const struct fetch *fetch, enum fallback_reason reason, char *out)
{
    const struct job_history *history = &fetch->task->facts.history;
    struct fallback_numbers numbers = {
        .rows = reason == REASON_TOO_LARGE ? fetch->query.total : history->rows,
        .remembered_until = history->remembered_until,
    };
    return fallback_explain(reason, &numbers, out);
}

/* The rows that the part is expected to have, in proportion to its days. */
static uint64_t expected_rows(const struct fetch *fetch)
{
    uint64_t days = (uint64_t)window_count_days(&fetch->part);
    return fetch->window_rows * days / (uint64_t)window_count_days(&fetch->task->chunk->window);
}

/* Errors. */

static bool fail_scope(const struct fetch *fetch, struct err *err)
{
    static const char advice[] = "add data:write to auth.scopes, then run `%s`";
    char reason[FALLBACK_TEXT];
    if (fetch->facts.outcome == FETCH_FORBIDDEN) {
        /* A query was answered with the same token, user and contract, so it is the scope that is missing. */
        *err = fetch->refusal;
        err_wrap(err, "the token lacks the scope data:write, which an export needs");
        return err_hint(err, advice, program_login());
    }
    err_set(err, ERR_AUTH, "%s, and an export needs the scope data:write, which the token lacks",
            explain(fetch, fallback_reason_of(fetch->facts.outcome), reason));
    return err_hint(err, advice, program_login());
}

/* Sets the error if the job allows only queries, or no other source would help. Always returns false. */
static bool fail(const struct fetch *fetch, enum fallback_reason reason, struct err *err)
{
    static const char one_page[] =
        "allow the export (source: auto), or use larger pages (page_size) or request "
        "less at a time (window.chunk), so that the result is one page";
    const char *message = fetch->query.page.answer.message;
    switch (reason) {
    case REASON_FAILED:
        return err_set(err, ERR_UNAVAILABLE, "the service says FAILED, twice: %s",
                       message ? message : "no reason given");
    case REASON_EXPIRED:
        if (fetch->query.total == 0) {
            err_set(err, ERR_UNAVAILABLE, "the query expired or was removed before it had a result, twice");
            return err_hint(err, "run the job later, or allow the export (source: auto)");
        }
        err_set(err, ERR_UNAVAILABLE, "the result expired before all its pages were read, twice");
        return err_hint(err, "allow the export (source: auto), or request less at a time (window.chunk) or "
                             "use larger pages (page_size)");
    case REASON_TIMEOUT:
        err_set(err, ERR_UNAVAILABLE, "the query exceeds the service's time limit");
        return err_hint(
            err, "allow the export (source: auto), or request less at a time: window.chunk, fewer fields");
    case REASON_REPLACED:
        err_set(err, ERR_DATA,
                "the pages of the query's result say different totals, twice: they are not of one result");
        return err_hint(err, one_page);
    case REASON_REPEATED:
        err_set(err, ERR_DATA, "the pages of the query's result repeat rows, twice: others are missing");
        return err_hint(err, one_page);
    case REASON_FORBIDDEN:
        *err = fetch->refusal;
        return false;
    case REASON_SCOPE:
        return fail_scope(fetch, err);
    case REASON_NONE:
    case REASON_SOURCE_QUERY:
    case REASON_SOURCE_EXPORT:
    case REASON_SOURCE_CONTRACT:
    case REASON_EXPORT_ONLY:
    case REASON_EXPORT_IS_LEFT:
    case REASON_TIMES_OUT:
    case REASON_CANNOT_BE_PAGED:
    case REASON_TOO_LARGE:
        break;
    }
    return err_set(err, ERR_BUG, "a fetch was given up without a reason");
}

/* Steps. */

static bool query(struct fetch *fetch, enum fallback_step step, struct err *err)
{
    static const char *const what[] = {
        [FETCH_FAILED] = "failed",
        [FETCH_TIMEOUT] = "exceeded its time limit",
        [FETCH_EXPIRED] = "has no result any more",
        [FETCH_REPLACED] = "has pages that say different totals",
        [FETCH_REPEATED] = "has pages that repeat rows",
    };
    struct fallback_facts *facts = &fetch->facts;
    struct fetch_query_attempt attempt = {
        .may_resume = step == FALLBACK_QUERY,
        .has_other_way = fallback_has_other_way(facts),
    };
    *fetch->source = source_name(step);
    if (step == FALLBACK_QUERY_AGAIN)
        log_warn("query-again", "the query %s; submitting it again", what[facts->outcome]);
    if (!fetch_query_try(&fetch->query, &attempt, &facts->outcome, err))
        return false;
    facts->resumed = fetch->query.resumed;
    facts->submits += !fetch->query.resumed;
    facts->may_write = api_may_write(fetch->task->context->api);
    return true;
}

/* Fetches the whole window by export. Rows that are staged already, and the other parts, are dropped. */
static bool export(struct fetch *fetch, enum fallback_reason reason, struct err *err)
{
    explain(fetch, reason, fetch->export_reason);
    *fetch->source = source_name(FALLBACK_EXPORT);
    log_info("by-export", "by export: %s", fetch->export_reason);
    fetched_clear(fetch->fetched);
    fetch->facts.outcome = FETCH_COMPLETE;
    fetch->parts.count = 0;
    if (fetch_export(fetch->task, fetch->export_reason, fetch->fetched, err))
        return true;
    if (err->kind != ERR_AUTH)
        return false;
    fetch->refusal = *err;
    fetch->facts.outcome = FETCH_FORBIDDEN;
    fetch->facts.may_write = api_may_write(fetch->task->context->api);
    fetched_clear(fetch->fetched);
    return true;
}

static void log_split(const struct fetch *fetch, enum fallback_reason reason, const char *words)
{
    char window[WINDOW_TEXT];
    if (reason == REASON_FORBIDDEN)
        log_warn("export-forbidden", "%s; requesting the window in parts", fetch->refusal.text);
    else if (reason != REASON_TIMES_OUT)
        log_warn("query-halved",
                 "%s: %s; an export would need the scope data:write, so the window is requested in halves",
                 window_format(&fetch->part, window), words);
    else if (!fetch->in_parts)
        log_info("in-parts", "by a query for each part of the window: %s", words);
}

/* Updates the facts for the parts that follow. */
static void update_facts(struct fetch *fetch, enum fallback_reason reason)
{
    struct source_facts *known = &fetch->task->facts;
    int64_t days = window_count_days(&fetch->part);
    known->export_is_left = false;
    known->may_write = fetch->facts.may_write;
    if (reason == REASON_TIMEOUT || (reason == REASON_FORBIDDEN && known->history.timed_out_days == 0))
        known->history.timed_out_days = days;
    /* So that the next submits wait until the budget can pay for their pages too. */
    if (fetch->query.total > 0)
        fetch->window_rows =
            fetch->query.total * (uint64_t)window_count_days(&fetch->task->chunk->window) / (uint64_t)days;
}

static bool split(struct fetch *fetch, enum fallback_reason reason, struct err *err)
{
    char words[FALLBACK_TEXT];
    explain(fetch, reason, words);
    log_split(fetch, reason, words);
    update_facts(fetch, reason);
    window_parts_split(&fetch->parts, fetch->task->chunk->job, &fetch->part);
    bool is_told = reason == REASON_TIMES_OUT && fetch->in_parts;
    fetch->in_parts = true;
    if (is_told)
        return true;
    const char *why = reason == REASON_FORBIDDEN ? fetch->export_reason : words;
    return job_history_record_parts(pg_of(fetch), fetch->task->run_id, why, err);
}

/* Records the timeout for later runs, unless the query is submitted again unchanged. */
static bool remember_timeout(const struct fetch *fetch, struct fallback next, struct err *err)
{
    bool is_final = fetch->facts.outcome == FETCH_TIMEOUT && next.step != FALLBACK_QUERY_AGAIN;
    return !is_final || job_history_record_timeout(pg_of(fetch), fetch->task->run_id, &fetch->part, err);
}

static bool fetch_part(struct fetch *fetch, struct err *err)
{
    fetch->facts = source_facts_of_part(&fetch->task->facts, fetch->task->chunk, &fetch->part);
    fetch_query_begin_part(&fetch->query, &fetch->part, expected_rows(fetch));
    for (;;) {
        struct fallback next = fallback_next(&fetch->facts);
        bool good = remember_timeout(fetch, next, err);
        switch (next.step) {
        case FALLBACK_QUERY:
        case FALLBACK_QUERY_AGAIN:
            good = good && query(fetch, next.step, err);
            break;
        case FALLBACK_EXPORT:
            good = good && export(fetch, next.reason, err);
            break;
        case FALLBACK_SPLIT:
            return good && split(fetch, next.reason, err);
        case FALLBACK_CONTRACT:
            *fetch->source = source_name(next.step);
            fetch->facts.outcome = FETCH_COMPLETE;
            good = good && fetch_contract(fetch->task, fetch->fetched, err);
            break;
        case FALLBACK_DONE:
            return good;
        case FALLBACK_FAIL:
            return good && fail(fetch, next.reason, err);
        }
        if (!good)
            return false;
    }
}

bool fetch_chunk(struct fetch_task *task, struct fetched *fetched, const char **source, struct err *err)
{
    bool good = true;
    struct fetch fetch = {
        .task = task,
        .fetched = fetched,
        .source = source,
        .query = fetch_query_make(task, fetched),
        .parts = window_parts_of(&task->chunk->window),
        .window_rows = task->facts.history.max_rows,
    };
    while (good && window_parts_take(&fetch.parts, &fetch.part))
        good = fetch_part(&fetch, err);
    fetch_query_cleanup(&fetch.query);
    return good;
}
