/*
 * The metrics of the forecast and of the budgets of tokens.
 */
#ifndef REPORT_METRICS_METRICS_FORECAST_H
#define REPORT_METRICS_METRICS_FORECAST_H

#include "base/buf.h"
#include "load/token_budget_use.h"

/* Appends them. Contracts whose last year is over have none; what is not known is left out. Pure. */
void metrics_put_forecast(const struct forecast *forecast, struct buf *out);
void metrics_put_token_budgets(const struct token_budget_uses *uses, struct buf *out);

#endif
