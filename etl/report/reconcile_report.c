#include "report/reconcile_report.h"

#include "base/json_writer.h"
#include "base/macros.h"
#include "report/table.h"

#include <stdio.h>
#include <string.h>

static const char *const headings[] = {"job",     "contract", "month",       "year",  "category",
                                       ">loaded", ">service", ">difference", "status"};

static void add_line(struct table *table, const struct reconcile_item *item,
                     const struct reconciliation_line *line)
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

static const char *const year_headings[] = {"job",       "contract",    "contract year", ">loaded",
                                            ">consumed", ">multi-year", ">difference"};

static void add_year(struct table *table, const struct reconcile_item *item, const struct years_line *line)
{
    char year[16];
    snprintf(year, sizeof year, "%u", line->year);
    table_add(table, item->job->name);
    table_add(table, item->contract);
    table_add(table, year);
    table_add(table, line->loaded);
    table_add(table, line->consumed ? line->consumed : "-");
    table_add(table, line->multiyear_consumed ? line->multiyear_consumed : "-");
    if (line->is_running)
        table_add(table, "running");
    else if (!line->is_whole)
        table_add(table, "only in part");
    else
        table_add(table, line->difference ? line->difference : "-");
}

/* Whether an earlier item of the same contract has already been named as lacking the contract's record. */
static bool is_named(const struct reconcile_outcome *outcome, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (outcome->items[i].lacks_years &&
            strcmp(outcome->items[i].contract, outcome->items[index].contract) == 0)
            return true;
    return false;
}

static void put_years(const struct reconcile_outcome *outcome, struct buf *out)
{
    size_t shown = 0;
    size_t lacking = 0;
    struct table *table = table_make(year_headings, COUNT_OF(year_headings));
    for (size_t i = 0; i < outcome->count; i++)
        for (size_t k = 0; k < outcome->items[i].years.count; k++, shown++)
            add_year(table, &outcome->items[i], &outcome->items[i].years.lines[k]);
    if (shown > 0) {
        buf_put(out, "\nContract years, compared with the contract's record (a snapshot; differences are not "
                     "counted):\n\n");
        table_put(table, out);
    }
    table_release(table);
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].lacks_years && !is_named(outcome, i))
            buf_print(out, "%s%s", lacking++ > 0 ? ", " : "\nContract years are not compared for ",
                      outcome->items[i].contract);
    if (lacking > 0)
        buf_put(out, ": the shipped job contract_years loads the contract's record\n");
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
        buf_print(out, "; %zu are of months that are not loaded, or only in part", not_loaded);
    buf_put(out, "\n");
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].err.kind != ERR_NONE)
            buf_print(out, "%s %s was not compared: %s\n", outcome->items[i].job->name,
                      outcome->items[i].contract, outcome->items[i].err.text);
    put_years(outcome, out);
}

static void put_line(struct json_writer *json, const struct reconcile_item *item,
                     const struct reconciliation_line *line)
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

static void put_tokens(struct json_writer *json, const char *name, const char *tokens)
{
    if (tokens)
        json_put_json(json, name, tokens);
    else
        json_put_null(json, name);
}

static void put_year(struct json_writer *json, const struct reconcile_item *item,
                     const struct years_line *line)
{
    json_begin_object(json, NULL);
    json_put_text(json, "job", item->job->name);
    json_put_text(json, "contract_number", item->contract);
    json_put_count(json, "contract_year", line->year);
    json_put_json(json, "loaded", line->loaded);
    put_tokens(json, "consumed", line->consumed);
    put_tokens(json, "multiyear_consumed", line->multiyear_consumed);
    put_tokens(json, "difference", line->difference);
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
    json_begin_lines(&json, "years");
    for (size_t i = 0; i < outcome->count; i++)
        for (size_t k = 0; k < outcome->items[i].years.count; k++)
            put_year(&json, &outcome->items[i], &outcome->items[i].years.lines[k]);
    json_end(&json);
    json_end(&json);
    buf_put(out, "\n");
}
