#include "report/discovery.h"

#include "base/json_writer.h"
#include "base/text.h"
#include "job/job.h"
#include "report/table.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 81

static void add_printable(struct table *table, const char *text)
{
    char shown[SHOWN];
    table_add(table, text_excerpt(text, strlen(text), shown, sizeof shown));
}

void discovery_put_contracts_table(const struct contracts *contracts, struct buf *out)
{
    static const char *const headings[] = {"contract", "name", "start", "end", "active"};
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < contracts->count; i++) {
        const struct contract *contract = &contracts->items[i];
        add_printable(table, contract->number);
        add_printable(table, contract->name);
        add_printable(table, contract->start);
        add_printable(table, contract->end);
        table_add(table, contract->is_active ? "yes" : "no");
    }
    table_put(table, out);
    table_release(table);
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

void discovery_put_contracts_json(const struct contracts *contracts, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "contracts");
    for (size_t i = 0; i < contracts->count; i++) {
        const struct contract *contract = &contracts->items[i];
        json_begin_object(&json, NULL);
        json_put_text(&json, "contract_number", contract->number);
        json_put_text(&json, "name", contract->name);
        json_put_text(&json, "start", or_null(contract->start));
        json_put_text(&json, "end", or_null(contract->end));
        json_put_flag(&json, "active", contract->is_active);
        json_end(&json);
    }
    json_end(&json);
    json_end(&json);
    buf_put(out, "\n");
}

/* NULL if the entry is not a custom field, or the contract has no name for it. */
static const char *custom_name(const struct discovered_fields *fields, const struct catalogue_entry *entry)
{
    unsigned place = catalogue_custom_field(entry);
    return place ? fields->enrichment.names[place - 1] : NULL;
}

static void add_categories(struct table *table, const struct catalogue_entry *entry)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    size_t count = 0;
    for (enum usage_category i = 0; i < USAGE_CATEGORIES; i++)
        if (catalogue_is_for(entry, i))
            buf_print(&text, "%s%s", count++ ? ", " : "", usage_categories[i].name);
    table_add(table, count < USAGE_CATEGORIES ? buf_text(&text) : "all");
}

static void add_level(struct table *table, const struct catalogue_entry *entry)
{
    char text[64];
    bool is_export_only = (entry->queried | entry->maybe_queryable) == 0;
    snprintf(text, sizeof text, "%s%s", catalogue_level_name(entry->level),
             is_export_only ? ", export only" : "");
    table_add(table, text);
}

static void put_fields(const struct discovered_fields *fields, struct buf *out)
{
    static const char *const headings[] = {"field", "type", "level", "usage categories",
                                           "name in the contract"};
    size_t count;
    const struct catalogue_entry *entries = catalogue_all(&count);
    size_t columns = COUNT_OF(headings) - (fields->contract ? 0 : 1);
    struct table *table = table_make(headings, columns);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].is_metric)
            continue;
        table_add(table, entries[i].name);
        table_add(table, column_type_name(entries[i].type));
        add_level(table, &entries[i]);
        add_categories(table, &entries[i]);
        const char *name = custom_name(fields, &entries[i]);
        if (fields->contract)
            add_printable(table, name ? name : "");
    }
    table_put(table, out);
    table_release(table);
}

static void put_metrics(struct buf *out)
{
    static const char *const headings[] = {"metric", "type", "unit", "over rows"};
    size_t count;
    const struct catalogue_entry *entries = catalogue_all(&count);
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].is_metric)
            continue;
        table_add(table, entries[i].name);
        table_add(table, column_type_name(entries[i].type));
        table_add(table, entries[i].unit);
        table_add(table, entries[i].is_additive ? "may be summed" : "cannot be summed");
    }
    table_put(table, out);
    table_release(table);
}

void discovery_put_fields_table(const struct discovered_fields *fields, struct buf *out)
{
    put_fields(fields, out);
    buf_put(out, "\n");
    put_metrics(out);
}

static void put_column(const struct catalogue_entry *entry, struct json_writer *json)
{
    char column[JOB_COLUMN_NAME];
    const struct job plain = {0};
    json_put_text(json, "column", job_column_name(&plain, entry->name, column));
    json_put_text(json, "type", column_type_name(entry->type));
}

static void put_categories(const struct catalogue_entry *entry, struct json_writer *json)
{
    json_begin_array(json, "categories");
    for (enum usage_category i = 0; i < USAGE_CATEGORIES; i++)
        if (catalogue_is_for(entry, i))
            json_put_text(json, NULL, usage_categories[i].name);
    json_end(json);
}

static void put_json_field(const struct discovered_fields *fields, const struct catalogue_entry *entry,
                           struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "name", entry->name);
    put_column(entry, json);
    put_categories(entry, json);
    json_put_text(json, "level", catalogue_level_name(entry->level));
    json_put_flag(json, "export_only", (entry->queried | entry->maybe_queryable) == 0);
    json_put_text(json, "description", entry->comment);
    json_put_text(json, "custom_name", custom_name(fields, entry));
    json_end(json);
}

static void put_json_metric(const struct catalogue_entry *entry, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "name", entry->name);
    put_column(entry, json);
    json_put_text(json, "unit", entry->unit);
    json_put_flag(json, "additive", entry->is_additive);
    json_put_text(json, "description", entry->comment);
    json_end(json);
}

/* An array on a line of its own. */
static void put_json_list(const struct discovered_fields *fields, bool metrics, struct json_writer *json)
{
    size_t count;
    const struct catalogue_entry *entries = catalogue_all(&count);
    json_new_line(json);
    json_begin_lines(json, metrics ? "metrics" : "fields");
    for (size_t i = 0; i < count; i++) {
        if (entries[i].is_metric != metrics)
            continue;
        if (metrics)
            put_json_metric(&entries[i], json);
        else
            put_json_field(fields, &entries[i], json);
    }
    json_end(json);
}

void discovery_put_fields_json(const struct discovered_fields *fields, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_put_text(&json, "contract_number", fields->contract);
    put_json_list(fields, false, &json);
    put_json_list(fields, true, &json);
    json_end(&json);
    buf_put(out, "\n");
}
