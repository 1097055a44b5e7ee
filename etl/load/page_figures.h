/*
 * The figures of the HTML report (report/html), read from the shipped jobs' tables and the tool's own by the
 * statements of sql/page/. A part whose tables are missing, forbidden or different is not an error but a
 * problem of the part: the report says what is missing.
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
    PAGE_CONTRACTS,       /* contract numbers from the run history; no parameter */
    PAGE_CONTRACTS_NAMED, /* numbers and names; no parameter */
    PAGE_CONTRACTS_YEARS, /* numbers that have contract years; no parameter */
    PAGE_OVERVIEW,        /* parameters: contracts, and three days of each */
    PAGE_DAYS,            /* for page_days_read(); no parameter */
    PAGE_BALANCE,         /* parameter: the contract, as of all that follow */
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
enum page_problem_kind {
    PAGE_PROBLEM_NONE,        /* there are figures */
    PAGE_PROBLEM_MISSING,     /* tables are missing */
    PAGE_PROBLEM_FORBIDDEN,   /* the role may not read them */
    PAGE_PROBLEM_TOOL_SCHEMA, /* tokenflex_etl is missing, or of an older version */
    PAGE_PROBLEM_COLUMNS,     /* a table does not have the columns or types of its shipped job */
    PAGE_PROBLEM_UNFIT,       /* a table's rows are not what its shipped job loads: sums would be wrong */
    PAGE_PROBLEM_FAILED,      /* the database refuses the statement for another reason */
};

struct page_problem {
    enum page_problem_kind kind;
    /* PAGE_PROBLEM_MISSING: the tables; PAGE_PROBLEM_NONE: tables without which the figures were read. The
     * shipped job of the same name loads each. */
    struct text_list missing;
    const char *cause; /* the database's message, or what is wrong with the table; NULL: PAGE_PROBLEM_NONE and
                          PAGE_PROBLEM_MISSING */
    const char *remark; /* PAGE_PROBLEM_NONE: what is to be said of the tables; NULL: nothing */
};

/* The tokens of each day and contract. Several parts need them, so the large tables are read once. */
struct page_days {
    PGresult *rows; /* owned; NULL: see problem */
    struct page_problem problem;
};

/* Where figures are read. Borrowed. */
struct page_source {
    struct pg *pg; /* in the transaction of page_begin() */
    const char *schema;
    struct arena *arena;          /* for the contents of problems */
    const struct page_days *days; /* for page_read_contract() */
};

/* Begins a read-only transaction with one snapshot. Tables without a schema are those of `schema`. */
MUST_CHECK bool page_begin(struct pg *pg, const char *schema, struct err *err);

/*
 * Reads a part. The caller frees *rows; NULL: see problem. False only for an error that is not a problem,
 * such as a lost connection.
 */
MUST_CHECK bool page_read(const struct page_source *source, enum page_part part, struct pg_params params,
                          PGresult **rows, struct page_problem *problem, struct err *err);

/* The same for a part of one contract (NULL: none): PAGE_BALANCE and those after it. */
MUST_CHECK bool page_read_contract(const struct page_source *source, enum page_part part,
                                   const char *contract, PGresult **rows, struct page_problem *problem,
                                   struct err *err);

/* Reads the days; page_days_cleanup() frees them. */
MUST_CHECK bool page_days_read(const struct page_source *source, struct page_days *days, struct err *err);
void page_days_cleanup(struct page_days *days);

/* Whether a database error is a problem of the part: all are, except those that end the connection and a
 * cancelled statement. Then fills *problem. */
bool page_problem_of(const struct err *failed, struct arena *arena, struct page_problem *problem);

#endif
