#include "run/choose.h"

#include "run/fetch_export.h"
#include "state/page_limit.h"

/* Rows of a page, as the job asks for them and the service is known to grant. */
static bool find_page_size(const struct fetch_task *task, const struct budget *budget, unsigned *rows,
                           struct err *err)
{
    unsigned limit;
    if (!page_limit_known(task->pipeline->session->pg, budget->account, &limit, err))
        return false;
    *rows = task->chunk->job->page_size;
    if (limit > 0 && limit < *rows)
        *rows = limit;
    return true;
}

bool choose_source(struct fetch_task *task, struct err *err)
{
    const struct pipeline *pipeline = task->pipeline;
    const struct chunk *chunk = task->chunk;
    struct source_question question = {
        .job = chunk->job,
        .window = &chunk->window,
        .may_export = api_may_write(pipeline->api),
        .budget = budget_of(pipeline->settings),
        .result_lifetime_ms = pipeline->settings->api.result_lifetime_ms,
    };
    SCOPED(buf) struct buf query = buf_make(BUF_OWN_TEXT);
    chunk_put_query(chunk, &query);
    struct run_record_entry entry = {
        .job = chunk->job->name,
        .contract = chunk->contract,
        .query = buf_text(&query),
        .window = &chunk->window,
    };
    if (!find_page_size(task, &question.budget, &question.page_size, err) ||
        !source_log_history(pipeline->session->pg, &entry, question.page_size, &task->history, err) ||
        !fetch_export_is_left(task, &question.export_is_left, err))
        return false;
    task->page_size = question.page_size;
    question.history = task->history;
    task->choice = source_choose(&question);
    return true;
}
