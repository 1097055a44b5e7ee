#include "report/metrics/metrics_forecast.h"

#include "base/macros.h"
#include "report/metrics/metrics_sample.h"

#include <inttypes.h>
#include <stddef.h>

#define DAY_SECONDS INT64_C(86400)

static bool is_shown(const struct forecast_item *item)
{
    return !text_equal(item->state, "ended");
}

/* A sample of one contract; the label list stays open for others. */
static void put_contract(const char *name, const char *contract, struct buf *out)
{
    buf_print(out, METRICS_PREFIX "%s{contract=\"", name);
    metrics_put_label_value(out, contract);
    buf_put(out, "\"");
}

static void put_tokens_left(const struct forecast *forecast, struct buf *out)
{
    static const char name[] = "tokens_left";
    bool has_head = false;
    for (size_t i = 0; i < forecast->count; i++) {
        const struct forecast_item *item = &forecast->items[i];
        if (!is_shown(item) || !item->tokens_left)
            continue;
        if (!has_head)
            metrics_put_head(out, name, "Tokens left of the contract year, with multi-year tokens.");
        has_head = true;
        put_contract(name, item->contract, out);
        buf_print(out, "} %s\n", item->tokens_left);
    }
}

static void put_runs_out(const struct forecast *forecast, struct buf *out)
{
    static const char name[] = "runs_out_timestamp_seconds";
    bool has_head = false;
    for (size_t i = 0; i < forecast->count; i++) {
        const struct forecast_item *item = &forecast->items[i];
        const struct {
            const char *bound;
            const struct forecast_day *day;
        } bounds[] = {
            {"early", &item->runs_out_early}, {"on", &item->runs_out_on}, {"late", &item->runs_out_late}};
        for (size_t k = 0; k < COUNT_OF(bounds); k++) {
            if (!is_shown(item) || !bounds[k].day->is_known)
                continue;
            if (!has_head)
                metrics_put_head(
                    out, name,
                    "Start of the day (UTC) on which the tokens run out at the present pace (on), "
                    "and before (early) and after (late) which they do in 1 of 10 cases each.");
            has_head = true;
            put_contract(name, item->contract, out);
            buf_print(out, ",bound=\"%s\"} %" PRId64 "\n", bounds[k].bound, bounds[k].day->day * DAY_SECONDS);
        }
    }
}

void metrics_put_forecast(const struct forecast *forecast, struct buf *out)
{
    put_tokens_left(forecast, out);
    put_runs_out(forecast, out);
}

static void put_budget(const char *name, const struct token_budget_use *use, struct buf *out)
{
    buf_print(out, METRICS_PREFIX "%s{budget=\"", name);
    metrics_put_label_value(out, use->budget->name);
    buf_put(out, "\",contract=\"");
    metrics_put_label_value(out, use->budget->contract);
    buf_put(out, "\"");
}

/* The figure of a use at this offset: a text of decimal digits, or NULL. */
static const char *figure_at(const struct token_budget_use *use, size_t at)
{
    return *(const char *const *)(const void *)((const char *)use + at);
}

static void put_figures(const struct token_budget_uses *uses, const char *name, const char *help, size_t at,
                        struct buf *out)
{
    bool has_head = false;
    for (size_t i = 0; i < uses->count; i++) {
        const char *figure = figure_at(&uses->items[i], at);
        if (!figure)
            continue;
        if (!has_head)
            metrics_put_head(out, name, help);
        has_head = true;
        put_budget(name, &uses->items[i], out);
        buf_print(out, "} %s\n", figure);
    }
}

static void put_warnings(const struct token_budget_uses *uses, struct buf *out)
{
    static const char name[] = "budget_warning";
    bool has_head = false;
    for (size_t i = 0; i < uses->count; i++) {
        const struct token_budget_use *use = &uses->items[i];
        for (size_t k = 0; k < use->budget->warning_count; k++) {
            const char *text = use->budget->warnings[k].text;
            if (!has_head)
                metrics_put_head(out, name,
                                 "Whether a threshold of the budget (warn_at) is reached: 1, else 0.");
            has_head = true;
            put_budget(name, use, out);
            buf_print(out, ",warn_at=\"%s\"} %d\n", text, text_list_has(&use->warnings, text));
        }
    }
}

void metrics_put_token_budgets(const struct token_budget_uses *uses, struct buf *out)
{
    if (uses->count > 0)
        metrics_put_head(out, "budget_tokens", "Tokens of the budget for a period.");
    for (size_t i = 0; i < uses->count; i++) {
        put_budget("budget_tokens", &uses->items[i], out);
        buf_print(out, "} %s\n", uses->items[i].budget->tokens);
    }
    put_figures(uses, "budget_used_tokens", "Tokens of the budget that are used in the running period.",
                offsetof(struct token_budget_use, consumed), out);
    put_figures(uses, "budget_forecast_tokens",
                "Tokens of the budget that will be used by the end of the period, at the present pace.",
                offsetof(struct token_budget_use, forecast), out);
    put_warnings(uses, out);
}
