/*
 * A result of a statement as an HTML table, every figure exact. Pure.
 *
 * If a table has kinds, the result has a column `kind`, and each row's kind is the row's class:
 *
 * - `item`, `running` (a month or year that is not over), `alarm`, `begin`: an ordinary row;
 * - `none`: the row of a name that is null, shown as the table's `none`;
 * - `others`: all rows that are not shown, added up; the result's column `members` has their number;
 * - `total`: the sum of all.
 */
#ifndef REPORT_HTML_HTML_TABLE_H
#define REPORT_HTML_HTML_TABLE_H

#include "base/buf.h"
#include "wire/pg/result.h"

enum html_kind {
    HTML_LABEL,   /* a name from outside */
    HTML_TEXT,    /* a text without blanks at which it may break: a date, a table's name */
    HTML_PROSE,   /* a message, which may be long */
    HTML_MONTH,   /* of a date: 2026-11 */
    HTML_COUNT,   /* a whole number */
    HTML_NUMBER,  /* of tokens: all of a table have the same decimal places */
    HTML_SIGNED,  /* a number with + where it is above zero */
    HTML_PERCENT, /* a percentage, with at least one decimal place */
    HTML_CHANGE,  /* the same, with + where it is above zero */
    HTML_METER,   /* a percentage of 100, with a bar */
    HTML_HEAT,    /* a number whose cell is coloured by its size among all HTML_HEAT cells of the table */
};

struct html_column {
    const char *name;       /* of the result's column */
    const char *heading;    /* NULL: the value of heading_of in the first row */
    const char *heading_of; /* a column of the result */
    enum html_kind kind;
    const char *below; /* a column of the result, shown below the value in small type; NULL: none */
    bool is_optional;  /* left out if it is null in every row */
};

struct html_table {
    const struct html_column *columns;
    size_t count;
    bool has_kinds;
    const char *none;  /* shown for a name that is null; NULL: `none` does not occur */
    const char *shown; /* a boolean column of the result: rows in which it is false are left out; NULL: all
                          are shown */
};

/* Appends the table. rows has at least one row. */
void html_put_table(const PGresult *rows, const struct html_table *table, struct buf *out);

/* The name in a row: the value of the column, or the table's `none`. NULL for the kinds `others` and `total`.
 * Lives as long as rows and table. */
const char *html_name_of(const PGresult *rows, int row, const struct html_table *table, const char *column);

#endif
