#include "run/source.h"

#include "run/parts.h"

#include <inttypes.h>
#include <stdio.h>

static bool has_session_level(const struct text_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct catalogue_entry *entry = catalogue_find(names->items[i]);
        if (entry && entry->level == LEVEL_SESSION)
            return true;
    }
    return false;
}

struct source_choice source_of_job(const struct job *job)
{
    switch (job->source) {
    case JOB_SOURCE_EXPORT:
        return (struct source_choice){SOURCE_EXPORT, "the job says source: export"};
    case JOB_SOURCE_AUTO:
        if (has_session_level(&job->query.fields))
            return (struct source_choice){SOURCE_EXPORT,
                                          "its fields are of session level, which cannot be queried"};
        break;
    case JOB_SOURCE_CONTRACT:
        return (struct source_choice){.way = SOURCE_CONTRACT};
    case JOB_SOURCE_QUERY:
        break;
    }
    return (struct source_choice){.way = SOURCE_QUERY};
}

/* A query over so many days has timed out lately: the other ways, where there are any. */
static struct source_choice avoid_timeout(const struct source_question *question)
{
    struct source_choice choice = {.way = SOURCE_QUERY};
    bool in_parts = parts_can_split(question->job, question->window);
    if (!question->may_export && !in_parts)
        return choice;
    choice.way = question->may_export ? SOURCE_EXPORT : SOURCE_PARTS;
    snprintf(choice.reason, sizeof choice.reason,
             "a query of this size ran past the service's time limit; one is tried again from %s on",
             question->history.remembered_until);
    return choice;
}

/* Whether what the last result had could be paged before it expires, with a budget that is full. */
static bool can_be_paged(const struct source_question *question)
{
    struct budget_level full = {.requests = budget_capacity(&question->budget)};
    uint64_t pages = (question->history.rows + question->page_size - 1) / question->page_size;
    /* The first comes with the poll that finds the result. */
    return pages < 2 || budget_allows(&question->budget, &full, pages - 1, question->result_lifetime_ms);
}

struct source_choice source_choose(const struct source_question *question)
{
    struct source_choice choice = source_of_job(question->job);
    if (choice.way != SOURCE_QUERY || question->job->source == JOB_SOURCE_QUERY)
        return choice;
    if (question->export_is_left)
        return (struct source_choice){SOURCE_EXPORT, "an earlier run has asked for it"};
    if (question->history.timed_out_days > 0)
        return avoid_timeout(question);
    if (!can_be_paged(question) && question->may_export) {
        choice.way = SOURCE_EXPORT;
        snprintf(choice.reason, sizeof choice.reason,
                 "the last result had %" PRIu64 " rows, more than the request budget can page through before "
                 "they expire",
                 question->history.rows);
    }
    return choice;
}

const char *source_name(enum source_way way)
{
    if (way == SOURCE_CONTRACT)
        return "contract";
    return way == SOURCE_EXPORT ? "export" : "query";
}
