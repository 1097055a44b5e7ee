#include "job/exclusion.h"
#include "job/job_check.h"

#include <string.h>

static bool is_requested(const struct job_query *query, const char *name)
{
    return text_list_has(&query->fields, name) || text_list_has(&query->metrics, name);
}

static void check_key(const struct job_draft *draft)
{
    const struct yaml_node *given = job_draft_node(draft, "target", "key");
    const struct job_query *query = &draft->job->query;
    const struct text_list *key = &draft->job->target.key;
    struct findings *findings = draft->context->findings;
    char shown[KEY_SHOWN];
    for (size_t i = 0; given && given->kind == YAML_SEQUENCE && i < key->count; i++) {
        const char *name = key->items[i];
        struct place place = job_draft_item_place(draft, "target", "key", name);
        const struct text_list before = {key->items, i};
        if (text_list_has(&before, name))
            finding_error(findings, key->count == given->count ? given->items[i]->place : place,
                          "`%s` is listed twice in `target.key`: remove one of them",
                          key_shorten(name, shown));
        else if (text_list_has(&query->metrics, name))
            finding_error(findings, place, "`%s` is a metric, and a key is made of fields: remove it",
                          key_shorten(name, shown));
        else if (!text_list_has(&query->fields, name))
            finding_error(
                findings, place,
                "`%s` in `target.key` is not among `query.fields`: add it there, or remove it%s",
                key_shorten(name, shown),
                key_suggestion(draft->context->arena, name, query->fields.items, query->fields.count));
    }
}

/* A key without the window's date is unique over all windows of a contract. */
static void check_key_date(const struct job_draft *draft)
{
    const struct job *job = draft->job;
    const struct yaml_node *given = job_draft_node(draft, "target", "key");
    bool spans_windows = given && job->window.present && job_rows_are_dated(job) &&
                         job->target.mode == JOB_UPSERT && job->target.partition_by == JOB_PARTITION_NONE &&
                         job->target.key.count > 0 && !text_list_has(&job->target.key, job->window.field);
    if (spans_windows)
        finding_warning(draft->context->findings, given->place,
                        "`target.key` lacks `%s`: the row of a later window takes the place of an earlier "
                        "window's row of the same key. Add it, unless the table is to have the newest row of "
                        "each key only",
                        job->window.field);
}

static void refuse_unrequested(const struct job_draft *draft, const char *section,
                               const struct yaml_node *given)
{
    const struct job_query *query = &draft->job->query;
    struct arena *arena = draft->context->arena;
    char shown[KEY_SHOWN];
    const char *name = key_shorten(given->text, shown);
    const char *suggestion = key_suggestion(arena, given->text, query->fields.items, query->fields.count);
    if (!*suggestion)
        suggestion = key_suggestion(arena, given->text, query->metrics.items, query->metrics.count);
    if (query->dataset)
        finding_error(draft->context->findings, given->place,
                      "`%s` in `target.%s` is not a column of the dataset `%s`: remove it%s", name, section,
                      query->dataset->name, suggestion);
    else
        finding_error(
            draft->context->findings, given->place,
            "`%s` in `target.%s` is neither among `query.fields` nor `query.metrics`: add it there, or "
            "remove it%s",
            name, section, suggestion);
}

/* Keys of `types` and `rename` are names that the query requests. */
static void check_requested(const struct job_draft *draft, const char *section)
{
    const struct yaml_node *map = job_draft_node(draft, "target", section);
    const struct job_query *query = &draft->job->query;
    if (!map || map->kind != YAML_MAPPING)
        return;
    for (size_t i = 0; i < map->count; i++)
        if (!is_requested(query, map->keys[i]->text))
            refuse_unrequested(draft, section, map->keys[i]);
}

/* A load finds the rows of its window by their day. */
static void check_day_type(const struct job_draft *draft)
{
    enum column_type type;
    const struct job *job = draft->job;
    const struct yaml_node *types = job_draft_node(draft, "target", "types");
    if (!job->window.present || !types || types->kind != YAML_MAPPING)
        return;
    for (size_t i = 0; i < types->count; i++)
        if (text_equal(types->keys[i]->text, job->window.field) &&
            job_column_type(job, job->window.field, &type) && type != COLUMN_DATE && type != COLUMN_TIMESTAMP)
            finding_error(draft->context->findings, types->keys[i]->place,
                          "`%s` is the window's day, by which rows are found: its column is a date, not %s: "
                          "remove it from `target.types`",
                          job->window.field, column_type_name(type));
}

/* A target column, and the place where its name was given. */
struct column {
    const char *api_name;
    char name[JOB_COLUMN_NAME];
    struct place place;
    bool renamed;
};

static bool is_renamed(const struct job_target *target, const char *api_name)
{
    for (size_t i = 0; i < target->rename_count; i++)
        if (text_equal(target->renames[i].name, api_name))
            return true;
    return false;
}

static bool comes_behind(const struct place *one, const struct place *other)
{
    return one->line > other->line || (one->line == other->line && one->column > other->column);
}

/* The finding's place is the rename that chose the name, the later one of two; without a rename, the later
 * field.
 */
static void report_clash(struct findings *findings, const struct column *later, const struct column *earlier)
{
    bool at_earlier = earlier->renamed && (!later->renamed || comes_behind(&earlier->place, &later->place));
    const struct column *cause = at_earlier ? earlier : later;
    const struct column *other = at_earlier ? later : earlier;
    char shown[KEY_SHOWN];
    char shown_other[KEY_SHOWN];
    finding_error(findings, cause->place,
                  "`%s` would be the column `%s`, and so would `%s`: give one of them another name under "
                  "`target.rename`",
                  key_shorten(cause->api_name, shown), cause->name,
                  key_shorten(other->api_name, shown_other));
}

