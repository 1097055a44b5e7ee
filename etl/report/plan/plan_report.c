#include "report/plan/plan_report.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/readable.h"
#include "base/text.h"
#include "job/request_body.h"
#include "report/share_report.h"
#include "report/table.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const headings[] = {"job", "contract", "window", "source", ">requests", ">done in", "why"};

static void add_item(struct table *table, const struct planned *planned)
{
    char window[WINDOW_TEXT];
    char span[READABLE_TEXT];
    bool refused = planned->refused.kind != ERR_NONE;
    bool runs = !refused && !planned->skipped;
    table_add(table, planned->chunk->job->name);
    table_add(table, planned->chunk->contract);
    table_add(table, window_format(&planned->chunk->window, window));
    table_add(table, refused ? "refused" : planned->skipped ? "skipped" : planned->source);
    if (runs)
        table_add_number(table, planned->requests);
    else
        table_add(table, "");
    table_add(table, runs ? readable_span(planned->done_ms, span) : "");
    table_add(table, refused ? planned->refused.text : planned->reason);
}

static void put_table(const struct plan *plan, struct buf *out)
{
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < plan->count; i++)
        add_item(table, &plan->items[i]);
    table_put(table, out);
    table_release(table);
}

static bool is_run(const struct planned *planned)
{
    return planned->refused.kind == ERR_NONE && !planned->skipped;
}

/* Chunks of other contracts differ in the URL, not in the body: each body is shown once per job and window.
 * */
static bool is_body_shown(const struct plan *plan, size_t item)
{
    const struct chunk *chunk = plan->items[item].chunk;
    for (size_t i = 0; i < item; i++) {
        const struct chunk *before = plan->items[i].chunk;
        if (is_run(&plan->items[i]) && before->job == chunk->job &&
            before->window.from == chunk->window.from && before->window.to == chunk->window.to)
            return true;
    }
    return false;
}

static void put_bodies(const struct plan *plan, struct buf *out)
{
    const struct job *last = NULL;
    for (size_t i = 0; i < plan->count; i++) {
        const struct chunk *chunk = plan->items[i].chunk;
        bool has_body = chunk->job->source != JOB_SOURCE_CONTRACT;
        if (!has_body || !is_run(&plan->items[i]) || is_body_shown(plan, i))
            continue;
        buf_print(out, "%s%s%s", last ? "" : "\nrequest bodies:\n",
                  chunk->job == last ? "" : chunk->job->name, chunk->job == last ? "" : "\n");
        buf_put(out, "  ");
        request_body_put(chunk->job, &chunk->window, out);
        buf_put(out, "\n");
        last = chunk->job;
    }
}

static void put_ddl(const struct plan *plan, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < plan->count; i++) {
        const struct text_list *ddl = &plan->items[i].ddl;
        if (!is_run(&plan->items[i]))
            continue;
        for (size_t statement = 0; statement < ddl->count; statement++) {
            const char *end = text_starts_with(ddl->items[statement], "--") ? "" : ";";
            buf_print(out, "%s%s%s\n", any ? "" : "\ntable changes:\n", ddl->items[statement], end);
            any = true;
        }
    }
}

/* Within the period of a burst the bucket does not fill up. */
static void put_level(const struct plan *plan, struct buf *out)
{
    const struct budget_level *level = &plan->level;
    bool in_period = level->burst_ms > 0;
    char span[READABLE_TEXT];
    uint64_t requests = level->requests > 0 ? (uint64_t)(level->requests + 0.5) : 0;
    buf_print(out, "; the budget has %" PRIu64 " request%s now and gets %g a minute, but holds at most %.0f",
              requests, readable_plural(requests), budget_rate(&plan->budget, level),
              in_period ? level->ceiling : budget_capacity(&plan->budget));
    if (in_period)
        buf_print(out, " for the next %s", readable_span(level->burst_ms, span));
}

static void put_budget(const struct plan *plan, struct buf *out)
{
    if (plan->budget.per_minute <= 0)
        buf_put(out, "; no limit is kept on our side");
    else if (plan->knows_level)
        put_level(plan, out);
    else
        buf_print(out, "; counted with a full budget of %.0f, which gets %g a minute",
                  budget_capacity(&plan->budget), plan->budget.per_minute);
    if (plan->knows_level && plan->level.blocked_ms > 0) {
        char span[READABLE_TEXT];
        buf_print(out, ", and is blocked by the service for %s", readable_span(plan->level.blocked_ms, span));
    }
}

