#include "run/chunk_record.h"

#include <unistd.h>

void chunk_record_make(struct chunk_record *record, const struct chunk_context *context,
                       const struct chunk *chunk, const char *source)
{
    record->request = buf_make(BUF_OWN_TEXT);
    record->query = buf_make(BUF_OWN_TEXT);
    chunk_put_request(chunk, &record->request);
    chunk_put_query(chunk, &record->query);
    record->entry = (struct run_record_entry){
        .job = chunk->job->name,
        .contract = chunk->contract,
        .schema = context->settings->database.schema,
        .table = chunk->job->target.table,
        .request = buf_text(&record->request),
        .query = buf_text(&record->query),
        .window = &chunk->window,
        .window_given = context->window_given && chunk->window.bounded,
        .source = source,
        .host = context->host,
        .pid = (int)getpid(),
        .invocation_id = context->invocation_id,
        .chunk = chunk->number,
        .chunks = chunk->count,
        .requests_before = chunk->requests_before,
    };
}

void chunk_record_cleanup(struct chunk_record *record)
{
    buf_release(&record->request);
    buf_release(&record->query);
}
