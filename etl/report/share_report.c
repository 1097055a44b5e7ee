#include "report/share_report.h"

#include "base/clock.h"
#include "base/macros.h"
#include "base/readable.h"
#include "report/table.h"

#include <inttypes.h>

static uint64_t count_over(const struct work_view_round *round)
{
    return round->counts[WORK_SUCCEEDED] + round->counts[WORK_SKIPPED];
}

static uint64_t count_all(const struct work_view_round *round)
{
    uint64_t all = 0;
    for (size_t state = 0; state < WORK_STATES; state++)
        all += round->counts[state];
    return all;
}

static void put_count(const struct work_view_round *round, enum work_state state, const char *words,
                      struct buf *out)
{
    if (round->counts[state] > 0)
        buf_print(out, ", %" PRIu64 " %s", round->counts[state], words);
}

static void put_hosts(const struct work_view_round *round, struct buf *out)
{
    for (size_t i = 0; i < round->hosts.count; i++)
        buf_print(out, "%s%s", i == 0 ? "Hosts: " : ", ", round->hosts.items[i]);
    if (round->hosts.count > 0)
        buf_put(out, ".\n");
    else if (round->closed_ms == 0)
        buf_put(out, "No host is at work on it; the next run of the same jobs continues it.\n");
}

static void put_chunks(const struct work_view_round *round, struct buf *out)
{
    static const char *const headings[] = {"job", "contract", "window", "state", "host", "lease until"};
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < round->chunk_count; i++) {
        char window[WINDOW_TEXT];
        char lease[CLOCK_TEXT];
        const struct work_view_chunk *chunk = &round->chunks[i];
        table_add(table, chunk->job);
        table_add(table, chunk->contract);
        table_add(table, window_format(&chunk->window, window));
        table_add(table, work_state_name(chunk->state));
        table_add(table, chunk->host);
        table_add(table, chunk->lease_until_ms > 0 ? clock_format(chunk->lease_until_ms, lease) : NULL);
    }
    if (round->chunk_count > 0)
        table_put(table, out);
    table_release(table);
}

static void put_round(const struct work_view *view, const struct work_view_round *round, struct buf *out)
{
    char opened[CLOCK_TEXT];
    buf_print(out, "\nShare %s, round %" PRId64 " (%s), %s %s: %" PRIu64 " of %" PRIu64 " chunk%s done",
              view->share, round->round, round->task, round->closed_ms > 0 ? "over since" : "opened",
              clock_format(round->closed_ms > 0 ? round->closed_ms : round->opened_ms, opened),
              count_over(round), count_all(round), readable_plural(count_all(round)));
    put_count(round, WORK_RUNNING, "at work", out);
    put_count(round, WORK_WAITING, "waiting", out);
    put_count(round, WORK_FAILED, "failed", out);
    put_count(round, WORK_NOT_BEGUN, "not begun", out);
    buf_put(out, ".\n");
    put_hosts(round, out);
    put_chunks(round, out);
}

void share_report_put_text(const struct work_view *view, struct buf *out)
{
    for (size_t i = 0; i < view->count; i++)
        put_round(view, &view->rounds[i], out);
}

static void put_json_chunk(const struct work_view_chunk *chunk, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "job", chunk->job);
    json_put_text(json, "contract_number", chunk->contract);
    json_put_date(json, "window_start", chunk->window.bounded, chunk->window.from);
    json_put_date(json, "window_end", chunk->window.bounded, chunk->window.to);
    json_put_text(json, "state", work_state_name(chunk->state));
    json_put_text(json, "host", *chunk->host ? chunk->host : NULL);
    json_put_moment(json, "lease_until", chunk->lease_until_ms);
    json_put_text(json, "error", *chunk->error ? chunk->error : NULL);
    json_end(json);
}

static void put_json_round(const struct work_view_round *round, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_integer(json, "round", round->round);
    json_put_text(json, "task", round->task);
    json_put_moment(json, "opened_at", round->opened_ms);
    json_put_moment(json, "closed_at", round->closed_ms);
    json_put_list(json, "hosts", &round->hosts);
    json_begin_object(json, "chunks");
    for (size_t state = 0; state < WORK_STATES; state++)
        json_put_count(json, work_state_name((enum work_state)state), round->counts[state]);
    json_end(json);
    json_begin_lines(json, "work");
    for (size_t i = 0; i < round->chunk_count; i++)
        put_json_chunk(&round->chunks[i], json);
    json_end(json);
    json_end(json);
}

void share_report_put_json(const struct work_view *view, struct json_writer *json)
{
    if (!view->share || !*view->share)
        return;
    json_begin_object(json, "share");
    json_put_text(json, "name", view->share);
    json_begin_array(json, "rounds");
    for (size_t i = 0; i < view->count; i++)
        put_json_round(&view->rounds[i], json);
    json_end(json);
    json_end(json);
}