static void check_column(const struct job_draft *draft, const struct column *columns, size_t at)
{
    const struct column *column = &columns[at];
    struct findings *findings = draft->context->findings;
    char shown[KEY_SHOWN];
    key_shorten(column->api_name, shown);
    if (job_column_is_reserved(column->name)) {
        finding_error(
            findings, column->place,
            "`%s` would be the column `%s`, a name that is taken in every table: give it another under "
            "`target.rename`",
            shown, column->name);
        return;
    }
    for (size_t i = 0; i < at; i++) {
        bool collides =
            text_equal(columns[i].name, column->name) && !text_equal(columns[i].api_name, column->api_name);
        if (!collides)
            continue;
        report_clash(findings, column, &columns[i]);
        return;
    }
}

static struct place column_place(const struct job_draft *draft, const char *key, const char *api_name)
{
    const struct yaml_node *renamed = yaml_get(job_draft_node(draft, "target", "rename"), api_name);
    return renamed ? renamed->place : job_draft_item_place(draft, "query", key, api_name);
}

/* The columns of a table, as far as the job defines them. */
struct columns {
    struct column *items;
    size_t count;
};

static void add_columns(const struct job_draft *draft, const char *key, const struct text_list *names,
                        struct columns *columns)
{
    for (size_t i = 0; i < names->count; i++) {
        struct column column = {.api_name = names->items[i]};
        column.place = column_place(draft, key, column.api_name);
        column.renamed = is_renamed(&draft->job->target, column.api_name);
        job_column_name(draft->job, column.api_name, column.name);
        columns->items[columns->count++] = column;
    }
}

static void check_columns(const struct job_draft *draft)
{
    const struct job_query *query = &draft->job->query;
    size_t most = query->fields.count + query->metrics.count;
    struct columns columns = {arena_alloc(draft->context->arena, most, sizeof(struct column)), 0};
    add_columns(draft, "fields", &query->fields, &columns);
    add_columns(draft, "metrics", &query->metrics, &columns);
    for (size_t i = 0; i < columns.count; i++)
        check_column(draft, columns.items, i);
}

/* Keys about rows that vanish, for a table from which no rows vanish. */
static void check_append(const struct job_draft *draft)
{
    const struct yaml_node *skip = job_draft_node(draft, "window", "skip_unchanged");
    exclusions_check(draft, "target.mode", "append");
    if (skip && draft->job->window.skip_unchanged)
        finding_error(
            draft->context->findings, skip->place,
            "`window.skip_unchanged` cannot be combined with `mode: append`, which keeps the rows of every "
            "run: a run that is skipped would have none; remove one of the two");
}

/* Only replaced snapshots are deleted then. */
static void check_keep(const struct job_draft *draft)
{
    const struct job *job = draft->job;
    const struct yaml_node *limit = job_draft_node(draft, "checks", "max_vanished");
    bool has_snapshots = job->window.present && !job_rows_are_dated(job);
    bool is_limited = limit && job->checks.max_vanished_percent < 100;
    if (is_limited && job->target.vanished == JOB_VANISHED_KEEP && !has_snapshots)
        finding_warning(
            draft->context->findings, limit->place,
            "`checks.max_vanished` has no effect with `vanished: keep`, which deletes no row: remove one "
            "of the two, or use `checks.min_rows`");
}

static void check_history(const struct job_draft *draft)
{
    char name[JOB_COLUMN_NAME];
    const struct job *job = draft->job;
    const struct yaml_node *table = job_draft_node(draft, "target", "table");
    const struct yaml_node *history = job_draft_node(draft, "target", "history");
    if (!job->target.history || !history || !job->target.table || job_history_name(job->target.table, name))
        return;
    finding_error(draft->context->findings, table ? table->place : history->place,
                  "the table of old versions, `%s" JOB_HISTORY_SUFFIX
                  "`, would pass PostgreSQL's 63 bytes: give the table a shorter name under `target.table`",
                  job->target.table);
}

/* The key must determine the partition; otherwise two rows of one key could be in two partitions. */
static void check_partitions(const struct job_draft *draft)
{
    const struct job *job = draft->job;
    const struct yaml_node *given = job_draft_node(draft, "target", "partition_by");
    struct findings *findings = draft->context->findings;
    if (!given || job->target.partition_by == JOB_PARTITION_NONE)
        return;
    if (!job->window.present || !job_rows_are_dated(job))
        finding_error(
            findings, given->place, "`target.partition_by` needs rows with a date of the window: %s",
            job->source == JOB_SOURCE_CONTRACT ? "records of the contract have none: remove it"
            : job->window.present              ? "add `window.field` to `query.fields`, or remove it"
                                  : "add a `window` whose field is among `query.fields`, or remove it");
    else if (!text_list_has(&job->target.key, job->window.field))
        finding_error(findings, given->place,
                      "`target.partition_by` needs `%s` in `target.key`: a row of the same key could "
                      "otherwise be in two partitions: add it to the key, or remove `partition_by`",
                      job->window.field);
}

/* If no table is named, the table has the job's name; a job's name that is no identifier already has its
 * finding. */
void job_check_target(const struct job_draft *draft)
{
    const struct job *job = draft->job;
    if (job->target.mode == JOB_APPEND)
        check_append(draft);
    check_keep(draft);
    check_history(draft);
    check_partitions(draft);
    if (job->source == JOB_SOURCE_CONTRACT && !job->query.dataset)
        return; /* its columns are not known */
    if (job->source != JOB_SOURCE_CONTRACT) {
        check_key(draft);
        check_key_date(draft);
    }
    check_requested(draft, "types");
    check_day_type(draft);
    check_requested(draft, "rename");
    check_columns(draft);
}
