#include "run/table_figures.h"

#include "load/proof_check.h"

bool table_figures_read(const struct chunk_context *context, const struct table_figures *of,
                        struct buf *figures, struct err *err)
{
    struct target target;
    struct window_days days;
    static const struct text_list no_readers;
    const struct job *job = of->chunk->job;
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = job_result_columns(job, arena);
    struct load_scope scope = {.target = &target, .contract = of->chunk->contract, .days = &days};
    struct proof_claim claim = {
        .scope = &scope,
        .rows = job->target.mode == JOB_APPEND ? PROOF_RUN : PROOF_SCOPE,
        .run_id = of->run_id,
    };
    window_put_days(of->window, &days);
    if (!target_derive(job, context->settings->database.schema, &names, arena, &target, err))
        return false;
    target.contract = of->chunk->contract;
    return target_inspect(&target, &no_readers, context->session->pg, err) &&
           proof_read_table(&claim, context->session->pg, figures, err);
}
