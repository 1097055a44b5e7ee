/*
 * checks.max_vanished: how many rows may vanish from a table because an answer lacks them.
 *
 * An answer that lacks many of the rows that the table has of its contract and window is usually wrong. New
 * rows are offset against vanished ones: usage that is now attributed to another user vanishes as one row and
 * appears as another.
 */
#ifndef LOAD_VANISHED_H
#define LOAD_VANISHED_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/* With this many rows or fewer, a percentage of them means nothing. */
#define VANISHED_FEW_ROWS 20

/* Numbers of rows of the contract and window of one answer. Names are borrowed. */
struct vanished {
    const char *schema;
    const char *table;
    const char *replaced;   /* snapshots: the names of the windows that the answer replaces; NULL: none */
    uint64_t rows_before;   /* in the table before, including those of replaced windows */
    uint64_t rows_vanished; /* how many of rows_before would be deleted */
    uint64_t rows_new;      /* how many of the answer the table did not have */
    uint64_t rows_received; /* all rows of the answer */

    /* The same, only for days that can be compared (load/comparable). max_percent applies to these. */
    uint64_t comparable_before;
    uint64_t comparable_vanished;
    uint64_t comparable_new;

    double max_percent;   /* checks.max_vanished; 100: no limit */
    bool accept;          /* run --accept */
    struct buf *accepted; /* output: what was accepted is appended, one per line */
};

enum vanished_verdict {
    VANISHED_ALLOWED,
    VANISHED_ALL,      /* the answer is empty, and there were rows */
    VANISHED_TOO_MANY, /* of more than VANISHED_FEW_ROWS comparable rows too many vanished, net of new ones */
};

/* Judges by the numbers alone, without regard to accept. Pure. */
enum vanished_verdict vanished_judge(const struct vanished *vanished);

/* ERR_DATA, with the numbers, unless the verdict is VANISHED_ALLOWED. With accept: a warning in the log, and
 * true. */
MUST_CHECK bool vanished_check(const struct vanished *vanished, struct err *err);

#endif
