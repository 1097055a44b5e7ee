/*
 * The forecast on the page: the key figures of a contract, and its lines in the chart of the burn-down.
 */
#ifndef REPORT_HTML_HTML_FORECAST_H
#define REPORT_HTML_HTML_FORECAST_H

#include "base/json_writer.h"
#include "load/forecast.h"
#include "report/html/html_block.h"

/* Of all contracts; read once. */
struct html_forecast {
    struct forecast forecast;
    struct page_problem problem; /* why the page has no forecast */
};

/* False for a database error that is not a problem (load/page_figures.h). */
MUST_CHECK bool html_forecast_read(const struct page_source *source, struct html_forecast *forecast,
                                   struct err *err);

/* The forecast of a contract; NULL: there is none. Pure. */
const struct forecast_item *html_forecast_of(const struct html_forecast *forecast, const char *contract);

/* Appends the section of the source's contract. Pure. */
void html_put_forecast(const struct html_source *source, struct buf *out);

/* Appends the forecast's lines to the list of the chart's lines. They begin on the day of the contract's
 * record. Pure. */
void html_forecast_put_lines(const struct forecast_item *item, struct json_writer *json);

#endif
