/*
 * Query or export, and what comes next where one of them does not bring the rows: the one policy of it. Pure.
 *
 * The caller fills in what it knows, carries the step out, notes how that ended, and asks again, until the
 * step is FALLBACK_DONE or FALLBACK_FAIL. Everything is about one part of the window, which mostly is all of
 * it.
 */
#ifndef RUN_FALLBACK_H
#define RUN_FALLBACK_H

#include "base/date.h"
#include "job/job.h"

#include <stdbool.h>
#include <stdint.h>

/* How the last attempt ended. */
enum fetch_outcome {
    FETCH_NOT_TRIED,
    FETCH_COMPLETE,  /* every row is staged */
    FETCH_FAILED,    /* query: the service says FAILED */
    FETCH_TIMEOUT,   /* query: it ran past the time limit */
    FETCH_EXPIRED,   /* query: the result went away, or became another, while it was paged */
    FETCH_REPEATED,  /* query: its pages repeat rows, and so lack others */
    FETCH_TOO_LARGE, /* query: the result would go away before the request budget has paid for its pages */
    FETCH_FORBIDDEN, /* export: the service, or the token's scopes, forbid it */
};

/* A query that brings no rows is submitted so often. */
#define FALLBACK_MOST_SUBMITS 2

struct fallback_facts {
    enum job_source choice; /* the job's `source` */
    bool export_only;       /* its fields cannot be queried */

    enum fetch_outcome outcome;
    unsigned submits; /* queries that this run has submitted for the part */
    bool resumed;     /* the query that ended so was an earlier run's */

    bool may_write; /* the token has the scope data:write, as far as is known */
    bool can_split; /* the part can be split in two: see run/window_parts.h */

    bool export_is_left;  /* an earlier run has asked for the export, and it may still be there */
    bool times_out;       /* a query over so many days, or fewer, ran past the time limit within a week */
    bool cannot_be_paged; /* the last result of about so many days was too large for the request budget */
};

enum fallback_step {
    FALLBACK_QUERY,       /* ask by query: resume one, or submit it */
    FALLBACK_QUERY_AGAIN, /* submit it once more, from the start: rows of two results are never mixed */
    FALLBACK_SPLIT,       /* split the part in two, and ask for each by query */
    FALLBACK_EXPORT,      /* ask for the whole window by export */
    FALLBACK_CONTRACT,    /* no usage: ask for what the service keeps of the contract itself */
    FALLBACK_DONE,
    FALLBACK_FAIL,
};

/* Why this step. */
enum fallback_reason {
    REASON_NONE,         /* it is the usual one */
    REASON_SOURCE_QUERY, /* the job says `source: query`; and so on */
    REASON_SOURCE_EXPORT,
    REASON_SOURCE_CONTRACT,
    REASON_EXPORT_ONLY,     /* fields that cannot be queried */
    REASON_EXPORT_IS_LEFT,  /* by an earlier run */
    REASON_TIMES_OUT,       /* an earlier query ran past the time limit */
    REASON_CANNOT_BE_PAGED, /* an earlier result was too large */
    REASON_FAILED,          /* FETCH_FAILED, and so on */
    REASON_TIMEOUT,
    REASON_EXPIRED,
    REASON_REPEATED,
    REASON_TOO_LARGE,
    REASON_FORBIDDEN,
    REASON_SCOPE, /* only an export would do, and the token lacks data:write */
};

struct fallback {
    enum fallback_step step;
    enum fallback_reason reason;
};

struct fallback fallback_next(const struct fallback_facts *facts);

/*
 * Whether there is another way than to page through a result at hand that the request budget cannot pay for
 * in time. Where there is none, paging is worth the attempt.
 */
bool fallback_has_other_way(const struct fallback_facts *facts);

/* What goes into the words of a reason. */
struct fallback_numbers {
    uint64_t rows;                /* REASON_CANNOT_BE_PAGED, REASON_TOO_LARGE: of the result */
    const char *remembered_until; /* REASON_TIMES_OUT: the day on which a query is tried again */
};

/* A reason in words, for people; "" for REASON_NONE. out holds FALLBACK_TEXT bytes. Returns out. */
#define FALLBACK_TEXT 256
const char *fallback_explain(enum fallback_reason reason, const struct fallback_numbers *numbers, char *out);

#endif
