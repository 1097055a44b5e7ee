#include "run/fetched.h"

struct fetched fetched_make(void)
{
    return (struct fetched){.arena = arena_make()};
}

void fetched_cleanup(struct fetched *fetched)
{
    stage_release(fetched->stage);
    arena_release(fetched->arena);
    *fetched = (struct fetched){0};
}

void fetched_clear(struct fetched *fetched)
{
    fetched_cleanup(fetched);
    *fetched = fetched_make();
}

bool fetched_derive_target(struct fetched *fetched, const struct chunk_context *context,
                           const struct chunk *chunk, const struct text_list *columns, struct err *err)
{
    const struct database_settings *settings = &context->settings->database;
    if (!target_derive(chunk->job, settings->schema, columns, fetched->arena, &fetched->target, err))
        return false;
    fetched->target.table = chunk->table;
    fetched->target.contract = chunk->contract;
    return target_inspect(&fetched->target, &settings->grant_select_to, context->session->pg, err);
}
