/* Which usage categories a field needs, and what the Query API does not serve: Token Flex API, "Usage
 * limitations". */
#include "job/job_check.h"

#include <stdio.h>
#include <string.h>

#define MANUAL_ENTRIES (1U << CATEGORY_MANUAL_ADJUSTMENT | 1U << CATEGORY_MANUAL_CONSUMPTION)

/* The names of a set of usage categories, in their order, with commas. Returns out. */
#define SET_BYTES 96
static const char *put_set(unsigned set, char out[SET_BYTES])
{
    *out = '\0';
    for (size_t i = 0; i < USAGE_CATEGORIES; i++) {
        size_t length = strlen(out);
        if (set >> i & 1)
            snprintf(out + length, SET_BYTES - length, "%s%s", length ? ", " : "", usage_categories[i].name);
    }
    return out;
}

static const char *level_word(const struct catalogue_entry *detail)
{
    switch (detail->level) {
    case LEVEL_SESSION:
        return "session-level";
    case LEVEL_TRANSACTION:
        return "transaction-level";
    case LEVEL_SESSION_OR_TRANSACTION:
        return "session- or transaction-level";
    case LEVEL_AGGREGATE:
        break;
    }
    return "aggregate";
}

static struct place place_of_field(const struct job_draft *draft, const struct catalogue_entry *entry)
{
    return job_draft_item_place(draft, "query", "fields", entry->name);
}

/* The catalogue's entry of a detail: a field of any level but LEVEL_AGGREGATE. NULL for any other name. */
static const struct catalogue_entry *find_detail(const char *name)
{
    const struct catalogue_entry *entry = catalogue_find(name);
    return entry && entry->level != LEVEL_AGGREGATE ? entry : NULL;
}

static const struct catalogue_entry *first_detail(const struct job_query *query)
{
    const struct catalogue_entry *found = NULL;
    for (size_t i = 0; i < query->fields.count && !found; i++)
        found = find_detail(query->fields.items[i]);
    return found;
}

/* Without the attribute, usage categories in the `where` condition do not count. */
static void check_unnamed(const struct job_draft *draft)
{
    const struct job_query *query = &draft->job->query;
    const struct catalogue_entry *detail = first_detail(query);
    char set[SET_BYTES];
    if (detail) {
        finding_error(draft->context->findings, place_of_field(draft, detail),
                      "`%s` is %s: name the usage categories in `query.usageCategory`, from among "
                      "%s; a condition in `where` is not enough",
                      detail->name, level_word(detail), put_set(detail->categories, set));
        return;
    }
    for (size_t i = 0; i < query->fields.count; i++) {
        const struct catalogue_entry *entry = catalogue_find(query->fields.items[i]);
        if (entry && (entry->categories & ~MANUAL_ENTRIES) == 0)
            finding_warning(draft->context->findings, place_of_field(draft, entry),
                            "`%s` exists for %s only: name that in `query.usageCategory`, or the service may "
                            "refuse the field or leave it out",
                            entry->name, put_set(entry->categories, set));
    }
}

/* Whether the request is a session-level export of a usage category that has a closed list. */
static bool has_closed_list(const struct job_query *query, unsigned named)
{
    bool found = false;
    for (size_t i = 0; i < USAGE_CATEGORIES; i++)
        found |= (named >> i & 1) != 0 && usage_categories[i].has_closed_session_list;
    return found && first_detail(query);
}

/* A detail exists in each usage category that is named, and any other field in one of them. */
static void check_existence(const struct job_draft *draft, const struct catalogue_entry *entry,
                            unsigned named)
{
    unsigned missing = named & ~entry->categories;
    bool is_detail = entry->level != LEVEL_AGGREGATE;
    char without[SET_BYTES];
    char with[SET_BYTES];
    if (missing == 0 || (!is_detail && missing != named))
        return;
    if (!is_detail && has_closed_list(&draft->job->query, named))
        return; /* the closed list has the finding */
    put_set(missing, without);
    put_set(entry->categories, with);
    if (missing == named)
        finding_error(draft->context->findings, place_of_field(draft, entry),
                      "`%s` exists for %s only, not for %s: remove the field, or name another usage category",
                      entry->name, with, without);
    else
        finding_error(draft->context->findings, place_of_field(draft, entry),
                      "`%s` is %s and exists for %s only, not for %s: make one job for each "
                      "usage category, or remove the field",
                      entry->name, level_word(entry), with, without);
}

static void check_query_serves(const struct job_draft *draft, const struct catalogue_entry *entry,
                               unsigned named)
{
    const struct yaml_node *source = job_draft_node(draft, "source", NULL);
    struct findings *findings = draft->context->findings;
    char set[SET_BYTES];
    if (catalogue_is_export_only(entry, named))
        finding_error(
            findings, source->place,
            "`%s` is session-level, which cannot be queried for %s: write `source: export`, or leave the "
            "choice to `auto`",
            entry->name, put_set(named & ~(entry->queried | entry->maybe_queryable), set));
    else if (!catalogue_is_queried(entry, named))
        finding_warning(findings, source->place,
                        "`%s` is session-level; the service's documentation contradicts itself on whether a "
                        "query may request it for %s: if the service refuses the query, write "
                        "`source: export`, or leave the choice to `auto`",
                        entry->name, put_set(named & ~entry->queried, set));
}

static void check_closed_list(const struct job_draft *draft, const char *key, const struct text_list *names,
                              const struct catalogue_entry *detail)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct catalogue_entry *entry = catalogue_find(names->items[i]);
        char shown[KEY_SHOWN];
        bool may_be_custom = !entry && text_equal(key, "fields");
        bool is_detail = entry && entry->level != LEVEL_AGGREGATE;
        if (may_be_custom || is_detail || (entry && entry->in_desktop_session_export))
            continue;
        finding_error(draft->context->findings, job_draft_item_place(draft, "query", key, names->items[i]),
                      "`%s` is not allowed in a session-level export of %s, and `%s` is a session-level "
                      "field: remove one of the two",
                      key_shorten(names->items[i], shown), usage_categories[CATEGORY_DESKTOP_PRODUCT].name,
                      detail->name);
    }
}

static void check_named(const struct job_draft *draft, unsigned named)
{
    const struct job_query *query = &draft->job->query;
    const struct catalogue_entry *detail = first_detail(query);
    bool has_query_finding = false;
    for (size_t i = 0; i < query->fields.count; i++) {
        const struct catalogue_entry *entry = catalogue_find(query->fields.items[i]);
        if (!entry)
            continue;
        check_existence(draft, entry, named);
        bool exists = (named & ~entry->categories) == 0;
        if (draft->job->source == JOB_SOURCE_QUERY && exists && entry == find_detail(entry->name) &&
            !has_query_finding && !catalogue_is_queried(entry, named)) {
            has_query_finding = true;
            check_query_serves(draft, entry, named);
        }
    }
    if (has_closed_list(query, named)) {
        check_closed_list(draft, "fields", &query->fields, detail);
        check_closed_list(draft, "metrics", &query->metrics, detail);
    }
}

void job_check_levels(const struct job_draft *draft)
{
    const struct job_query *query = &draft->job->query;
    unsigned named = usage_category_set(&query->usage_categories);
    if (!job_draft_node(draft, "query", "usageCategory"))
        check_unnamed(draft);
    else if (named)
        check_named(draft, named);
}
