#include "job/job_check.h"

struct stranger {
    const char *section;
    const char *key; /* NULL: the section itself */
    const char *why;
};

/* Keys that apply only to usage, and to large amounts of it. */
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
                      "`query.dataset` is missing: with `source: contract` give it what is to be loaded, %s",
                      dataset_names(draft->context->arena));
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
                        "`page_size` has no effect with `source: contract`, whose answers have no pages");
}

/* An invalid source already has its finding. */
static bool is_of_usage(const struct yaml_node *source)
{
    static const char *const names[] = {"auto", "query", "export"};
    bool found = !source;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        found |= source && source->kind == YAML_SCALAR && text_equal(source->text, names[i]);
    return found;
}

void job_check_dataset(const struct job_draft *draft)
{
    const struct yaml_node *given = job_draft_node(draft, "query", "dataset");
    if (draft->job->source == JOB_SOURCE_CONTRACT) {
        check_missing(draft);
        check_strangers(draft);
    } else if (given && is_of_usage(job_draft_node(draft, "source", NULL))) {
        finding_error(draft->context->findings, given->place,
                      "`query.dataset` goes with `source: contract` alone: add that, or remove it");
    }
}
