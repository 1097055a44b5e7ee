#include "report/reconcile_report.h"

#include "base/json_writer.h"
#include "base/macros.h"
#include "report/table.h"

#include <stdio.h>
#include <string.h>

static const char *const headings[] = {"job",     "contract", "month",       "year",  "category",
                                       ">loaded", ">service", ">difference", "status"};

static void add_line(struct table *table, const struct reconcile_item *item, const struct totals_line *line)
{
    char month[DATE_TEXT];
    char year[16];
    snprintf(year, sizeof year, "%u", line->key.year);
    table_add(table, item->job->name);
    table_add(table, item->contract);
    date_format(line->key.month, month);
    month[strlen("2026-11")] = '\0';
    table_add(table, month);
    table_add(table, line->key.year > 0 ? year : "all");
    table_add(table, line->key.category ? line->key.category : "all");
    table_add(table, line->loaded);
    table_add(table, line->service);
    table_add(table, line->difference);
    table_add(table, totals_status_name(line->status));
}

void reconcile_report_put_table(const struct reconcile_outcome *outcome, struct buf *out)
{
    size_t compared = 0;
    size_t not_loaded = 0;
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < outcome->count; i++) {
        const struct reconcile_item *item = &outcome->items[i];
        for (size_t k = 0; k < item->result.count; k++) {
            enum totals_status status = item->result.lines[k].status;
            not_loaded += status == TOTALS_NOT_LOADED;
            compared += status != TOTALS_NOT_LOADED && status != TOTALS_RUNNING;
            if (status != TOTALS_NOT_LOADED)
                add_line(table, item, &item->result.lines[k]);
        }
    }
    table_put(table, out);
    table_release(table);
    buf_print(out, "\n%zu of %zu figures differ from the service's own totals", outcome->differences,
              compared);
    if (not_loaded > 0)
        buf_print(out, "; %zu are of months that are not loaded, or not whole", not_loaded);
    buf_put(out, "\n");
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].err.kind != ERR_NONE)
            buf_print(out, "%s %s was not compared: %s\n", outcome->items[i].job->name,
                      outcome->items[i].contract, outcome->items[i].err.text);
}

static void put_line(struct json_writer *json, const struct reconcile_item *item,
                     const struct totals_line *line)
{
    json_begin_object(json, NULL);
    json_put_text(json, "job", item->job->name);
    json_put_text(json, "contract_number", item->contract);
    json_put_date(json, "usage_month", true, line->key.month);
    if (line->key.year > 0)
        json_put_count(json, "contract_year", line->key.year);
    else
        json_put_null(json, "contract_year");
    json_put_text(json, "usage_category", line->key.category);
    json_put_json(json, "loaded", line->loaded);
    json_put_json(json, "service", line->service);
    json_put_json(json, "difference", line->difference);
    json_put_text(json, "status", totals_status_name(line->status));
    json_end(json);
}

void reconcile_report_put_json(const struct reconcile_outcome *outcome, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "months");
    for (size_t i = 0; i < outcome->count; i++)
        for (size_t k = 0; k < outcome->items[i].result.count; k++)
            put_line(&json, &outcome->items[i], &outcome->items[i].result.lines[k]);
    json_end(&json);
    json_put_count(&json, "differences", outcome->differences);
    json_end(&json);
    buf_put(out, "\n");
}
