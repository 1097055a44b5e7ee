#include "job/job_set.h"

#include "job/filter.h"

#include <stdio.h>

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

/* A contract that both jobs name by its number; NULL where there is none. */
static const char *common_contract(const struct job *first, const struct job *second)
{
    for (size_t i = 0; i < first->contract_numbers.count; i++)
        if (text_list_has(&second->contract_numbers, first->contract_numbers.items[i]))
            return first->contract_numbers.items[i];
    return NULL;
}

/* Of a filter, in a message. */
#define SHOWN_FILTER 400

static const char *show_filter(const struct buf *filter, char out[SHOWN_FILTER])
{
    char text[SHOWN_FILTER - 2];
    if (filter->length == 0)
        return "all usage";
    snprintf(out, SHOWN_FILTER, "`%s`", text_excerpt(buf_text(filter), filter->length, text, sizeof text));
    return out;
}

/* Both write one table with one grain: each would delete the other's rows. */
static void check_filters(const struct job *first, const struct job *second, struct findings *findings)
{
    char first_shown[SHOWN_FILTER];
    char second_shown[SHOWN_FILTER];
    SCOPED(buf) struct buf first_filter = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf second_filter = buf_make(BUF_OWN_TEXT);
    const char *contract = common_contract(first, second);
    if (!contract)
        return;
    job_filter_put(first, &first_filter);
    job_filter_put(second, &second_filter);
    if (text_equal(buf_text(&first_filter), buf_text(&second_filter)))
        return;
    finding_error(
        findings, second->place,
        "`%s` writes the rows of contract `%s` in the table `%s` as the job `%s` %s does, but asks for other "
        "usage: `%s` for %s, `%s` for %s. Give one of them a table of its own under `target.table`, or make "
        "them one job",
        second->name, contract, second->target.table, first->name,
        place_beside(findings->arena, &first->place, &second->place), second->name,
        show_filter(&second_filter, second_shown), first->name, show_filter(&first_filter, first_shown));
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
    else if (one_table)
        check_filters(first, second, findings);
}

void job_set_check(const struct jobs *jobs, struct findings *findings)
{
    for (size_t second = 1; second < jobs->count; second++)
        for (size_t first = 0; first < second; first++)
            check_pair(&jobs->items[first], &jobs->items[second], findings);
}
