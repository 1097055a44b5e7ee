#include "report/html/html_forecast.h"

#include "base/text.h"
#include "report/html/html_text.h"

#include <string.h>

bool html_forecast_read(const struct page_source *source, struct html_forecast *forecast, struct err *err)
{
    struct err failed;
    *forecast = (struct html_forecast){0};
    if (!forecast_read(source->pg, source->schema, source->arena, &forecast->forecast, &failed)) {
        if (page_problem_of(&failed, source->arena, &forecast->problem))
            return true;
        *err = failed;
        return false;
    }
    if (forecast->forecast.missing.count > 0)
        forecast->problem =
            (struct page_problem){.kind = PAGE_PROBLEM_MISSING, .missing = forecast->forecast.missing};
    return true;
}

const struct forecast_item *html_forecast_of(const struct html_forecast *forecast, const char *contract)
{
    for (size_t i = 0; contract && i < forecast->forecast.count; i++)
        if (text_equal(forecast->forecast.items[i].contract, contract))
            return &forecast->forecast.items[i];
    return NULL;
}

static void put_day(const struct forecast_day *day, struct buf *out)
{
    char text[DATE_TEXT];
    buf_print(out, "<time>%s</time>", date_format(day->day, text));
}

/* A key figure: its name; its value and a remark follow. */
static void begin_key(const char *name, struct buf *out)
{
    buf_print(out, "<div><dt>%s</dt><dd>", name);
}

static void begin_remark(struct buf *out)
{
    buf_put(out, "</dd><dd class=\"remark\">");
}

static void end_key(struct buf *out)
{
    buf_put(out, "</dd></div>\n");
}

static void put_left(const struct forecast_item *item, struct buf *out)
{
    begin_key("Left", out);
    html_put_number(out, item->tokens_left, 0);
    begin_remark(out);
    buf_put(out, "by the record of ");
    put_day(&item->as_of, out);
    end_key(out);
}

static void put_pace(const struct forecast_item *item, struct buf *out)
{
    begin_key("Tokens a day", out);
    html_put_number(out, item->tokens_a_day, 0);
    begin_remark(out);
    buf_print(out, "the weekdays of %llu days through ", (unsigned long long)item->usage_days);
    put_day(&item->usage_through, out);
    end_key(out);
}

static void put_pace_until_end(const struct forecast_item *item, struct buf *out)
{
    begin_key("Pace that ends at zero", out);
    html_put_number(out, item->tokens_a_day_until_end, 0);
    begin_remark(out);
    buf_put(out, "tokens a day until ");
    put_day(&item->end_date, out);
    end_key(out);
}

static void put_runs_out(const struct forecast_item *item, struct buf *out)
{
    begin_key("Tokens run out", out);
    if (item->runs_out_on.is_known)
        put_day(&item->runs_out_on, out);
    else
        buf_put(out, "not in this year");
    begin_remark(out);
    if (item->runs_out_early.is_known) {
        buf_put(out, "earliest ");
        put_day(&item->runs_out_early, out);
        buf_put(out, ", latest ");
        buf_put(out, item->runs_out_late.is_known ? "" : "after ");
        put_day(item->runs_out_late.is_known ? &item->runs_out_late : &item->end_date, out);
    } else {
        buf_put(out, "the year ends on ");
        put_day(&item->end_date, out);
    }
    end_key(out);
}

static void put_end(const struct forecast_item *item, struct buf *out)
{
    begin_key("Left at the end", out);
    html_put_number(out, item->left_at_end, 0);
    begin_remark(out);
    buf_put(out, "from ");
    html_put_number(out, item->left_at_end_low, 0);
    buf_put(out, " to ");
    html_put_number(out, item->left_at_end_high, 0);
    end_key(out);
}

static void put_keys(const struct forecast_item *item, struct buf *out)
{
    bool has_range = item->tokens_a_day && (item->runs_out_early.is_known || item->left_at_end);
    buf_put(out, "<dl class=\"keys\">\n");
    if (item->tokens_left)
        put_left(item, out);
    if (item->tokens_a_day)
        put_pace(item, out);
    if (item->tokens_a_day_until_end)
        put_pace_until_end(item, out);
    if (has_range)
        put_runs_out(item, out);
    if (has_range && item->left_at_end)
        put_end(item, out);
    buf_put(out, "</dl>\n");
    if (item->tokens_a_day)
        buf_print(
            out,
            "<p class=\"note\">%sThe pace is that of the last eight weeks; it does not consider holidays "
            "and manual entries.</p>\n",
            has_range ? "Earliest and latest, and from and to, hold in 8 of 10 cases. " : "");
}

