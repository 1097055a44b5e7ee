#include "run/fetch_contract.h"

#include "api/metadata.h"
#include "run/staging.h"

/* Delivers all rows in one batch. Every column has its type from the dataset, not from values. */
struct contract_source {
    struct row_source source; /* the first member */
    struct metadata metadata;
    size_t width;
    bool is_handed_out;
};

static struct contract_source *of(struct row_source *source)
{
    return (struct contract_source *)source;
}

static bool next_batch(struct row_source *base, enum row_source_state *state, struct err *err)
{
    struct contract_source *source = of(base);
    (void)err;
    *state = source->is_handed_out ? ROW_SOURCE_END : ROW_SOURCE_BATCH;
    source->is_handed_out = true;
    return true;
}

static bool next_row(struct row_source *base, struct source_row *row, struct err *err)
{
    struct contract_source *source = of(base);
    (void)err;
    *row = (struct source_row){.count = source->width};
    if (base->next < source->metadata.row_count)
        row->cells = &source->metadata.cells[base->next++ * source->width];
    return true;
}

bool fetch_contract(const struct fetch_task *task, struct fetched *fetched, struct err *err)
{
    const struct chunk *chunk = task->chunk;
    struct contract_source source = {
        .source = {.next_batch = next_batch, .next_row = next_row},
        .width = chunk->job->query.dataset->count,
    };
    struct metadata_request request = {.dataset = chunk->job->query.dataset, .contract = chunk->contract};
    struct text_list columns = job_result_columns(chunk->job, fetched->arena);
    struct staging staging = {task->context, chunk, &chunk->window, &columns, fetched};
    bool complete;
    if (!metadata_fetch(task->context->api, &request, fetched->arena, &source.metadata, err))
        return false;
    source.source.batch_rows = source.metadata.row_count;
    return staging_run(&staging, &source.source, &complete, err);
}
