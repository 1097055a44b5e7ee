#include "job/job_draft.h"

struct stranger {
    const char *section;
    const char *key; /* NULL: the section itself */
    const char *why;
};

/* What is about usage, and about getting much of it. */
static const struct stranger strangers[] = {
    {"query", "fields", "which loads all columns of its dataset"},
    {"query", "metrics", "which loads all columns of its dataset"},
    {"query", "usageCategory", "which loads no usage"},
    {"query", "where", "which loads no usage"},
    {"window", NULL, "whose rows are of no day"},
    {"target", "key", "whose dataset has a key of its own"},
};

static void check_missing(const struct job_draft *draft)
{
    const struct yaml_node *query = job_draft_node(draft, "query", NULL);
    if (query && query->kind == YAML_MAPPING && !yaml_get(query, "dataset"))
        finding_error(draft->context->findings, query->place,
                      "`query.dataset` is missing: with `source: contract` give it what is to be "
                      "loaded, " DATASET_NAMES);
}

static void check_strangers(const struct job_draft *draft)
{
    struct findings *findings = draft->context->findings;
    const struct yaml_node *page_size = job_draft_node(draft, "page_size", NULL);
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        const struct stranger *stranger = &strangers[i];
        const struct yaml_node *given = job_draft_node(draft, stranger->section, stranger->key);
        const char *dot = stranger->key ? "." : "";
        if (given)
            finding_error(findings, given->place,
                          "`%s%s%s` does not go with `source: contract`, %s: remove it", stranger->section,
                          dot, stranger->key ? stranger->key : "", stranger->why);
    }
    if (page_size)
        finding_warning(findings, page_size->place,
                        "`page_size` is of no effect with `source: contract`, whose answers have no pages");
}

/* A source that is none has its finding already. */
static bool is_of_usage(const struct yaml_node *source)
{
    static const char *const names[] = {"auto", "query", "export"};
    bool found = !source;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        found |= source && source->kind == YAML_SCALAR && text_equal(source->text, names[i]);
    return found;
}

static struct text_list names_of(const struct catalogue_entry *columns, size_t count, struct arena *arena)
{
    struct text_list names = {arena_alloc(arena, count, sizeof(const char *)), count};
    for (size_t i = 0; i < count; i++)
        names.items[i] = columns[i].name;
    return names;
}

void job_take_dataset(const struct job_draft *draft)
{
    struct job_query *query = &draft->job->query;
    const struct dataset *dataset = query->dataset;
    const struct yaml_node *given = job_draft_node(draft, "query", "dataset");
    struct arena *arena = draft->context->arena;
    if (draft->job->source != JOB_SOURCE_CONTRACT) {
        query->dataset = NULL;
        if (given && is_of_usage(job_draft_node(draft, "source", NULL)))
            finding_error(draft->context->findings, given->place,
                          "`query.dataset` goes with `source: contract` alone: add that, or remove it");
        return;
    }
    check_missing(draft);
    check_strangers(draft);
    if (!dataset)
        return;
    size_t keys = dataset->key_count;
    query->fields = names_of(dataset->columns, keys, arena);
    query->metrics = names_of(dataset->columns + keys, dataset->count - keys, arena);
    draft->job->target.key = query->fields;
}
