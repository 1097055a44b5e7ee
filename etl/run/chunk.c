#include "run/chunk.h"

#include "job/request_body.h"

void chunk_fail(struct chunk_result *result)
{
    err_require(&result->err);
    result->status = CHUNK_FAILED;
}

const char *chunk_status_name(enum chunk_status status)
{
    switch (status) {
    case CHUNK_NOT_BEGUN:
    case CHUNK_SKIPPED:
        return "skipped";
    case CHUNK_SUCCEEDED:
        return "succeeded";
    case CHUNK_FAILED:
        return "failed";
    }
    return "?";
}

const char *chunk_status_text(enum chunk_status status)
{
    return status == CHUNK_NOT_BEGUN ? "not begun" : chunk_status_name(status);
}

struct snapshot_load chunk_snapshot_load(const struct chunk *chunk, const struct target *target)
{
    return (struct snapshot_load){
        .target = target,
        .contract = chunk->contract,
        .chunk = {.window = &chunk->window, .moving = &chunk->moving, .today = chunk->today},
    };
}

void chunk_put_request(const struct chunk *chunk, struct buf *request)
{
    const struct job_target *target = &chunk->job->target;
    request_body_put(chunk->job, &chunk->window, request);
    for (size_t i = 0; i < target->rename_count; i++)
        buf_print(request, "\n%s %s", target->renames[i].name, target->renames[i].column);
}

void chunk_put_query(const struct chunk *chunk, struct buf *query)
{
    struct window all_days = {0};
    request_body_put(chunk->job, &all_days, query);
}
