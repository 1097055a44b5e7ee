#include "job/job_set.h"

static bool same_names(const struct text_list *left, const struct text_list *right)
{
    for (size_t i = 0; i < left->count; i++)
        if (!text_list_has(right, left->items[i]))
            return false;
    return left->count == right->count;
}

static bool has_window_columns(const struct job *job)
{
    return job->window.present && !job_rows_are_dated(job);
}

/* "on line 3", or "at other.yaml:3:1". */
static const char *place_beside(struct arena *arena, const struct place *place, const struct place *beside)
{
    if (text_equal(place->file, beside->file))
        return arena_print(arena, "on line %u", place->line);
    return arena_print(arena, "at %s:%u:%u", place->file, place->line, place->column);
}

/* Why two jobs cannot fill one table, or NULL. */
static const char *difference(const struct job *first, const struct job *second)
{
    if (!same_names(&first->query.fields, &second->query.fields))
        return "asks for other fields, so that their rows do not mean the same";
    if (has_window_columns(first) != has_window_columns(second))
        return "tells its windows apart in another way";
    if (!same_names(&first->target.key, &second->target.key))
        return "has another key";
    return NULL;
}

static void check_pair(const struct job *first, const struct job *second, struct findings *findings)
{
    struct arena *arena = findings->arena;
    bool one_table = text_equal(first->target.table, second->target.table);
    const char *conflict = one_table ? difference(first, second) : NULL;
    if (text_equal(first->name, second->name))
        finding_error(findings, second->place,
                      "there are two jobs named `%s`, the other one %s: rename one of them", second->name,
                      place_beside(arena, &first->place, &second->place));
    else if (conflict)
        finding_error(
            findings, second->place,
            "`%s` writes the table `%s` as the job `%s` %s does, but %s: give one of them a table of its own "
            "under `target.table`",
            second->name, second->target.table, first->name,
            place_beside(arena, &first->place, &second->place), conflict);
}

void job_set_check(const struct jobs *jobs, struct findings *findings)
{
    for (size_t second = 1; second < jobs->count; second++)
        for (size_t first = 0; first < second; first++)
            check_pair(&jobs->items[first], &jobs->items[second], findings);
}
