#include "job/job_read.h"

#include "job/job_digest.h"
#include "job/job_read_checks.h"
#include "job/manual.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define IDENTIFIER "a name of lower-case letters, digits and `_`, at most 63 bytes long"

static const char *const sources[] = {
    [JOB_SOURCE_AUTO] = "auto",
    [JOB_SOURCE_QUERY] = "query",
    [JOB_SOURCE_EXPORT] = "export",
    [JOB_SOURCE_CONTRACT] = "contract",
    NULL,
};
static const char *const modes[] = {[JOB_UPSERT] = "upsert", [JOB_APPEND] = "append", NULL};
static const char *const vanished[] = {[JOB_VANISHED_DELETE] = "delete", [JOB_VANISHED_KEEP] = "keep", NULL};
static const char *const snapshots[] = {[JOB_SNAPSHOTS_LATEST] = "latest", [JOB_SNAPSHOTS_ALL] = "all", NULL};
static const char *const reconciles[] = {[JOB_RECONCILE_AUTO] = "auto", [JOB_RECONCILE_OFF] = "off", NULL};
static const char *const partitions[] = {
    [JOB_PARTITION_NONE] = "none", [JOB_PARTITION_MONTH] = "month", [JOB_PARTITION_YEAR] = "year", NULL};
static const char *const chunks[] = {[JOB_CHUNK_NONE] = "none",
                                     [JOB_CHUNK_DAY] = "day",
                                     [JOB_CHUNK_WEEK] = "week",
                                     [JOB_CHUNK_MONTH] = "month",
                                     NULL};
static const char *const schema_changes[] = {[JOB_EVOLVE] = "evolve", [JOB_FAIL] = "fail", NULL};

/* An invalid name is kept, too: other findings and job_find() use it. */
static void read_name(const struct key_value *value, void *member)
{
    const char *expected =
        "a name such as daily_usage: lower-case letters, digits and `_`, a letter first, at most 63 "
        "bytes long";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    *(const char **)member = arena_copy_text(value->context->arena, text);
    if (!job_is_identifier(text) || text[0] == '_')
        key_refuse(value, expected);
}

static void read_contract_number(const struct key_value *value, struct job *job)
{
    const char *expected = "a contract number such as \"11000000001\"";
    const char *text = value->node->broken ? NULL : key_text(value, expected);
    if (!text)
        return;
    struct text_list *numbers = &job->contract_numbers;
    if (text_equal(text, "active") || text_equal(text, "all"))
        finding_error(value->context->findings, value->node->place,
                      "`%s` cannot stand in a list: write `contract: %s`, or numbers only", text, text);
    else if (!job_is_contract_number(text))
        key_refuse(value, expected);
    else if (text_list_has(numbers, text))
        finding_error(value->context->findings, value->node->place,
                      "the contract `%s` is listed twice: remove one of them", text);
    else
        *(const char **)arena_push(value->context->arena, &numbers->items, &numbers->count, sizeof text) =
            arena_copy_text(value->context->arena, text);
}

static void read_contract(const struct key_value *value, void *member)
{
    const struct yaml_node *node = value->node;
    struct job *job = member;
    bool is_list = node->kind == YAML_SEQUENCE;
    if (node->kind == YAML_SCALAR && text_equal(node->text, "active"))
        job->contracts = JOB_CONTRACTS_ACTIVE;
    else if (node->kind == YAML_SCALAR && text_equal(node->text, "all"))
        job->contracts = JOB_CONTRACTS_ALL;
    else if (node->kind == YAML_SCALAR)
        read_contract_number(value, job);
    else if (!is_list || node->count == 0 || node->count > KEY_MOST_ITEMS)
        key_refuse(value, "a contract number, a list of them, active or all");
    for (size_t i = 0; is_list && i < node->count && node->count <= KEY_MOST_ITEMS; i++)
        read_contract_number(&(struct key_value){value->context, value->path, node->items[i]}, job);
}

static void read_where(const struct key_value *value, void *member)
{
    const char *text = key_text(value, "a condition such as \"userName LIKE 'admin%'\"");
    if (!text)
        return;
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    size_t blanks = strspn(text, " \t\r\n");
    if (blanks >= length)
        finding_error(value->context->findings, value->node->place,
                      "`%s` is empty: give it a condition, or remove the key", value->path);
    else if (length > 65536)
        finding_error(value->context->findings, value->node->place, "`%s` is longer than 64 KiB: shorten it",
                      value->path);
    else
        *(const char **)member = arena_copy(value->context->arena, text + blanks, length - blanks);
}

static void read_dataset(const struct key_value *value, void *member)
{
    const char *text = key_text(value, DATASET_NAMES);
    const struct dataset *dataset = text ? dataset_find(text) : NULL;
    if (text && !dataset)
        key_refuse(value, DATASET_NAMES);
    *(const struct dataset **)member = dataset;
}

