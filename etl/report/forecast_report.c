#include "report/forecast_report.h"

#include "base/json_writer.h"
#include "base/macros.h"
#include "report/table.h"

#include <inttypes.h>
#include <string.h>

static const char *const headings[] = {"contract", "year",        "ends on",     ">tokens left",
                                       ">a day",   "usage until", "runs out on", "earliest",
                                       "latest",   ">left at end"};

static void add_day(struct table *table, const struct forecast_day *day)
{
    char text[DATE_TEXT];
    table_add(table, day->is_known ? date_format(day->day, text) : "-");
}

static void add_figure(struct table *table, const char *figure)
{
    table_add(table, figure ? figure : "-");
}

static void add_item(struct table *table, const struct forecast_item *item)
{
    table_add(table, item->contract);
    add_figure(table, item->contract_year);
    add_day(table, &item->end_date);
    add_figure(table, item->tokens_left);
    add_figure(table, item->tokens_a_day);
    add_day(table, &item->usage_through);
    add_day(table, &item->runs_out_on);
    add_day(table, &item->runs_out_early);
    add_day(table, &item->runs_out_late);
    add_figure(table, item->left_at_end);
}

static bool has_run_out(const struct forecast_item *item)
{
    return item->tokens_left && (item->tokens_left[0] == '-' || text_equal(item->tokens_left, "0"));
}

/* Why there is no pace, or why it is uncertain. */
static void put_pace_explanation(const struct forecast_item *item, struct buf *out)
{
    char day[DATE_TEXT];
    if (!item->tokens_a_day && item->remark)
        buf_print(out, "%s: there is no pace: %s\n", item->contract, item->remark);
    else if (!item->tokens_a_day)
        buf_print(
            out,
            "%s: there is no pace, because fewer than 14 complete days of usage are loaded, or none of the "
            "last 14 days is complete: run the jobs daily_product_usage and cloud_usage\n",
            item->contract);
    else if (item->usage_days < 49)
        buf_print(out, "%s: the pace is of %" PRIu64 " days until %s, instead of 56\n", item->contract,
                  item->usage_days, date_format(item->usage_through.day, day));
    if (item->tokens_a_day && item->remark)
        buf_print(out, "%s: %s\n", item->contract, item->remark);
}

/* What the figures of a contract do not say. */
static void put_explanation(const struct forecast_item *item, struct buf *out)
{
    char day[DATE_TEXT];
    if (text_equal(item->state, "ended")) {
        buf_print(out, "%s: its last contract year ended on %s\n", item->contract,
                  date_format(item->end_date.day, day));
        return;
    }
    if (text_equal(item->state, "not_started"))
        buf_print(out, "%s: its next contract year begins on %s\n", item->contract,
                  date_format(item->start_date.day, day));
    if (text_equal(item->state, "unknown"))
        buf_print(out, "%s: its contract record does not say when the year begins and ends\n",
                  item->contract);
    if (!item->tokens_left)
        buf_print(out, "%s: its contract record does not say how many tokens are left\n", item->contract);
    if (has_run_out(item))
        buf_print(out, "%s: no tokens are left\n", item->contract);
    put_pace_explanation(item, out);
}

/* Whether a contract has a range of days. Without tokens there is a day, but no range. */
static bool has_range(const struct forecast *forecast)
{
    for (size_t i = 0; i < forecast->count; i++)
        if (forecast->items[i].runs_out_early.is_known && !has_run_out(&forecast->items[i]))
            return true;
    return false;
}

void forecast_report_put_table(const struct forecast *forecast, struct buf *out)
{
    SCOPED(buf) struct buf explanations = buf_make_result();
    struct table *table = table_make(headings, COUNT_OF(headings));
    for (size_t i = 0; i < forecast->count; i++) {
        add_item(table, &forecast->items[i]);
        put_explanation(&forecast->items[i], &explanations);
    }
    table_put(table, out);
    table_release(table);
    if (has_range(forecast))
        buf_put(out, "\nThe tokens run out between earliest and latest in 8 of 10 cases.\n");
    buf_put(out, buf_text(&explanations));
}

static void put_day(struct json_writer *json, const char *name, const struct forecast_day *day)
{
    json_put_date(json, name, day->is_known, day->day);
}

static void put_item(struct json_writer *json, const struct forecast_item *item)
{
    json_begin_object(json, NULL);
    json_put_text(json, "contract_number", item->contract);
    json_put_json(json, "contract_year", item->contract_year);
    put_day(json, "start_date", &item->start_date);
    put_day(json, "end_date", &item->end_date);
    json_put_json(json, "tokens_left", item->tokens_left);
    json_put_json(json, "tokens_a_day", item->tokens_a_day);
    put_day(json, "runs_out_on", &item->runs_out_on);
    put_day(json, "runs_out_early", &item->runs_out_early);
    put_day(json, "runs_out_late", &item->runs_out_late);
    json_put_json(json, "left_at_end", item->left_at_end);
    put_day(json, "usage_through", &item->usage_through);
    json_put_text(json, "remark", item->remark);
    json_end(json);
}

void forecast_report_put_json(const struct forecast *forecast, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_begin_lines(&json, "contracts");
    for (size_t i = 0; i < forecast->count; i++)
        put_item(&json, &forecast->items[i]);
    json_end(&json);
    json_end(&json);
    buf_put(out, "\n");
}
