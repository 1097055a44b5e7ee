#include "job/job_check.h"

#include <ctype.h>
#include <string.h>

#define SECTION "checks"

/* The names that the result has, for suggestions. */
static struct text_list result_names(const struct job_draft *draft)
{
    return job_result_columns(draft->job, draft->context->arena);
}

/* A name that the result does not have gets a finding, and false. */
static bool is_in_result(const struct job_draft *draft, const char *key, const char *name, struct place place)
{
    char shown[KEY_SHOWN];
    struct text_list names = result_names(draft);
    if (text_list_has(&names, name))
        return true;
    finding_error(draft->context->findings, place,
                  "`%s` in `checks.%s` is not in the result: add it to `query.fields` or `query.metrics`, or "
                  "remove it%s",
                  key_shorten(name, shown), key,
                  key_suggestion(draft->context->arena, name, names.items, names.count));
    return false;
}

static void check_not_null(const struct job_draft *draft)
{
    const struct text_list *names = &draft->job->checks.not_null;
    for (size_t i = 0; i < names->count; i++)
        (void)is_in_result(draft, "not_null", names->items[i],
                           job_draft_item_place(draft, SECTION, "not_null", names->items[i]));
}

/* The place of a name among the keys of `checks.KEY`, which is a mapping. */
static struct place key_place(const struct job_draft *draft, const char *key, const char *name)
{
    const struct yaml_node *map = job_draft_node(draft, SECTION, key);
    for (size_t i = 0; i < map->count; i++)
        if (text_equal(map->keys[i]->text, name))
            return map->keys[i]->place;
    return map->place;
}

static bool is_number_type(const struct job *job, const char *name)
{
    enum column_type type;
    return !job_column_type(job, name, &type) || type == COLUMN_INTEGER || type == COLUMN_NUMERIC;
}

static void check_max_change(const struct job_draft *draft, const char *metric)
{
    char shown[KEY_SHOWN];
    const struct job *job = draft->job;
    struct findings *findings = draft->context->findings;
    struct place place = key_place(draft, "max_change", metric);
    const struct catalogue_entry *entry = job_column_entry(job, metric);
    key_shorten(metric, shown);
    if (!is_in_result(draft, "max_change", metric, place))
        return;
    if (!text_list_has(&job->query.metrics, metric))
        finding_error(findings, place,
                      "`%s` in `checks.max_change` is a field, and only a metric has a sum: remove it",
                      shown);
    else if (!is_number_type(job, metric))
        finding_error(findings, place, "`%s` in `checks.max_change` is not a number: remove it", shown);
    else if (entry && entry->is_metric && !entry->is_additive)
        finding_error(findings, place, "`%s` in `checks.max_change` cannot be summed over rows: remove it",
                      shown);
}

/* Digits with an optional minus sign and decimals; no exponent. */
static bool is_number(const char *text)
{
    text += *text == '-';
    size_t whole = strspn(text, "0123456789");
    text += whole;
    if (whole > 0 && *text == '.' && isdigit((unsigned char)text[1]))
        text += 1 + strspn(text + 1, "0123456789");
    return whole > 0 && *text == '\0';
}

static bool fits(const char *text, enum column_type type)
{
    date_t day;
    int64_t moment_us;
    switch (type) {
    case COLUMN_BOOLEAN:
        return text_equal(text, "true") || text_equal(text, "false");
    case COLUMN_INTEGER:
    case COLUMN_NUMERIC:
        return is_number(text);
    case COLUMN_DATE:
        return date_parse(text, strlen(text), &day);
    case COLUMN_TIMESTAMP:
        return date_parse_timestamp(text, strlen(text), &moment_us);
    case COLUMN_TEXT:
        return true;
    }
    return true;
}

static void check_values(const struct job_draft *draft, const struct job_value_list *list)
{
    enum column_type type;
    const struct yaml_node *map = job_draft_node(draft, SECTION, "in");
    const struct yaml_node *values = yaml_get(map, list->name);
    if (!is_in_result(draft, "in", list->name, key_place(draft, "in", list->name)) ||
        !job_column_type(draft->job, list->name, &type))
        return;
    for (size_t i = 0; i < list->values.count; i++) {
        char value[KEY_SHOWN];
        char name[KEY_SHOWN];
        if (!fits(list->values.items[i], type))
            finding_error(draft->context->findings, values->items[i]->place,
                          "`%s` is not a value of `%s`, whose type is %s: correct it",
                          key_shorten(list->values.items[i], value), key_shorten(list->name, name),
                          column_type_name(type));
    }
}

void job_check_answer(const struct job_draft *draft)
{
    const struct job_checks *checks = &draft->job->checks;
    check_not_null(draft);
    for (size_t i = 0; i < checks->max_change_count; i++)
        check_max_change(draft, checks->max_changes[i].metric);
    for (size_t i = 0; i < checks->value_list_count; i++)
        check_values(draft, &checks->value_lists[i]);
}
