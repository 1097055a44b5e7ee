/*
 * Whether a chunk may be skipped, since the table holds what the service would answer: pure.
 *
 * What GET usage/:n/last tells (Token Flex API, "Other reads") are dates of pairs of usage and charge
 * category. lastProcessDate is a date, and the documentation's sample has it before lastUsageDate: a pair is
 * compared with its own former values, and two dates of one pair never with each other.
 */
#ifndef RUN_UNCHANGED_H
#define RUN_UNCHANGED_H

#include "base/arena.h"
#include "base/buf.h"
#include "state/source_change.h"

/* What decides, why a chunk is loaded in the order in which it is looked at. */
enum unchanged_verdict {
    UNCHANGED_SKIP,
    UNCHANGED_LOOK,             /* it all depends on what the table holds now */
    UNCHANGED_UNKNOWN_CATEGORY, /* the job names a usage category that the service does not document */
    UNCHANGED_NOT_ASKED,        /* the service was never asked what has moved */
    UNCHANGED_NOT_LOADED,       /* no load within full_every has covered a day */
    UNCHANGED_OTHER_QUESTION,   /* the newest load of a day asked for other fields, metrics or rows */
    UNCHANGED_ROWS_KEPT,        /* the table has rows that the service no longer had, which are to go now */
    UNCHANGED_CACHED,           /* nothing tells when the data was asked for */
    UNCHANGED_TOO_OLD,          /* it was asked for longer ago than full_every */
    UNCHANGED_NOT_ASKED_BEFORE, /* it was asked for before the service's answers were kept */
    UNCHANGED_MOVED,            /* a pair is not as it was when it was asked for */
    UNCHANGED_NO_PROCESS_DATE,  /* a pair does not tell when it was processed */
    UNCHANGED_PROCESSED_LATER,  /* a pair was processed on the day on which it was asked for, or later */
    UNCHANGED_NO_FIGURES,       /* the load recorded no figures of its rows */
    UNCHANGED_TABLE_CHANGED,    /* the table does not hold what the load left */
    UNCHANGED_NOT_LISTED,       /* the table has rows of categories that the service's answer lacks */
};

/* Everything is borrowed. */
struct unchanged_facts {
    const struct window *window;            /* of the chunk: bounded */
    bool rows_are_dated;                    /* else they belong to their window as a whole */
    bool deletes_vanished;                  /* rows that the service no longer has are deleted */
    const struct text_list *job_categories; /* usage categories that the job names; none: it is about all */
    const struct source_state *state;       /* by the service's newest answer */
    const struct source_loads *loads;       /* of the table and contract, begun within full_every */
    int64_t full_every_ms;
    /* After UNCHANGED_LOOK: each proof's figures_now is known, and whether the table has rows of the days of
     * unchanged.beside. */
    bool has_looked;
    bool has_rows_beside;
};

struct unchanged {
    enum unchanged_verdict verdict;
    struct source_load **proofs; /* the loads that hold the chunk's days; never empty to skip */
    size_t proof_count;
    struct window beside; /* days of the chunk that no load has covered: none has usage. Not bounded: none */
    bool has_data;        /* of the job's categories the service tells a day with usage */
    date_t data_through;  /* the latest */
    int64_t asked_us;     /* the earliest of the proofs */

    /* What the verdict is about. */
    const struct source_pair *pair;
    const struct source_load *load;
    date_t day;
};

/*
 * A chunk is skipped when the newest load of each of its days up to the latest lastUsageDate
 * - asked the same question (but for the window), and left no rows that are to be deleted now;
 * - was asked for on a day (UTC) later than every lastProcessDate of the job's pairs, not from a cache, and
 *   less than full_every ago;
 * - was asked for when each of these pairs was as it is now: listed with the same dates, or not listed;
 * and the table holds, of the window of each of these loads, what the load left, and no row of later days.
 * Where no day has usage, the newest earlier load of the table stands for all. Rows without a date need a
 * load of the very same window.
 *
 * What is found is in *unchanged, whose proofs live in arena and point into facts->loads.
 */
void unchanged_judge(const struct unchanged_facts *facts, struct arena *arena, struct unchanged *unchanged);

/* Why, in words: `nothing has moved since it was asked for on 2026-11-27; the service's data through
 * 2026-11-26`, or why not: `DESKTOP_PRODUCT CHARGED has moved`. */
void unchanged_explain(const struct unchanged *unchanged, struct buf *out);

#endif
