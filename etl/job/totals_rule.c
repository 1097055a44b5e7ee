#include "job/totals_rule.h"

#include "base/macros.h"

static bool has_field(const struct job *job, const char *name)
{
    return text_list_has(&job->query.fields, name);
}

static bool has_type(const struct job *job, const char *name, enum column_type one, enum column_type other)
{
    enum column_type type;
    return job_column_type(job, name, &type) && (type == one || type == other);
}

/* The date by which the rows can be summed to months; NULL: they have none, or not that of the window. */
static const char *date_field(const struct job *job)
{
    if (job->window.present)
        return has_field(job, job->window.field) ? job->window.field : NULL;
    if (has_field(job, "usageDate"))
        return "usageDate";
    return has_field(job, "usageMonth") ? "usageMonth" : NULL;
}

static bool categories_are_documented(const struct job *job)
{
    for (size_t i = 0; i < job->query.usage_categories.count; i++)
        if (!usage_category_find(job->query.usage_categories.items[i]))
            return false;
    return true;
}

static const char *find_reason(const struct job *job)
{
    const char *date = job->source == JOB_SOURCE_CONTRACT ? NULL : date_field(job);
    if (job->source == JOB_SOURCE_CONTRACT)
        return "it loads no usage (source: contract)";
    if (!text_list_has(&job->query.metrics, "tokensConsumed"))
        return "its rows have no tokensConsumed";
    if (!date)
        return "its rows carry no date of the window";
    if (job->query.where)
        return "its filter (query.where) is more than a list of categories";
    if (!categories_are_documented(job))
        return "it names a usage category that the service does not document";
    if (job->target.mode == JOB_APPEND)
        return "its table keeps the rows of every run (mode: append)";
    if (job->target.vanished == JOB_VANISHED_KEEP)
        return "its table keeps rows that the service no longer has (vanished: keep)";
    if (job->target.snapshots == JOB_SNAPSHOTS_ALL)
        return "its table keeps every snapshot (snapshots: all)";
    if (!has_type(job, date, COLUMN_DATE, COLUMN_TIMESTAMP) ||
        !has_type(job, "tokensConsumed", COLUMN_NUMERIC, COLUMN_INTEGER))
        return "target.types makes its tokens no number, or its date no date";
    return NULL;
}

static const char *only_category(unsigned categories)
{
    for (size_t i = 0; i < USAGE_CATEGORIES; i++)
        if (categories == 1u << i)
            return usage_categories[i].name;
    return NULL;
}

bool totals_rule_of(const struct job *job, struct totals_rule *rule, const char **reason)
{
    *reason = find_reason(job);
    if (*reason)
        return false;
    *rule = (struct totals_rule){
        .date_field = date_field(job),
        .by_year = has_field(job, "contractYear"),
        .by_category = has_field(job, "usageCategory"),
        .categories = usage_category_set(&job->query.usage_categories),
    };
    rule->category = only_category(rule->categories);
    return true;
}
