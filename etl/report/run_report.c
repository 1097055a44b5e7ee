#include "report/run_report.h"

#include "base/json_writer.h"
#include "base/readable.h"
#include "report/table.h"

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
    char window[WINDOW_TEXT];
    const struct chunk_result *result = &item->result;
    table_add(table, item->chunk.job->name);
    table_add(table, item->chunk.contract);
    table_add(table, window_format(&item->chunk.window, window));
    table_add(table, chunk_status_text(result->status));
    table_add_number(table, result->rows_read);
    table_add_number(table, result->counts.inserted);
    table_add_number(table, result->counts.updated);
    table_add_number(table, result->counts.unchanged);
    table_add_number(table, result->counts.deleted);
    table_add_number(table, result->requests);
    add_seconds(table, result->elapsed_ms);
}

/* The outcome of the whole round, on all hosts. The lines above are those of this host. */
static void put_share(const struct share_outcome *share, struct buf *out)
{
    if (!share->name)
        return;
    buf_print(out, "share %s, round %" PRId64 ": ", share->name, share->round);
    if (!share->is_over)
        buf_put(out, "not over\n");
    else if (share->failures.count == 0)
        buf_put(out, "all of it is done\n");
    else
        buf_print(out, "%zu chunk%s failed\n", share->failures.count, readable_plural(share->failures.count));
    for (size_t i = 0; i < share->failures.count; i++) {
        const struct work_failure *failure = &share->failures.items[i];
        buf_print(out, "%s %s failed%s%s: %s\n", failure->job, failure->contract,
                  *failure->host ? " on host " : "", failure->host, failure->error);
    }
}

static void put_json_share(const struct share_outcome *share, struct json_writer *json)
{
    if (!share->name)
        return;
    json_begin_object(json, "share");
    json_put_text(json, "name", share->name);
    json_put_integer(json, "round", share->round);
    json_put_flag(json, "is_over", share->is_over);
    json_begin_array(json, "failures");
    for (size_t i = 0; i < share->failures.count; i++) {
        const struct work_failure *failure = &share->failures.items[i];
        json_begin_object(json, NULL);
        json_put_text(json, "job", failure->job);
        json_put_text(json, "contract_number", failure->contract);
        json_put_date(json, "window_start", failure->window.bounded, failure->window.from);
        json_put_date(json, "window_end", failure->window.bounded, failure->window.to);
        json_put_text(json, "host", *failure->host ? failure->host : NULL);
        json_put_text(json, "error", failure->error);
        json_end(json);
    }
    json_end(json);
    json_end(json);
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
    buf_print(out, "%" PRIu64 " request%s\n", requests, readable_plural(requests));
    for (size_t i = 0; i < outcome->count; i++) {
        const struct run_item *item = &outcome->items[i];
        if (item->result.status == CHUNK_FAILED && !outcome->share.name)
            buf_print(out, "%s %s failed: %s\n", item->chunk.job->name, item->chunk.contract,
                      item->result.err.text);
    }
    if (outcome->change_requests > 0)
        buf_print(out, "asked the service what has changed: %" PRIu64 " request%s\n",
                  outcome->change_requests, readable_plural(outcome->change_requests));
    put_share(&outcome->share, out);
}

static void put_item(struct json_writer *json, const struct run_item *item)
{
    const struct chunk *chunk = &item->chunk;
    const struct chunk_result *result = &item->result;
    json_begin_object(json, NULL);
    if (result->run_id)
        json_put_count(json, "run_id", (uint64_t)result->run_id);
    else
        json_put_null(json, "run_id");
    json_put_text(json, "job", chunk->job->name);
    json_put_text(json, "contract_number", chunk->contract);
    json_put_date(json, "window_start", chunk->window.bounded, chunk->window.from);
    json_put_date(json, "window_end", chunk->window.bounded, chunk->window.to);
    json_put_text(json, "source", result->source);
    json_put_text(json, "status", chunk_status_name(result->status));
    json_put_count(json, "rows_read", result->rows_read);
    json_put_count(json, "rows_inserted", result->counts.inserted);
    json_put_count(json, "rows_updated", result->counts.updated);
    json_put_count(json, "rows_unchanged", result->counts.unchanged);
    json_put_count(json, "rows_deleted", result->counts.deleted);
    json_put_count(json, "rows_vanished", result->counts.vanished);
    json_put_count(json, "requests", result->requests);
    json_put_decimal(json, "seconds", (double)result->elapsed_ms / 1000, 3);
    if (result->is_unchanged)
        json_put_text(json, "reason", result->skip_reason);
    json_put_text(json, "error", result->status == CHUNK_FAILED ? result->err.text : NULL);
    json_end(json);
}

void report_put_json(const struct run_outcome *outcome, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "runs");
    for (size_t i = 0; i < outcome->count; i++)
        put_item(&json, &outcome->items[i]);
    json_end(&json);
    json_put_count(&json, "failed", outcome->failed);
    put_json_share(&outcome->share, &json);
    if (outcome->change_requests > 0) {
        json_begin_object(&json, "source_changes");
        json_put_count(&json, "requests", outcome->change_requests);
        json_end(&json);
    }
    json_end(&json);
    buf_put(out, "\n");
}

void report_put_comparison(const struct reconcile_outcome *compared, struct buf *out)
{
    buf_print(out, "compared with the service's own totals: %zu %s, %" PRIu64 " request%s\n",
              compared->differences, compared->differences == 1 ? "figure differs" : "figures differ",
              compared->requests, readable_plural(compared->requests));
}

void report_put_json_comparison(const struct reconcile_outcome *compared, struct json_writer *json)
{
    json_begin_object(json, "reconciliation");
    json_put_count(json, "differences", compared->differences);
    json_put_count(json, "requests", compared->requests);
    json_end(json);
}
