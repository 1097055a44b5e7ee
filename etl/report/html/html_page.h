/*
 * The report: one self-contained HTML page with the figures of the shipped jobs' tables, as tables and
 * charts, for people who do not read SQL.
 *
 * It has an overview if there are several contracts, and a section for each. All figures are of one moment
 * (one snapshot of the database). If a table is missing, its section names the table and the shipped job that
 * loads it.
 */
#ifndef REPORT_HTML_HTML_PAGE_H
#define REPORT_HTML_HTML_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "job/token_budget.h"
#include "wire/pg/pg.h"

/* Borrowed. */
struct html_page_options {
    const char *schema;                  /* of the tables: database.schema */
    const char *contract;                /* NULL: every contract with data */
    bool names;                          /* of people: login names and e-mail addresses */
    const struct token_budgets *budgets; /* of the settings */
    const char *version;                 /* of the program */
};

/*
 * Reads the figures in a transaction that may only read, and appends the page. *contracts: those in it; in
 * arena. ERR_USAGE if nothing of the contract is loaded; else the errors of the database.
 */
MUST_CHECK bool html_page_make(const struct html_page_options *options, struct pg *pg, struct arena *arena,
                               struct text_list *contracts, struct buf *page, struct err *err);

#endif
