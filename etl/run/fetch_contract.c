#include "run/fetch_contract.h"

#include "api/metadata.h"

/* The target, what there is of it, and an empty stage. Every column has its type: none is read off values. */
static bool prepare(const struct pipeline *pipeline, const struct chunk *chunk, struct fetched *fetched,
                    struct err *err)
{
    struct text_list names = job_result_columns(chunk->job, fetched->arena);
    if (!fetched_derive_target(fetched, pipeline, chunk, &names, err))
        return false;
    fetched->stage =
        stage_make(pipeline->session->pg, &fetched->target, chunk->contract, &chunk->window, err);
    return fetched->stage != NULL;
}

static bool stage_rows_of(const struct metadata *metadata, struct stage *stage, size_t width, struct err *err)
{
    if (metadata->row_count == 0)
        return true;
    if (!stage_begin_page(stage, err))
        return false;
    for (size_t i = 0; i < metadata->row_count; i++)
        if (!stage_add_row(stage, &metadata->cells[i * width], width, err))
            return false;
    return stage_end_page(stage, err);
}

bool fetch_contract(const struct pipeline *pipeline, const struct chunk *chunk, struct fetched *fetched,
                    struct err *err)
{
    struct metadata metadata;
    struct metadata_request request = {chunk->job->query.dataset, chunk->contract};
    *fetched = (struct fetched){.arena = arena_make()};
    if (!metadata_fetch(pipeline->api, &request, fetched->arena, &metadata, err) ||
        !prepare(pipeline, chunk, fetched, err))
        return false;
    fetched->rows = metadata.row_count;
    return stage_rows_of(&metadata, fetched->stage, request.dataset->count, err);
}
