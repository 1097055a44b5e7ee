/*
 * The figures of the HTML report (report/html), read from the shipped jobs' tables and the tool's own by the
 * statements of sql/page/. A part that cannot be read is a gap, which says why, and no error.
 */
#ifndef LOAD_PAGE_FIGURES_H
#define LOAD_PAGE_FIGURES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/pg/pg.h"

/* The parts of the page. Each statement says at its top what its rows are. */
enum page_part {
    PAGE_CONTRACTS,       /* no parameter: numbers, by the run history */
    PAGE_CONTRACTS_NAMED, /* no parameter */
    PAGE_CONTRACTS_YEARS, /* no parameter: numbers */
    PAGE_OVERVIEW,        /* contracts, and three days of each */
    PAGE_DAYS,            /* no parameter: for page_days_read() */
    PAGE_BALANCE,         /* the contract, as all that follow */
    PAGE_BURN,
    PAGE_MONTHS,
    PAGE_PRODUCTS,
    PAGE_PRODUCTS_CHANGED,
    PAGE_WEEK,
    PAGE_DEPARTMENTS,
    PAGE_DEPARTMENTS_NAME,
    PAGE_USERS,
    PAGE_NAMES, /* of people */
    PAGE_RESTATEMENTS,
    PAGE_RECONCILIATION,
    PAGE_DIFFERENCES,
    PAGE_FRESHNESS,
    PAGE_FAILURES,
    PAGE_PARTS,
};

/* Why there are no figures. */
enum page_gap_kind {
    PAGE_GAP_NONE,        /* there are */
    PAGE_GAP_MISSING,     /* tables are missing */
    PAGE_GAP_FORBIDDEN,   /* the role may not read them */
    PAGE_GAP_TOOL_SCHEMA, /* tokenflex_etl is missing, or of an older version */
    PAGE_GAP_COLUMNS,     /* a table does not have the columns or types that its shipped job makes */
};

struct page_gap {
    enum page_gap_kind kind;
    struct text_list missing; /* PAGE_GAP_MISSING: a shipped job has the name of its table */
    const char *cause;        /* the database's message; NULL: PAGE_GAP_MISSING */
};

/* The tokens of days of every contract, which several parts are made of: the tables are large, and read once.
 */
struct page_days {
    PGresult *rows; /* owned; NULL where gap says why */
    struct page_gap gap;
};

/* Where figures are read. Borrowed. */
struct page_source {
    struct pg *pg; /* in the transaction of page_begin() */
    const char *schema;
    struct arena *arena;          /* owns what gaps hold */
    const struct page_days *days; /* for page_read_contract() */
};

/* Begins a transaction that only reads, of one moment, in which tables without a schema are those of
 * `schema`. */
MUST_CHECK bool page_begin(struct pg *pg, const char *schema, struct err *err);

/*
 * Reads a part. *rows is the caller's, and NULL where gap says why. False only for an error that is no gap:
 * of the connection, for one.
 */
MUST_CHECK bool page_read(const struct page_source *source, enum page_part part, struct pg_params params,
                          PGresult **rows, struct page_gap *gap, struct err *err);

/* The same of a part of a contract (NULL: none), from PAGE_BALANCE on. */
MUST_CHECK bool page_read_contract(const struct page_source *source, enum page_part part,
                                   const char *contract, PGresult **rows, struct page_gap *gap,
                                   struct err *err);

/* Reads the days; page_days_cleanup() frees them. */
MUST_CHECK bool page_days_read(const struct page_source *source, struct page_days *days, struct err *err);
void page_days_cleanup(struct page_days *days);

/* Whether an error of the database is a gap; then *gap is filled. */
bool page_gap_of(const struct err *failed, struct arena *arena, struct page_gap *gap);

/* Appends the tables of `-- needs: TABLE TABLE` in the first line of a statement, one a line. Pure. */
void page_put_required_tables(const char *sql, struct buf *needs);

#endif