static bool is_guess(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_run(&plan->items[i]) && plan->items[i].estimate.is_guess)
            return true;
    return false;
}

void plan_report_put_text(const struct plan *plan, int64_t now_ms, struct buf *out)
{
    char span[READABLE_TEXT];
    char moment[CLOCK_TEXT];
    put_table(plan, out);
    put_bodies(plan, out);
    put_ddl(plan, out);
    buf_print(out, "\n%s%" PRIu64 " request%s", is_guess(plan) ? "about " : "", plan->requests,
              readable_plural(plan->requests));
    put_budget(plan, out);
    clock_format(now_ms + plan->done_ms, moment);
    buf_print(out, "\nif begun now: done in %s, at %.16sZ\n", readable_span(plan->done_ms, span), moment);
    if (plan->change_requests > 0)
        buf_print(
            out,
            "and %" PRIu64
            " request%s to ask the service what has changed: this plan skips chunks by its last answer\n",
            plan->change_requests, readable_plural(plan->change_requests));
    if (plan->summaries > 0)
        buf_print(out,
                  "and %" PRIu64 " request%s to compare what is loaded with the service's own totals, once a "
                  "day\n",
                  plan->summaries, readable_plural(plan->summaries));
    for (size_t i = 0; i < plan->notes.count; i++)
        buf_print(out, "note: %s\n", plan->notes.items[i]);
    if (is_guess(plan))
        buf_put(out,
                "note: for a job that has not run before, the plan counts 2 requests per query and 4 per "
                "export; a query whose result the service still has needs only 1, a large or slow result "
                "needs more\n");
    share_report_put_text(&plan->share, out);
}

/* The request body of the chunk; null for a GET. */
static void put_body(struct json_writer *json, const struct chunk *chunk)
{
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    if (chunk->job->source == JOB_SOURCE_CONTRACT) {
        json_put_null(json, "body");
        return;
    }
    request_body_put(chunk->job, &chunk->window, &body);
    json_put_json(json, "body", buf_text(&body));
}

static void put_item(struct json_writer *json, const struct planned *planned)
{
    const struct chunk *chunk = planned->chunk;
    bool refused = planned->refused.kind != ERR_NONE;
    json_begin_object(json, NULL);
    json_put_text(json, "job", chunk->job->name);
    json_put_text(json, "contract_number", chunk->contract);
    json_put_date(json, "window_start", chunk->window.bounded, chunk->window.from);
    json_put_date(json, "window_end", chunk->window.bounded, chunk->window.to);
    json_put_text(json, "source", planned->source);
    json_put_text(json, "reason", planned->reason);
    put_body(json, chunk);
    json_put_count(json, "requests_estimated", refused ? 0 : planned->requests);
    json_put_list(json, "ddl", &planned->ddl);
    json_put_flag(json, "skipped", planned->skipped);
    json_put_flag(json, "is_guess", planned->estimate.is_guess);
    json_put_decimal(json, "done_in_seconds", (double)planned->done_ms / 1000, 1);
    json_put_text(json, "error", refused ? planned->refused.text : NULL);
    json_end(json);
}

static void put_json_budget(struct json_writer *json, const struct plan *plan)
{
    char per_minute[32];
    snprintf(per_minute, sizeof per_minute, "%g", plan->budget.per_minute);
    json_begin_object(json, "budget");
    if (plan->knows_level)
        json_put_decimal(json, "available", plan->level.requests > 0 ? plan->level.requests : 0, 3);
    else
        json_put_null(json, "available");
    json_put_json(json, "per_minute", per_minute);
    json_put_count(json, "burst", plan->budget.burst);
    json_put_decimal(json, "blocked_seconds", (double)plan->level.blocked_ms / 1000, 1);
    json_end(json);
}

void plan_report_put_json(const struct plan *plan, int64_t now_ms, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "jobs");
    for (size_t i = 0; i < plan->count; i++)
        put_item(&json, &plan->items[i]);
    json_end(&json);
    put_json_budget(&json, plan);
    json_put_count(&json, "requests_estimated", plan->requests);
    json_put_count(&json, "change_requests_estimated", plan->change_requests);
    json_put_count(&json, "summaries_estimated", plan->summaries);
    json_put_decimal(&json, "done_in_seconds", (double)plan->done_ms / 1000, 1);
    json_put_moment(&json, "done_at", now_ms + plan->done_ms);
    share_report_put_json(&plan->share, &json);
    json_put_list(&json, "notes", &plan->notes);
    json_end(&json);
    buf_put(out, "\n");
}