static const struct {
    const char *name;
    const char *names;
    enum job_unit unit;
    unsigned most; /* a hundred years */
} units[] = {
    {"day", "days", JOB_DAYS, 36500},
    {"week", "weeks", JOB_WEEKS, 5200},
    {"month", "months", JOB_MONTHS, 1200},
};

static bool parse_span(const char *text, unsigned *number_of, enum job_unit *unit_of)
{
    size_t digits = strspn(text, "0123456789");
    size_t blanks = strspn(text + digits, " ");
    char number[8] = {0};
    uint64_t count = 0;
    if (digits == 0 || digits >= sizeof number || blanks == 0)
        return false;
    memcpy(number, text, digits);
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const char *unit = text + digits + blanks;
        if (!text_equal(unit, units[i].name) && !text_equal(unit, units[i].names))
            continue;
        if (!text_to_uint(number, units[i].most, &count) || count == 0)
            return false;
        *number_of = (unsigned)count;
        *unit_of = units[i].unit;
        return true;
    }
    return false;
}

/* Units of other tools, in days or months, for a helpful message. */
static const char *suggest_span(struct arena *arena, const char *text)
{
    static const struct {
        const char *name;
        unsigned months;
    } others[] = {{"year", 12}, {"quarter", 3}};
    size_t digits = strspn(text, "0123456789");
    const char *unit = text + digits + strspn(text + digits, " ");
    unsigned long count = strtoul(text, NULL, 10);
    if (digits == 0 || digits > 4 || count == 0)
        return "";
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strncmp(unit, others[i].name, strlen(others[i].name)) == 0)
            return arena_print(arena, "; did you mean `%lu months`?", count * others[i].months);
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (text_nearest(unit, &units[i].names, 1))
            return arena_print(arena, "; did you mean `%lu %s`?", count,
                               count == 1 ? units[i].name : units[i].names);
    return "";
}

static void read_span(const struct key_value *value, const char *expected, unsigned *number_of,
                      enum job_unit *unit_of)
{
    const char *text = key_text(value, expected);
    char shown[KEY_SHOWN];
    if (text && !parse_span(text, number_of, unit_of))
        finding_error(value->context->findings, value->node->place, "`%s` must be %s, found %s%s",
                      value->path, expected, key_show(value->node, shown),
                      suggest_span(value->context->arena, text));
}

static void read_last(const struct key_value *value, void *member)
{
    struct job_window *window = member;
    read_span(value, "a number of days, weeks or months within a hundred years, such as 35 days",
              &window->last, &window->unit);
}

static void read_full_every(const struct key_value *value, void *member)
{
    struct job_window *window = member;
    read_span(value, "a number of days, weeks or months within a hundred years, such as 7 days",
              &window->full_every, &window->full_every_unit);
}

static void read_until(const struct key_value *value, void *member)
{
    const char *expected = "today or a date from 2000-01-01 to 3000-01-01, such as 2026-11-22";
    const char *text = key_text(value, expected);
    struct job_window *window = member;
    date_t until = 0;
    if (!text || text_equal(text, "today"))
        return;
    if (date_parse(text, strlen(text), &until) && until >= JOB_FIRST_DAY && until <= JOB_LAST_DAY) {
        window->until_today = false;
        window->until = until;
    } else {
        key_refuse(value, expected);
    }
}

static void read_window_field(const struct key_value *value, void *member)
{
    const char *text = key_text(value, "usageDate or usageMonth");
    if (!text)
        return;
    if (text_equal(text, "usageDate") || text_equal(text, "usageMonth"))
        *(const char **)member = arena_copy_text(value->context->arena, text);
    else
        key_refuse(value, "usageDate or usageMonth");
}

static void read_identifier(const struct key_value *value, void *member)
{
    const char *text = key_text(value, IDENTIFIER);
    if (text && job_is_identifier(text))
        *(const char **)member = arena_copy_text(value->context->arena, text);
    else if (text)
        key_refuse(value, IDENTIFIER);
}

/* One entry of `types` or `rename`: the value, with its path; false where it was refused already. */
static bool entry_value(const struct key_value *map, size_t i, struct key_value *entry)
{
    char shown[KEY_SHOWN];
    const char *key = map->node->keys[i]->text;
    *entry = (struct key_value){
        map->context,
        arena_print(map->context->arena, "%s.%s", map->path, key_shorten(key, shown)),
        map->node->items[i],
    };
    return !entry->node->broken;
}

