#include "job/job_check.h"

#include <string.h>

static const char *suggest_name(struct arena *arena, const char *word, bool metrics)
{
    const char *names[64];
    size_t count = 0;
    size_t total;
    const struct catalogue_entry *all = catalogue_all(&total);
    for (size_t i = 0; i < total && count < COUNT_OF(names); i++)
        if (all[i].is_metric == metrics)
            names[count++] = all[i].name;
    return key_suggestion(arena, word, names, count);
}

/* Advice, which a run does not log, since the name may be the contract's own name of a custom field: the
 * service accepts that too.
 */
static void advise_field(const struct job_draft *draft, const struct yaml_node *item)
{
    char shown[KEY_SHOWN];
    const char *suggestion = suggest_name(draft->context->arena, item->text, false);
    if (!*suggestion)
        suggestion = JOB_CUSTOM_FIELD_ADVICE;
    finding_advice(draft->context->findings, item->place,
                   "`%s` is not a field that the service documents; it is sent as it is%s",
                   key_shorten(item->text, shown), suggestion);
}

/* One name of `fields` or `metrics`, by the catalogue. */
static void check_name(const struct job_draft *draft, const struct yaml_node *item, bool in_metrics)
{
    const struct catalogue_entry *entry = catalogue_find(item->text);
    struct findings *findings = draft->context->findings;
    char shown[KEY_SHOWN];
    if (entry && entry->is_metric && !in_metrics)
        finding_error(findings, item->place, "`%s` is a metric: move it to `query.metrics`", item->text);
    else if (entry && !entry->is_metric && in_metrics)
        finding_error(findings, item->place, "`%s` is a field: move it to `query.fields`", item->text);
    else if (!entry && in_metrics)
        finding_warning(
            findings, item->place, "`%s` is not a metric that the service documents; it is sent as it is%s",
            key_shorten(item->text, shown), suggest_name(draft->context->arena, item->text, true));
    else if (!entry)
        advise_field(draft, item);
}

/* Whether the service's answers cannot distinguish two names: they are the same text, or differ only in case,
 * blanks, `_` and `-`. Names that become the same column are left to job_check_target(). */
static bool is_listed_again(const char *name, const char *other)
{
    char column[JOB_COLUMN_NAME];
    char other_column[JOB_COLUMN_NAME];
    if (text_equal(name, other))
        return true;
    return text_same_name(name, other) && text_snake_case(name, column, sizeof column) &&
           text_snake_case(other, other_column, sizeof other_column) && !text_equal(column, other_column);
}

static void check_list(const struct job_draft *draft, const char *key)
{
    const struct yaml_node *list = job_draft_node(draft, "query", key);
    bool is_metrics = text_equal(key, "metrics");
    bool is_categories = text_equal(key, "usageCategory");
    if (!list || list->kind != YAML_SEQUENCE || list->count > KEY_MAX_ITEMS)
        return;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *item = list->items[i];
        size_t first = 0;
        char shown[KEY_SHOWN];
        while (first < i && !is_listed_again(list->items[first]->text, item->text))
            first++;
        bool is_name = item->kind == YAML_SCALAR && !item->broken && !yaml_is_null(item) && *item->text;
        if (!is_name)
            continue;
        if (first < i)
            finding_error(draft->context->findings, item->place,
                          "`%s` is listed twice in `query.%s`, first on line %u%s: remove one of them",
                          key_shorten(item->text, shown), key, list->items[first]->place.line,
                          text_equal(list->items[first]->text, item->text)
                              ? ""
                              : " (case, blanks, `_` and `-` make no difference)");
        else if (!is_categories)
            check_name(draft, item, is_metrics);
    }
}

static const char *suggest_category(struct arena *arena, const char *word)
{
    const char *names[2 * USAGE_CATEGORIES];
    size_t count = 0;
    for (size_t i = 0; i < USAGE_CATEGORIES; i++) {
        names[count++] = usage_categories[i].name;
        if (usage_categories[i].old_name)
            names[count++] = usage_categories[i].old_name;
    }
    return key_suggestion(arena, word, names, count);
}

