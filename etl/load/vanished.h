/*
 * How many rows an answer may take away from a table: checks.max_vanished.
 *
 * An answer that lacks much of what the table has of its contract and window is more often wrong than right:
 * usage that is attributed to somebody else now comes as a new row beside the one that vanished.
 */
#ifndef LOAD_VANISHED_H
#define LOAD_VANISHED_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/* Up to so many rows, a share of them tells nothing. */
#define VANISHED_FEW_ROWS 20

/* Of the contract and window of one answer. Names are borrowed. */
struct vanished {
    const char *schema;
    const char *table;
    const char *replaced;   /* snapshots: the windows whose place the answer takes, by name; NULL: none */
    uint64_t rows_before;   /* that the table had, those of replaced windows among them */
    uint64_t rows_vanished; /* of rows_before: they are to go */
    uint64_t rows_new;      /* of the answer: the table did not have them */
    uint64_t rows_received; /* of the answer */

    /* Of them, those of days that can be compared (load/comparable): a share of these may vanish. */
    uint64_t comparable_before;
    uint64_t comparable_vanished;
    uint64_t comparable_new;

    double max_percent;   /* checks.max_vanished; 100: no limit */
    bool accept;          /* run --accept */
    struct buf *accepted; /* appends what was accepted, one a line */
};

enum vanished_verdict {
    VANISHED_FINE,
    VANISHED_ALL,      /* the answer is empty, and there were rows */
    VANISHED_TOO_MANY, /* more than VANISHED_FEW_ROWS were there, and on balance too many of them vanished */
};

/* By the numbers alone: without regard to accept. Pure. */
enum vanished_verdict vanished_judge(const struct vanished *vanished);

/* ERR_DATA, with the numbers, where the verdict is not fine; with accept a warning in the log, and true. */
MUST_CHECK bool vanished_check(const struct vanished *vanished, struct err *err);

#endif
