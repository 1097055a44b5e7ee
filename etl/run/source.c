#include "run/source.h"

static bool has_session_level(const struct text_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct catalogue_entry *entry = catalogue_find(names->items[i]);
        if (entry && entry->level == LEVEL_SESSION)
            return true;
    }
    return false;
}

struct source_choice source_choose(const struct job *job)
{
    switch (job->source) {
    case JOB_SOURCE_EXPORT:
        return (struct source_choice){true, "the job says source: export"};
    case JOB_SOURCE_AUTO:
        if (has_session_level(&job->query.fields))
            return (struct source_choice){true, "its fields are of session level, which cannot be queried"};
        break;
    case JOB_SOURCE_QUERY:
        break;
    }
    return (struct source_choice){0};
}

const char *source_name(struct source_choice choice)
{
    return choice.by_export ? "export" : "query";
}
