/*
 * The forecast, for people and for scripts.
 */
#ifndef REPORT_FORECAST_REPORT_H
#define REPORT_FORECAST_REPORT_H

#include "base/buf.h"
#include "load/forecast.h"

/* A table, and below it one line for each contract that needs an explanation. Pure. */
void forecast_report_put_table(const struct forecast *forecast, struct buf *out);

/* One JSON document; what is not known is null. Pure. */
void forecast_report_put_json(const struct forecast *forecast, struct buf *out);

#endif