static void put_none(const char *text, struct buf *out)
{
    buf_print(out, "<p class=\"none\">%s</p>\n", text);
}

static void put_remark(const char *before, const char *remark, struct buf *out)
{
    buf_print(out, "<p class=\"none\">%s", before);
    html_put_text(out, remark);
    buf_put(out, ".</p>\n");
}

static void put_year(const struct forecast_item *item, struct buf *out)
{
    if (item->tokens_left || item->tokens_a_day)
        put_keys(item, out);
    if (text_equal(item->state, "unknown"))
        put_none("The contract’s record does not say when the year begins and ends.", out);
    if (!item->tokens_left)
        put_none("The contract’s record does not say how many tokens are left.", out);
    if (item->remark)
        put_remark(item->tokens_a_day ? "Of the tables: " : "There is no pace: ", item->remark, out);
    else if (!item->tokens_a_day)
        put_none("There is no pace: fewer than 14 days of usage are loaded completely, or none of the last "
                 "14 days is.",
                 out);
}

void html_put_forecast(const struct html_source *source, struct buf *out)
{
    const struct forecast_item *item = html_forecast_of(source->forecast, source->contract);
    buf_put(out, "<section>\n<h3>Forecast</h3>\n<p class=\"question\">When do the tokens run out at the pace "
                 "of the last weeks, and "
                 "which pace would use them up exactly by the end of the year?</p>\n");
    if (source->forecast->problem.kind != PAGE_PROBLEM_NONE)
        html_put_problem(&source->forecast->problem, out);
    else if (!item)
        put_none("The table has no year of this contract.", out);
    else if (text_equal(item->state, "ended"))
        put_none("The last contract year is over.", out);
    else
        put_year(item, out);
    buf_put(out, "</section>\n");
}

static void put_point(const struct forecast_day *day, const char *tokens, struct json_writer *json)
{
    json_begin_array(json, NULL);
    json_put_date(json, NULL, day->is_known, day->day);
    json_put_json(json, NULL, tokens);
    json_end(json);
}

static bool ends_within(const struct forecast_item *item, const struct forecast_day *runs_out)
{
    return runs_out->is_known && runs_out->day <= item->end_date.day;
}

/* Where the tokens end: on the day on which they run out, or at the end of the year. */
static void put_end_point(const struct forecast_item *item, const struct forecast_day *runs_out,
                          const char *left, struct json_writer *json)
{
    if (ends_within(item, runs_out))
        put_point(runs_out, "0", json);
    else
        put_point(&item->end_date, left, json);
}

static void begin_line(const char *name, const char *role, const struct forecast_item *item,
                       struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "name", name);
    json_put_text(json, "role", role);
    json_begin_array(json, "points");
    put_point(&item->as_of, item->tokens_left, json);
}

static void end_line(struct json_writer *json)
{
    json_end(json);
    json_end(json);
}

void html_forecast_put_lines(const struct forecast_item *item, struct json_writer *json)
{
    if (item->tokens_a_day_until_end) {
        begin_line("Pace that ends at zero", "pace", item, json);
        put_point(&item->end_date, "0", json);
        end_line(json);
    }
    if (!item->tokens_a_day || !item->left_at_end)
        return;
    begin_line("Forecast", "expected", item, json);
    put_end_point(item, &item->runs_out_on, item->left_at_end, json);
    end_line(json);
    begin_line("Holds in 8 of 10 cases", "range", item, json);
    put_end_point(item, &item->runs_out_early, item->left_at_end_low, json);
    if (ends_within(item, &item->runs_out_early) && !ends_within(item, &item->runs_out_late))
        put_point(&item->end_date, "0", json);
    put_end_point(item, &item->runs_out_late, item->left_at_end_high, json);
    put_point(&item->as_of, item->tokens_left, json);
    end_line(json);
}