static void read_types(const struct key_value *value, void *member)
{
    const char *expected = "text, bigint, numeric, date, timestamp or boolean";
    struct job_target *target = member;
    if (value->node->kind != YAML_MAPPING) {
        key_refuse(value, "a mapping such as {customField1: bigint}");
        return;
    }
    for (size_t i = 0; i < value->node->count; i++) {
        struct key_value entry;
        enum column_type type;
        const char *text = entry_value(value, i, &entry) ? key_text(&entry, expected) : NULL;
        if (text && !column_type_parse(text, &type))
            key_refuse(&entry, expected);
        else if (text)
            *(struct job_type *)arena_push(value->context->arena, &target->types, &target->type_count,
                                           sizeof(struct job_type)) =
                (struct job_type){arena_copy_text(value->context->arena, value->node->keys[i]->text), type};
    }
}

static void read_column(const struct key_value *value, const char **column)
{
    const char *text = key_text(value, IDENTIFIER);
    if (text && job_is_column(text))
        *column = arena_copy_text(value->context->arena, text);
    else if (text)
        key_refuse(value, IDENTIFIER);
}

static void read_rename(const struct key_value *value, void *member)
{
    struct job_target *target = member;
    if (value->node->kind != YAML_MAPPING) {
        key_refuse(value, "a mapping such as {customField1: department}");
        return;
    }
    for (size_t i = 0; i < value->node->count; i++) {
        struct key_value entry;
        const char *column = NULL;
        if (entry_value(value, i, &entry))
            read_column(&entry, &column);
        if (column)
            *(struct job_rename *)arena_push(value->context->arena, &target->renames, &target->rename_count,
                                             sizeof(struct job_rename)) = (struct job_rename){
                arena_copy_text(value->context->arena, value->node->keys[i]->text), column};
    }
}

#define JOB(member) offsetof(struct job, member)
#define QUERY(member) offsetof(struct job_query, member)
#define WINDOW(member) offsetof(struct job_window, member)
#define TARGET(member) offsetof(struct job_target, member)

static const struct key query_keys[] = {
    {.name = "fields", .kind = KEY_NAMES, .at = QUERY(fields)},
    {.name = "metrics", .kind = KEY_NAMES, .at = QUERY(metrics)},
    {.name = "usageCategory",
     .kind = KEY_NAME_OR_NAMES,
     .at = QUERY(usage_categories),
     .documented = usage_category_name},
    {.name = "where", .kind = KEY_OTHER, .at = QUERY(where), .read = read_where},
    {.name = "dataset", .kind = KEY_OTHER, .at = QUERY(dataset), .read = read_dataset},
    {0},
};

static const struct key window_keys[] = {
    {.name = "field",
     .kind = KEY_OTHER,
     .required = true,
     .example = "field: usageDate",
     .at = WINDOW(field),
     .read = read_window_field},
    {.name = "last", .kind = KEY_OTHER, .read = read_last},
    {.name = "until", .kind = KEY_OTHER, .read = read_until},
    {.name = "chunk", .kind = KEY_CHOICE, .at = WINDOW(chunk), .choices = chunks},
    {.name = "skip_unchanged", .kind = KEY_FLAG, .at = WINDOW(skip_unchanged)},
    {.name = "full_every", .kind = KEY_OTHER, .read = read_full_every},
    {0},
};

static const struct key target_keys[] = {
    {.name = "table", .kind = KEY_OTHER, .at = TARGET(table), .read = read_identifier},
    {.name = "mode",
     .kind = KEY_CHOICE,
     .at = TARGET(mode),
     .choices = modes,
     .removed_choice = "replace",
     .instead = "write `mode: upsert` with `vanished: delete`, which both are the defaults"},
    {.name = "vanished", .kind = KEY_CHOICE, .at = TARGET(vanished), .choices = vanished},
    {.name = "snapshots", .kind = KEY_CHOICE, .at = TARGET(snapshots), .choices = snapshots},
    {.name = "partition_by", .kind = KEY_CHOICE, .at = TARGET(partition_by), .choices = partitions},
    {.name = "distribute_by",
     .kind = KEY_CHOICE,
     .at = TARGET(distribute_by),
     .choices = job_distribute_choices},
    {.name = "history", .kind = KEY_FLAG, .at = TARGET(history)},
    {.name = "key", .kind = KEY_NAMES, .at = TARGET(key)},
    {.name = "types", .kind = KEY_OTHER, .read = read_types},
    {.name = "rename", .kind = KEY_OTHER, .read = read_rename},
    {.name = "on_schema_change",
     .kind = KEY_CHOICE,
     .at = TARGET(on_schema_change),
     .choices = schema_changes},
    {.name = "allow_empty",
     .kind = KEY_REMOVED,
     .instead = "write `checks.max_vanished: 100%` where an empty answer may delete, else remove the key"},
    {0},
};