static void check_categories(const struct job_draft *draft)
{
    const struct text_list *categories = &draft->job->query.usage_categories;
    for (size_t i = 0; i < categories->count; i++) {
        const char *category = categories->items[i];
        char shown[KEY_SHOWN];
        if (!usage_category_find(category))
            finding_warning(draft->context->findings,
                            job_draft_item_place(draft, "query", "usageCategory", category),
                            "`%s` is not a usage category that the service documents; it is sent as it is%s",
                            key_shorten(category, shown), suggest_category(draft->context->arena, category));
    }
}

static void check_not_empty(const struct job_draft *draft)
{
    const struct yaml_node *query = job_draft_node(draft, "query", NULL);
    bool asks = yaml_get(query, "fields") || yaml_get(query, "metrics") || yaml_get(query, "dataset");
    if (query && query->kind == YAML_MAPPING && !asks)
        finding_error(draft->context->findings, query->place,
                      "`query` requests nothing: give it `fields`, `metrics` or both");
}

static void check_window(const struct job_draft *draft)
{
    const struct job_window *window = &draft->job->window;
    const struct yaml_node *chunk = job_draft_node(draft, "window", "chunk");
    bool is_cut_within_months = window->chunk == JOB_CHUNK_DAY || window->chunk == JOB_CHUNK_WEEK;
    if (chunk && text_equal(window->field, "usageMonth") && is_cut_within_months)
        finding_error(
            draft->context->findings, chunk->place,
            "`window.chunk` cuts a usageMonth window within months, found `%s`: write month or none, or use "
            "`field: usageDate`",
            chunk->text);
}

/* Each run would cut the window at other days, and the snapshots of the previous run would stay in the table.
 * A window with a fixed `until` is refused too: it moves as soon as somebody changes that day. */
static void check_moving_chunks(const struct job_draft *draft)
{
    const struct job *job = draft->job;
    const struct job_window *window = &job->window;
    const struct yaml_node *chunk = job_draft_node(draft, "window", "chunk");
    bool is_cut = window->present && window->chunk != JOB_CHUNK_NONE && window->last > 0;
    if (is_cut && !job_rows_are_dated(job) && !text_equal(window->field, "usageMonth"))
        finding_error(draft->context->findings, chunk->place,
                      "`window.last` moves the window every day, so the chunks of `window.chunk` overlap the "
                      "chunks of other days, and without `%s` the rows have no date: add `%s` to "
                      "`query.fields`, remove `chunk`, or use `field: usageMonth`",
                      window->field, window->field);
}

/* Jobs for which `skip_unchanged` would never skip a chunk. */
static void check_skip(const struct job_draft *draft)
{
    const struct job *job = draft->job;
    const struct job_window *window = &job->window;
    struct findings *findings = draft->context->findings;
    const struct yaml_node *skip = job_draft_node(draft, "window", "skip_unchanged");
    const struct yaml_node *every = job_draft_node(draft, "window", "full_every");
    bool is_default = window->full_every == 7 && window->full_every_unit == JOB_DAYS;
    bool moves_daily = window->until_today && text_equal(window->field, "usageDate");
    if (every && !window->skip_unchanged && !is_default)
        finding_warning(findings, every->place,
                        "`window.full_every` has no effect without `skip_unchanged: true`");
    if (!skip || !window->skip_unchanged || draft->job->target.mode == JOB_APPEND)
        return;
    if (window->last == 0)
        finding_warning(findings, skip->place,
                        "`window.skip_unchanged` has no effect without `window.last`: a run with --from and "
                        "--to skips finished chunks, whether their usage has changed or not");
    else if (moves_daily && !job_rows_are_dated(job))
        finding_warning(findings, skip->place,
                        "`window.skip_unchanged` can skip nothing: the rows have no `%s`, so each day has "
                        "its own window; add `%s` to `query.fields`, or use `field: usageMonth`",
                        window->field, window->field);
}

void job_check_query(const struct job_draft *draft)
{
    check_not_empty(draft);
    check_list(draft, "fields");
    check_list(draft, "metrics");
    check_list(draft, "usageCategory");
    check_categories(draft);
    job_check_levels(draft);
    check_window(draft);
    check_moving_chunks(draft);
    check_skip(draft);
}
