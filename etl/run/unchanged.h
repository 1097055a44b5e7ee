/*
 * Decides whether a chunk may be skipped because the table already holds what the service would return. Pure.
 *
 * GET usage/:n/last (Token Flex API, "Other reads") returns dates for pairs of usage category and charge
 * category. lastProcessDate is a date without a time, and in the documentation's sample it is before
 * lastUsageDate. So a pair is compared only with its own earlier values, and its two dates are never compared
 * with each other.
 */
#ifndef RUN_UNCHANGED_H
#define RUN_UNCHANGED_H

#include "base/arena.h"
#include "base/buf.h"
#include "state/source_change.h"

/* The reasons to load a chunk, in the order in which they are checked, after the two verdicts without one. */
enum unchanged_verdict {
    UNCHANGED_SKIP,
    UNCHANGED_READ_FIGURES,     /* the caller must read the table's figures and call again */
    UNCHANGED_UNKNOWN_CATEGORY, /* the job names a usage category that the service does not document */
    UNCHANGED_NOT_ASKED,        /* the service was never asked what has changed */
    UNCHANGED_NOT_LOADED,       /* there is a day that no load within full_every has covered */
    UNCHANGED_OTHER_QUESTION,   /* the newest load of a day had other fields, metrics or rows */
    UNCHANGED_ROWS_KEPT,        /* the load kept vanished rows, and the job now deletes such rows */
    UNCHANGED_CACHED,           /* it is not known when the data was requested */
    UNCHANGED_TOO_OLD,          /* the data was requested longer ago than full_every */
    UNCHANGED_NOT_ASKED_BEFORE, /* the data was requested before the first answer about changes was stored */
    UNCHANGED_PAIR_CHANGED,     /* a pair has changed since the data was requested */
    UNCHANGED_NO_PROCESS_DATE,  /* a listed pair has no lastProcessDate */
    UNCHANGED_PROCESSED_LATER,  /* a pair was processed on the day before the request, or later */
    UNCHANGED_NO_FIGURES,       /* the load recorded no figures of its rows */
    UNCHANGED_TABLE_CHANGED,    /* the table's rows are not those that the loads left */
    UNCHANGED_NOT_LISTED,       /* the table has rows of categories that the service's answer lacks */
};

/* Everything is borrowed. */
struct unchanged_facts {
    const struct window *window;            /* the chunk's window; bounded */
    bool rows_are_dated;                    /* false: rows belong to their window as a whole */
    bool deletes_vanished;                  /* the job deletes rows that the service no longer has */
    const struct text_list *job_categories; /* usage categories that the job names; none: all categories */
    const struct source_state *state;       /* from the service's newest answer */
    const struct source_loads *loads;       /* loads of the table and contract that began within full_every */
    int64_t full_every_ms;
    /* For the call after UNCHANGED_READ_FIGURES: figures_now of each proof is set, and has_uncovered_rows
     * says whether the table has rows of the days of unchanged.uncovered. */
    bool has_figures;
    bool has_uncovered_rows;
};

struct unchanged {
    enum unchanged_verdict verdict;
    struct source_load **proofs; /* the loads that prove the chunk unchanged; never empty if it is skipped */
    size_t proof_count;
    struct window uncovered; /* from the first day that no load has covered, to the chunk's end: the service
                              * reports no usage since. Not bounded: loads have covered all days */
    bool has_data;           /* the service reports a day with usage for the job's categories */
    date_t data_through;     /* the latest such day */
    int64_t requested_us;    /* when the data of the oldest proof was requested */

    /* What the verdict refers to. */
    const struct source_pair *pair;
    const struct source_load *load;
    date_t day;
};

/*
 * A chunk is skipped if loads cover each of its days that may have usage, if the newest load of each covered
 * day
 * - had the same query (apart from the window), and left no rows that are to be deleted now;
 * - was requested two days (UTC) or more after every lastProcessDate of the job's pairs, less than full_every
 *   ago, and not answered from a cache;
 * - was requested when each of these pairs was as it is now: listed with the same dates, or not listed;
 *
 * and if the table holds, for the window of each of these loads, what that load left, and no rows of the days
 * `uncovered`. A day may have usage if it is not after the latest lastUsageDate, or if a listed pair has no
 * lastUsageDate. If no day is covered and none may have usage, the newest load of an earlier invocation with
 * the same query is used instead. Rows without a date need a load of exactly the same window.
 *
 * The proofs in *unchanged live in arena and point into facts->loads.
 */
void unchanged_judge(const struct unchanged_facts *facts, struct arena *arena, struct unchanged *unchanged);

/* Appends the reason in words: `no usage has changed since it was requested on 2026-11-27; the service's data
 * through 2026-11-26`, or, if the chunk is loaded, `DESKTOP_PRODUCT CHARGED has changed`. */
void unchanged_explain(const struct unchanged *unchanged, struct buf *out);

#endif
