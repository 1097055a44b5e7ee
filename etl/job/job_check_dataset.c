#include "job/exclusion.h"
#include "job/job_check.h"

static void check_missing(const struct job_draft *draft)
{
    const struct yaml_node *query = job_draft_node(draft, "query", NULL);
    if (query && query->kind == YAML_MAPPING && !yaml_get(query, "dataset"))
        finding_error(draft->context->findings, query->place,
                      "`query.dataset` is missing: with `source: contract` give it what is to be loaded, %s",
                      dataset_names(draft->context->arena));
}

static void check_page_size(const struct job_draft *draft)
{
    const struct yaml_node *page_size = job_draft_node(draft, "page_size", NULL);
    if (page_size)
        finding_warning(draft->context->findings, page_size->place,
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
        exclusions_check(draft, "source", "contract");
        check_page_size(draft);
    } else if (given && is_of_usage(job_draft_node(draft, "source", NULL))) {
        finding_error(draft->context->findings, given->place,
                      "`query.dataset` needs `source: contract`: add that, or remove `query.dataset`");
    }
}
