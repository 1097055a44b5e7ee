/*
 * A chart of the figures of a table: a canvas, and beside it the figures as JSON, from which the page's
 * script draws. Pure.
 */
#ifndef REPORT_HTML_HTML_CHART_H
#define REPORT_HTML_HTML_CHART_H

#include "report/html/html_table.h"

struct html_series {
    const char *column;  /* of the result, with numbers */
    const char *name;    /* NULL: the value of name_of in the first row */
    const char *name_of; /* a column of the result */
    bool is_line;        /* drawn as a line over the others */
    bool is_second;      /* has an axis of its own, on the right */
    bool is_optional;    /* left out if it is null in every row */
};

struct html_chart {
    const char *kind;  /* `stack`, `columns` or `bars`: what page.js knows */
    const char *about; /* a description, for screen readers */
    const char *label; /* the column whose values are on the axis: names, or dates of months */
    bool has_months;
    const struct html_series *series;
    size_t count;
};

/* Appends the chart of the rows for which html_name_of() has a name. */
void html_put_chart(const PGresult *rows, const struct html_table *table, const struct html_chart *chart,
                    struct buf *out);

/* Appends a chart of any kind; figures is its JSON object. */
void html_put_figures(const char *about, const char *kind, const char *figures, struct buf *out);

#endif
