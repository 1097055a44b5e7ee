/*
 * A section of the page about one contract: the question that it answers, its table, and where there is
 * something to see, its chart. The blocks are data; this file reads the figures and writes the HTML.
 */
#ifndef REPORT_HTML_HTML_BLOCK_H
#define REPORT_HTML_HTML_BLOCK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "report/html/html_chart.h"
#include "report/html/html_table.h"
#include "wire/pg/pg.h"

struct html_forecast; /* report/html/html_forecast.h */

/* What is read. Borrowed. */
struct html_source {
    struct pg *pg; /* in a transaction whose search_path begins with schema */
    const char *schema;
    const char *contract;                 /* NULL: nothing is loaded */
    bool names;                           /* of people */
    const struct html_forecast *forecast; /* NULL: not read yet */
};

/* All texts but sql are HTML of this program. */
struct html_block {
    const char *title;
    const char *name_sql; /* a statement that gives a name for the title in its column `name`; NULL: none */
    const char *question;
    const char *
        sql; /* $1: the contract. Its first line may name the tables that it needs: `-- needs: TABLE TABLE` */
    struct html_table table;
    const struct html_chart *chart; /* NULL: none */
    /* Appends a chart that html_put_chart() does not know; NULL: none. */
    void (*put_chart)(const struct html_source *source, const PGresult *rows, struct buf *out);
    const char *caption; /* NULL: none */
    const char *none;    /* what is said if there are no rows */
    const char *note;    /* stands below the table; NULL: none */
    bool has_names;      /* of people: shown only on request */
};

/*
 * Appends the block. A table that is missing, that has other columns than its shipped job makes, or that the
 * role may not read is said in the block, and no error.
 */
MUST_CHECK bool html_put_block(const struct html_source *source, const struct html_block *block,
                               struct buf *out, struct err *err);

/*
 * The result of a statement; *rows is NULL if it could not be read, and *why (HTML, owned by the caller) says
 * why. False only for an error that no block can explain.
 */
MUST_CHECK bool html_query(const struct html_source *source, const char *sql, struct pg_params params,
                           PGresult **rows, struct buf *why, struct err *err);

/* Appends that these tables are missing, and which shipped jobs load them. Pure. */
void html_put_missing(const struct text_list *tables, struct buf *out);

/* Appends what failed, if a block can explain that; false if it cannot. Pure. */
bool html_explain(const struct err *failed, struct buf *why);

/* The tables of `-- needs:` in the first line of sql, one a line; "" if it names none. Pure. */
void html_needs(const char *sql, struct buf *needs);

#endif
