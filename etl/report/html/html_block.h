/*
 * A section of the page about one contract: the question that it answers, its table, and a chart if there is
 * one. The blocks are data; this module reads their figures and writes the HTML.
 */
#ifndef REPORT_HTML_HTML_BLOCK_H
#define REPORT_HTML_HTML_BLOCK_H

#include "base/buf.h"
#include "base/err.h"
#include "load/page_figures.h"
#include "load/token_budget_use.h"
#include "report/html/html_chart.h"
#include "report/html/html_table.h"

struct html_forecast; /* report/html/html_forecast.h */

/* What is read. Borrowed. */
struct html_source {
    struct page_source figures;
    const char *contract;                 /* NULL: nothing is loaded */
    bool names;                           /* of people */
    const struct html_forecast *forecast; /* NULL: not read yet */
    const struct token_budget_uses *budgets;
};

/* All texts are HTML of this program. */
struct html_block {
    const char *title;
    bool has_name; /* the title is followed by the `name` of the part name_part */
    enum page_part name_part;
    const char *question;
    enum page_part part;
    struct html_table table;
    const struct html_chart *chart; /* NULL: none */
    /* Appends a chart that html_put_chart() does not know; NULL: none. */
    void (*put_chart)(const struct html_source *source, const PGresult *rows, struct buf *out);
    const char *none; /* the text if there are no rows */
    const char *note; /* below the table; NULL: none */
    bool has_names;   /* of people: shown only on request */
};

/* Appends the block. A problem (load/page_figures.h) becomes a text in it. False for any other database
 * error. */
MUST_CHECK bool html_put_block(const struct html_source *source, const struct html_block *block,
                               struct buf *out, struct err *err);

/* Appends why there are no figures, as a paragraph; for missing tables and an old schema also what to do.
 * Pure. */
void html_put_problem(const struct page_problem *problem, struct buf *out);

#endif