const struct key job_keys[] = {
    {.name = "name", .kind = KEY_OTHER, .at = JOB(name), .read = read_name},
    {.name = "description", .kind = KEY_TEXT, .may_be_empty = true, .at = JOB(description)},
    {.name = "enabled", .kind = KEY_FLAG, .at = JOB(enabled)},
    {.name = "tags", .kind = KEY_NAME_OR_NAMES, .may_be_empty = true, .at = JOB(tags)},
    {.name = "contract",
     .kind = KEY_OTHER,
     .required = true,
     .example = "contract: \"11000000001\"",
     .read = read_contract},
    {.name = "query",
     .kind = KEY_MAPPING,
     .required = true,
     .example = "query: {fields: [usageDate], metrics: [tokensConsumed]}",
     .at = JOB(query),
     .table = query_keys},
    {.name = "window", .kind = KEY_MAPPING, .at = JOB(window), .table = window_keys},
    {.name = "source", .kind = KEY_CHOICE, .at = JOB(source), .choices = sources},
    {.name = "page_size", .kind = KEY_COUNT, .at = JOB(page_size), .least = 1, .most = 100000},
    {.name = "timeout", .kind = KEY_DURATION, .at = JOB(timeout_ms)},
    {.name = "target", .kind = KEY_MAPPING, .at = JOB(target), .table = target_keys},
    {.name = "checks", .kind = KEY_MAPPING, .at = JOB(checks), .table = job_checks_keys},
    {.name = "reconcile", .kind = KEY_CHOICE, .at = JOB(reconcile), .choices = reconciles},
    {0},
};

/* The file's name without folders and ending. */
static const char *file_stem(struct arena *arena, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    return arena_copy(arena, base, dot ? (size_t)(dot - base) : strlen(base));
}

/* A job without a name is called like its file, which must hold no second job then. */
static void name_by_file(const struct keys_context *context, const struct yaml_documents *documents,
                         size_t number, struct job *job)
{
    char shown[KEY_SHOWN];
    const char *stem = file_stem(context->arena, job->place.file);
    job->name = number > 0 ? arena_print(context->arena, "%s_%zu", stem, number + 1) : stem;
    if (yaml_get(documents->items[number], "name"))
        return;
    if (documents->count > 1)
        finding_error(context->findings, job->place,
                      "`name` is missing: in a file with several jobs each needs one of its own");
    else if (!job_is_identifier(stem) || stem[0] == '_')
        finding_error(
            context->findings, job->place,
            "`name` is missing, and the file's name `%s` is none for a job: add a name of lower-case "
            "letters, digits and `_`, or rename the file",
            key_shorten(stem, shown));
}

static struct text_list names_of(const struct catalogue_entry *columns, size_t count, struct arena *arena)
{
    struct text_list names = {arena_alloc(arena, count, sizeof(const char *)), count};
    for (size_t i = 0; i < count; i++)
        names.items[i] = columns[i].name;
    return names;
}

/* The dataset's columns become those that the query asks for. */
static void take_dataset(struct job *job, struct arena *arena)
{
    struct job_query *query = &job->query;
    const struct dataset *dataset = query->dataset;
    if (job->source != JOB_SOURCE_CONTRACT)
        query->dataset = NULL;
    if (!query->dataset)
        return;
    size_t keys = dataset->key_count;
    query->fields = names_of(dataset->columns, keys, arena);
    query->metrics = names_of(dataset->columns + keys, dataset->count - keys, arena);
    job->target.key = query->fields;
}

static const struct job job_defaults = {
    .enabled = true,
    .window = {.field = "usageDate", .until_today = true, .full_every = 7, .full_every_unit = JOB_DAYS},
    .page_size = 5000,
    .timeout_ms = 3600000,
    .target = {.distribute_by = JOB_DISTRIBUTE_AS_DATABASE},
    .checks = {.max_vanished_percent = 50},
};

bool job_read(const struct keys_context *context, const struct yaml_documents *documents, size_t number,
              struct job *job)
{
    const struct yaml_node *root = documents->items[number];
    *job = job_defaults;
    keys_read(&(struct key_value){context, "", root}, job_keys, job);
    if (root->kind != YAML_MAPPING || root->broken)
        return false;
    job->place = root->count > 0 ? root->keys[0]->place : root->place;
    if (!job->name)
        name_by_file(context, documents, number, job);
    const struct yaml_node *window = yaml_get(root, "window");
    job->digest = job_digest(root, context->arena);
    job->window.present = window && window->kind == YAML_MAPPING;
    if (!job->target.table)
        job->target.table = job->name;
    take_dataset(job, context->arena);
    if (job->target.key.count == 0)
        job->target.key = job->query.fields;
    return true;
}
