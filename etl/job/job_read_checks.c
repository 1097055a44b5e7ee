#include "job/job_read_checks.h"

#include "job/job.h"

#include <stddef.h>
#include <string.h>

/* A limit above tenfold is probably a typing error. */
#define MAX_CHANGE_PERCENT 1000

#define MAX_QUERY_BYTES 65536

/* The values of a mapping of names, each with its path, such as checks.in.usageCategory. */
static struct key_value entry_of(const struct key_value *map, size_t i)
{
    char shown[KEY_SHOWN];
    const char *name = key_shorten(map->node->keys[i]->text, shown);
    return (struct key_value){
        map->context,
        arena_print(map->context->arena, "%s.%s", map->path, name),
        map->node->items[i],
    };
}

static void read_max_change(const struct key_value *value, void *member)
{
    struct job_checks *checks = member;
    const struct yaml_node *node = value->node;
    struct arena *arena = value->context->arena;
    if (node->kind != YAML_MAPPING) {
        key_refuse(value, "a mapping such as {tokensConsumed: 30%}");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        struct key_value entry = entry_of(value, i);
        struct job_max_change change = {.metric = arena_copy_text(arena, node->keys[i]->text)};
        if (!entry.node->broken && key_percentage(&entry, MAX_CHANGE_PERCENT, &change.percent))
            *(struct job_max_change *)arena_push(arena, &checks->max_changes, &checks->max_change_count,
                                                 sizeof change) = change;
    }
}

static void read_in(const struct key_value *value, void *member)
{
    struct job_checks *checks = member;
    const struct yaml_node *node = value->node;
    struct arena *arena = value->context->arena;
    if (node->kind != YAML_MAPPING) {
        key_refuse(value, "a mapping such as {usageCategory: [DESKTOP_PRODUCT]}");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        struct key_value entry = entry_of(value, i);
        struct job_value_list list = {.name = arena_copy_text(arena, node->keys[i]->text)};
        if (!entry.node->broken)
            key_names(&entry, &list.values);
        if (list.values.count > 0)
            *(struct job_value_list *)arena_push(arena, &checks->value_lists, &checks->value_list_count,
                                                 sizeof list) = list;
    }
}

static void read_query(const struct key_value *item, struct text_list *queries)
{
    const char *expected = "a query such as \"select * from staged where tokens_consumed < 0\"";
    struct arena *arena = item->context->arena;
    const char *text = item->node->broken ? NULL : key_text(item, expected);
    if (!text)
        return;
    if (text[strspn(text, " \t\r\n;")] == '\0')
        key_refuse(item, expected);
    else if (strlen(text) > MAX_QUERY_BYTES)
        finding_error(item->context->findings, item->node->place,
                      "a query of `%s` is longer than 64 KiB: shorten it", item->path);
    else
        arena_add_text(arena, queries, arena_copy_text(arena, text));
}

static void read_queries(const struct key_value *value, void *member)
{
    const struct yaml_node *node = value->node;
    if (node->kind == YAML_SCALAR) {
        read_query(value, member);
        return;
    }
    if (node->kind != YAML_SEQUENCE || node->count == 0 || node->count > KEY_MAX_ITEMS) {
        key_refuse(value, "a list of queries");
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        read_query(&(struct key_value){value->context, value->path, node->items[i]}, member);
}

#define CHECKS(member) offsetof(struct job_checks, member)

const struct key job_checks_keys[] = {
    {.name = "max_vanished",
     .kind = KEY_PERCENTAGE,
     .at = CHECKS(max_vanished_percent),
     .most = 100,
     .default_value = "50%",
     .text =
         "How many of the table's rows of the contract and window may vanish. The number of new "
         "rows is subtracted. The limit applies if there were more than 20 rows. An empty result is "
         "refused if "
         "there were any rows. `100%`: no limit, and an empty result deletes all rows. Only days that "
         "were already over when an earlier load requested them count (for rows by month: months). With "
         "`vanished: keep` only replaced snapshots count. `run --accept` turns the check off for one run."},
    {.name = "max_change",
     .kind = KEY_OTHER,
     .read = read_max_change,
     .value = "a mapping of metrics to percentages",
     .text = "How much the sum of a metric may change, up or down, relative to the sum in the table for the "
             "contract and window: `{tokensConsumed: 30%}`. The same days count as for `max_vanished`, and "
             "rows that `vanished: keep` keeps count in both sums. `run --accept` turns the check off for "
             "one run."},
    {.name = "min_rows",
     .kind = KEY_COUNT,
     .at = CHECKS(min_rows),
     .least = 1,
     .most = UINT32_MAX,
     .text = "The minimum number of rows in the result of a chunk."},
    {.name = "not_null",
     .kind = KEY_NAMES,
     .at = CHECKS(not_null),
     .text = "Fields and metrics, by the service's names, that must have a value in every row."},
    {.name = "in",
     .kind = KEY_OTHER,
     .read = read_in,
     .value = "a mapping of names to lists of values",
     .text = "Allowed values of a field or metric, by the service's names: `{usageCategory: "
             "[DESKTOP_PRODUCT]}`. A row without a value passes: see `not_null`."},
    {.name = "sql",
     .kind = KEY_OTHER,
     .at = CHECKS(queries),
     .read = read_queries,
     .value = "a list of queries",
     .text = "Your own queries over the view `staged`, which has the rows to be loaded with the table's "
             "column names: `select * from staged where tokens_consumed < 0`. Every row that a query returns "
             "is a violation. The queries cannot write."},
    {0},
};
