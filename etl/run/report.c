#include "run/report.h"

#include "base/json_text.h"
#include "run/table.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const headings[] = {"job",      "contract",  "window",   "status",
                                       ">rows",    ">inserted", ">updated", ">unchanged",
                                       ">deleted", ">requests", ">seconds"};

static void add_seconds(struct table *table, int64_t elapsed_ms)
{
    char text[32];
    snprintf(text, sizeof text, "%.1f", (double)elapsed_ms / 1000);
    table_add(table, text);
}

static void add_item(struct table *table, const struct run_item *item)
{
    char window[PLAN_WINDOW_TEXT];
    const struct chunk_result *result = &item->result;
    table_add(table, item->chunk.job->name);
    table_add(table, item->chunk.contract);
    table_add(table, plan_window_format(&item->chunk.window, window));
    table_add(table, chunk_status_text(result->status));
    table_add_number(table, result->rows_read);
    table_add_number(table, result->counts.inserted);
    table_add_number(table, result->counts.updated);
    table_add_number(table, result->counts.unchanged);
    table_add_number(table, result->counts.deleted);
    table_add_number(table, result->requests);
    add_seconds(table, result->elapsed_ms);
}

void report_put_table(const struct run_outcome *outcome, struct buf *out)
{
    struct table *table = table_make(headings, COUNT_OF(headings));
    uint64_t requests = 0;
    size_t succeeded = 0;
    size_t skipped = 0;
    for (size_t i = 0; i < outcome->count; i++) {
        add_item(table, &outcome->items[i]);
        requests += outcome->items[i].result.requests;
        succeeded += outcome->items[i].result.status == CHUNK_SUCCEEDED;
        skipped += outcome->items[i].result.status == CHUNK_SKIPPED;
    }
    table_put(table, out);
    table_release(table);
    buf_print(out, "\n%zu of %zu succeeded, ", succeeded, outcome->count);
    if (skipped > 0)
        buf_print(out, "%zu skipped, ", skipped);
    buf_print(out, "%" PRIu64 " requests\n", requests);
    for (size_t i = 0; i < outcome->count; i++) {
        const struct run_item *item = &outcome->items[i];
        if (item->result.status == CHUNK_FAILED)
            buf_print(out, "%s %s failed: %s\n", item->chunk.job->name, item->chunk.contract,
                      item->result.err.text);
    }
}

static void put_date(struct buf *out, const char *name, const struct window *window, date_t date)
{
    char text[DATE_TEXT];
    buf_print(out, ",\"%s\":", name);
    json_text_put(out, window->bounded ? date_format(date, text) : NULL);
}

static void put_item(struct buf *out, const struct run_item *item)
{
    const struct chunk *chunk = &item->chunk;
    const struct chunk_result *result = &item->result;
    if (result->run_id)
        buf_print(out, "{\"run_id\":%" PRId64 ",\"job\":", result->run_id);
    else
        buf_put(out, "{\"run_id\":null,\"job\":");
    json_text_put(out, chunk->job->name);
    buf_put(out, ",\"contract_number\":");
    json_text_put(out, chunk->contract);
    put_date(out, "window_start", &chunk->window, chunk->window.from);
    put_date(out, "window_end", &chunk->window, chunk->window.to);
    buf_print(out, ",\"source\":\"%s\",\"status\":\"%s\"", result->source, chunk_status_name(result->status));
    buf_print(out,
              ",\"rows_read\":%" PRIu64 ",\"rows_inserted\":%" PRIu64 ",\"rows_updated\":%" PRIu64
              ",\"rows_unchanged\":%" PRIu64 ",\"rows_deleted\":%" PRIu64 ",\"requests\":%" PRIu64
              ",\"seconds\":%.3f",
              result->rows_read, result->counts.inserted, result->counts.updated, result->counts.unchanged,
              result->counts.deleted, result->requests, (double)result->elapsed_ms / 1000);
    buf_put(out, ",\"error\":");
    json_text_put(out, result->status == CHUNK_FAILED ? result->err.text : NULL);
    buf_put(out, "}");
}

void report_put_json(const struct run_outcome *outcome, struct buf *out)
{
    buf_put(out, "{\"runs\":[");
    for (size_t i = 0; i < outcome->count; i++) {
        buf_put(out, i ? ",\n" : "");
        put_item(out, &outcome->items[i]);
    }
    buf_print(out, "],\"failed\":%zu}\n", outcome->failed);
}
