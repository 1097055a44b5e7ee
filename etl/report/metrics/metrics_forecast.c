#include "report/metrics/metrics_forecast.h"

#include "base/macros.h"
#include "report/metrics/metrics_sample.h"

#include <stddef.h>

#define DAY_SECONDS INT64_C(86400)

static bool is_shown(const struct forecast_item *item)
{
    return !text_equal(item->state, "ended");
}

static void put_tokens_left(const struct forecast *forecast, struct buf *out)
{
    struct metric_samples samples = {.id = METRIC_TOKENS_LEFT, .out = out};
    for (size_t i = 0; i < forecast->count; i++) {
        const struct forecast_item *item = &forecast->items[i];
        if (is_shown(item) && item->tokens_left)
            metric_put(&samples, &item->contract, item->tokens_left);
    }
}

static void put_runs_out(const struct forecast *forecast, struct buf *out)
{
    struct metric_samples samples = {.id = METRIC_RUNS_OUT, .out = out};
    for (size_t i = 0; i < forecast->count; i++) {
        const struct forecast_item *item = &forecast->items[i];
        const struct {
            const char *bound;
            const struct forecast_day *day;
        } bounds[] = {
            {"early", &item->runs_out_early}, {"on", &item->runs_out_on}, {"late", &item->runs_out_late}};
        for (size_t k = 0; k < COUNT_OF(bounds); k++) {
            const char *labels[] = {item->contract, bounds[k].bound};
            if (is_shown(item) && bounds[k].day->is_known)
                metric_put_count(&samples, labels, bounds[k].day->day * DAY_SECONDS);
        }
    }
}

void metrics_put_forecast(const struct forecast *forecast, struct buf *out)
{
    put_tokens_left(forecast, out);
    put_runs_out(forecast, out);
}

/* The figure of a use at this offset: a text of decimal digits, or NULL. */
static const char *figure_at(const struct token_budget_use *use, size_t at)
{
    return *(const char *const *)(const void *)((const char *)use + at);
}

static void put_figures(const struct token_budget_uses *uses, enum metric_id id, size_t at, struct buf *out)
{
    struct metric_samples samples = {.id = id, .out = out};
    for (size_t i = 0; i < uses->count; i++) {
        const struct token_budget_use *use = &uses->items[i];
        const char *labels[] = {use->budget->name, use->budget->contract};
        if (figure_at(use, at))
            metric_put(&samples, labels, figure_at(use, at));
    }
}

static void put_tokens(const struct token_budget_uses *uses, struct buf *out)
{
    struct metric_samples samples = {.id = METRIC_BUDGET_TOKENS, .out = out};
    for (size_t i = 0; i < uses->count; i++) {
        const struct token_budget *budget = uses->items[i].budget;
        const char *labels[] = {budget->name, budget->contract};
        metric_put(&samples, labels, budget->tokens);
    }
}

/* A threshold of a figure that is not known is neither reached nor not reached. */
static void put_warnings(const struct token_budget_uses *uses, struct buf *out)
{
    struct metric_samples samples = {.id = METRIC_BUDGET_WARNING, .out = out};
    for (size_t i = 0; i < uses->count; i++) {
        const struct token_budget_use *use = &uses->items[i];
        for (size_t k = 0; k < use->budget->warning_count; k++) {
            const struct token_budget_warning *warning = &use->budget->warnings[k];
            const char *labels[] = {use->budget->name, use->budget->contract, warning->text};
            if (warning->is_forecast ? use->forecast : use->consumed)
                metric_put_count(&samples, labels, text_list_has(&use->warnings, warning->text));
        }
    }
}

static void put_known(const struct token_budget_uses *uses, struct buf *out)
{
    struct metric_samples samples = {.id = METRIC_BUDGET_KNOWN, .out = out};
    for (size_t i = 0; i < uses->count; i++) {
        const struct token_budget_use *use = &uses->items[i];
        const char *labels[] = {use->budget->name, use->budget->contract};
        metric_put_count(&samples, labels, !use->problem);
    }
}

void metrics_put_token_budgets(const struct token_budget_uses *uses, struct buf *out)
{
    put_tokens(uses, out);
    put_figures(uses, METRIC_BUDGET_USED, offsetof(struct token_budget_use, consumed), out);
    put_figures(uses, METRIC_BUDGET_FORECAST, offsetof(struct token_budget_use, forecast), out);
    put_known(uses, out);
    put_warnings(uses, out);
}
