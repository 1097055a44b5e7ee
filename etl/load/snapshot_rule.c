#include "load/snapshot_rule.h"

static bool is_same(const struct window *one, const struct window *other)
{
    return one->from == other->from && one->to == other->to;
}

static bool overlap(const struct window *one, const struct window *other)
{
    return one->from < other->to && other->from < one->to;
}

static bool lies_within(const struct window *inner, const struct window *outer)
{
    return inner->from >= outer->from && inner->to <= outer->to;
}

enum snapshot_verdict snapshot_judge(const struct snapshot *loaded, const struct snapshot *held)
{
    if (is_same(&loaded->window, &held->window))
        return SNAPSHOT_SAME;
    if (!overlap(&loaded->window, &held->window))
        return SNAPSHOT_STAYS;
    if (!loaded->is_moving)
        return lies_within(&held->window, &loaded->window) ? SNAPSHOT_REPLACED : SNAPSHOT_CUT;
    if (!held->is_moving)
        return SNAPSHOT_GIVEN;
    return held->as_of > loaded->as_of ? SNAPSHOT_LATER : SNAPSHOT_REPLACED;
}

struct snapshot snapshot_of_chunk(const struct snapshot_chunk *chunk)
{
    return (struct snapshot){
        .window = *chunk->window,
        .is_moving = windows_have(chunk->moving, chunk->window),
        .as_of = chunk->today,
    };
}

static void refuse(struct snapshot_decision *decision, enum snapshot_verdict why, const struct window *other)
{
    if (decision->is_refused)
        return;
    decision->is_refused = true;
    decision->refusal = why;
    decision->other = *other;
}

static void replace(struct snapshot_decision *decision, const struct snapshot *held, struct arena *arena)
{
    struct snapshots *replaced = &decision->replaced;
    *(struct snapshot *)arena_push(arena, &replaced->items, &replaced->count, sizeof *held) = *held;
    decision->rows_replaced += held->rows;
}

/* A window that moves with the day keeps doing so, however it is loaded again. */
static void take_over(struct snapshot *loaded, const struct snapshot *same)
{
    if (same->is_moving && (!loaded->is_moving || same->as_of > loaded->as_of))
        loaded->as_of = same->as_of;
    loaded->is_moving |= same->is_moving;
}

static const struct snapshot *find_same(const struct snapshots *held, const struct window *window)
{
    for (size_t i = 0; i < held->count; i++)
        if (is_same(&held->items[i].window, window))
            return &held->items[i];
    return NULL;
}

/* Refuses a given window that overlaps the job's moving window of today, which could then not be loaded. */
static void check_current(const struct snapshot_chunk *chunk, struct snapshot_decision *decision)
{
    for (size_t i = 0; i < chunk->moving->count; i++)
        if (overlap(chunk->window, &chunk->moving->items[i]))
            refuse(decision, SNAPSHOT_CURRENT, &chunk->moving->items[i]);
}

void snapshot_decide(const struct snapshot_chunk *chunk, const struct snapshots *held, struct arena *arena,
                     struct snapshot_decision *decision)
{
    struct snapshot loaded = snapshot_of_chunk(chunk);
    const struct snapshot *same = find_same(held, chunk->window);
    *decision = (struct snapshot_decision){.loaded = loaded};
    if (same)
        take_over(&decision->loaded, same);
    else if (!loaded.is_moving)
        check_current(chunk, decision);
    for (size_t i = 0; i < held->count; i++) {
        const struct snapshot *other = &held->items[i];
        enum snapshot_verdict verdict = snapshot_judge(&loaded, other);
        switch (verdict) {
        case SNAPSHOT_STAYS:
        case SNAPSHOT_SAME:
            break;
        case SNAPSHOT_REPLACED:
            replace(decision, other, arena);
            break;
        case SNAPSHOT_CUT:
        case SNAPSHOT_GIVEN:
        case SNAPSHOT_LATER:
        case SNAPSHOT_CURRENT:
            refuse(decision, verdict, &other->window);
            break;
        }
    }
}
