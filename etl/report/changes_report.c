#include "report/changes_report.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/macros.h"
#include "report/table.h"

#include <stdio.h>
#include <string.h>

static const char *const headings[] = {"job",         "contract", "month",  "metric",    ">before", ">after",
                                       ">difference", ">changed", ">added", ">vanished", "restated"};
static const char *const row_headings[] = {"restated", "job", "contract", "change", "row", "figures"};

/* `2026-03`; for rows without a date, their window. */
static void add_month(struct table *table, const struct restatement_item *item)
{
    char text[64] = "";
    if (item->month)
        snprintf(text, sizeof text, "%.7s", item->month);
    else if (item->window_start)
        snprintf(text, sizeof text, "%.10s..%.10s", item->window_start, item->window_end);
    table_add(table, text);
}

static void add_item(struct table *table, const struct restatement_item *item)
{
    char minute[CLOCK_MINUTE_TEXT];
    table_add(table, item->job);
    table_add(table, item->contract);
    add_month(table, item);
    table_add(table, item->metric);
    table_add(table, item->before);
    table_add(table, item->after);
    table_add(table, item->difference);
    table_add_number(table, item->rows_changed);
    table_add_number(table, item->rows_added);
    table_add_number(table, item->rows_vanished);
    table_add(table, clock_format_minute(item->restated_ms, minute));
}

static void add_row(struct table *table, const struct restated_row *row)
{
    char minute[CLOCK_MINUTE_TEXT];
    table_add(table, clock_format_minute(row->restated_ms, minute));
    table_add(table, row->job);
    table_add(table, row->contract);
    table_add(table, row->operation);
    table_add(table, row->key);
    table_add(table, row->figures);
}

static void put_rows(const struct restated_rows *rows, struct buf *out)
{
    struct table *table = table_make(row_headings, COUNT_OF(row_headings));
    for (size_t i = 0; i < rows->count; i++)
        add_row(table, &rows->items[i]);
    buf_put(out, "\n");
    table_put(table, out);
    table_release(table);
}

void changes_report_put_table(const struct restatement_list *list, const struct restated_rows *rows,
                              struct buf *out)
{
    if (list->count == 0) {
        buf_put(out, "No load has changed data that was loaded before.\n");
        return;
    }
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < list->count; i++)
        add_item(table, &list->items[i]);
    table_put(table, out);
    table_release(table);
    if (rows)
        put_rows(rows, out);
}

static void put_item(struct json_writer *json, const struct restatement_item *item)
{
    json_begin_object(json, NULL);
    json_put_text(json, "job", item->job);
    json_put_text(json, "contract_number", item->contract);
    json_put_text(json, "month", item->month);
    json_put_text(json, "metric", item->metric);
    json_put_json(json, "before", item->before);
    json_put_json(json, "after", item->after);
    json_put_count(json, "rows_changed", item->rows_changed);
    json_put_count(json, "rows_added", item->rows_added);
    json_put_count(json, "rows_vanished", item->rows_vanished);
    json_put_integer(json, "run_id", item->run_id);
    json_put_moment(json, "restated_at", item->restated_ms);
    json_end(json);
}

static void put_row(struct json_writer *json, const struct restated_row *row)
{
    json_begin_object(json, NULL);
    json_put_text(json, "job", row->job);
    json_put_text(json, "contract_number", row->contract);
    json_put_text(json, "month", row->month);
    json_put_text(json, "operation", row->operation);
    json_put_json(json, "before", row->before);
    json_put_json(json, "after", row->after);
    json_put_integer(json, "run_id", row->run_id);
    json_put_moment(json, "restated_at", row->restated_ms);
    json_end(json);
}

void changes_report_put_json(const struct restatement_list *list, const struct restated_rows *rows,
                             struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "changes");
    for (size_t i = 0; i < list->count; i++)
        put_item(&json, &list->items[i]);
    json_end(&json);
    if (rows) {
        json_begin_lines(&json, "rows");
        for (size_t i = 0; i < rows->count; i++)
            put_row(&json, &rows->items[i]);
        json_end(&json);
    }
    json_end(&json);
    buf_put(out, "\n");
}
