/*
 * Decides whether a chunk is fetched by query or by export, and what follows if that fails. Token Flex API,
 * "Query: submit, poll, page" (the states of a query, its time limit of five minutes) and "Export" (which has
 * no time limit). Pure.
 *
 * The caller fills in the facts, executes the step, stores its outcome in the facts, and calls again, until
 * the step is FALLBACK_DONE or FALLBACK_FAIL. All facts are about one part of the window, usually the whole
 * window. After FALLBACK_SPLIT the caller begins again with each half.
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
    FETCH_TIMEOUT,   /* query: it exceeded the service's time limit */
    FETCH_EXPIRED,   /* query: the result expired while it was paged */
    FETCH_REPLACED,  /* query: its pages are of different results: they say different totals */
    FETCH_REPEATED,  /* query: its pages repeat rows, so that others are missing */
    FETCH_TOO_LARGE, /* query: the result would expire before the request budget has paid for its pages */
    FETCH_FORBIDDEN, /* export: forbidden by the service or by the token's scopes */
};

/* How often the same query is submitted if its result cannot be fetched. */
#define FALLBACK_MAX_SUBMITS 2

struct fallback_facts {
    enum job_source choice; /* the job's `source` */
    bool export_only;       /* its fields cannot be queried */

    enum fetch_outcome outcome;
    unsigned submits; /* queries that this run has submitted for the part */
    bool resumed;     /* the query of the last attempt was submitted by an earlier run */

    bool may_write; /* the token has the scope data:write, as far as is known */
    bool can_split; /* the part can be split in two (run/window_parts) */

    bool export_is_left;  /* an earlier run has requested the export, and it may still exist */
    bool times_out;       /* in the last week a query over as many days or fewer exceeded the time limit */
    bool cannot_be_paged; /* a result of the expected size is too large for the request budget */
};

enum fallback_step {
    FALLBACK_QUERY,       /* resume a query, or submit one */
    FALLBACK_QUERY_AGAIN, /* submit the query again and start over: rows of two results are never mixed */
    FALLBACK_SPLIT,       /* split the part in two, and query each */
    FALLBACK_EXPORT,      /* fetch the whole window by export, also if it was split */
    FALLBACK_CONTRACT,    /* not usage: fetch the service's own record of the contract */
    FALLBACK_DONE,
    FALLBACK_FAIL,
};

/* The reason for the step. */
enum fallback_reason {
    REASON_NONE,         /* it is the default */
    REASON_SOURCE_QUERY, /* the job says `source: query`; likewise for the next two */
    REASON_SOURCE_EXPORT,
    REASON_SOURCE_CONTRACT,
    REASON_EXPORT_ONLY,     /* fields that cannot be queried */
    REASON_EXPORT_IS_LEFT,  /* an earlier run has left an export */
    REASON_TIMES_OUT,       /* an earlier query exceeded the time limit */
    REASON_CANNOT_BE_PAGED, /* the expected result is too large */
    REASON_FAILED,          /* FETCH_FAILED; likewise for the next six */
    REASON_TIMEOUT,
    REASON_EXPIRED,
    REASON_REPLACED,
    REASON_REPEATED,
    REASON_TOO_LARGE,
    REASON_FORBIDDEN,
    REASON_SCOPE, /* only an export would help, and the token lacks data:write */
};

struct fallback {
    enum fallback_step step;
    enum fallback_reason reason;
};

struct fallback fallback_next(const struct fallback_facts *facts);

/* The reason for a step that follows this outcome; REASON_NONE if it was not tried, or is complete. */
enum fallback_reason fallback_reason_of(enum fetch_outcome outcome);

/*
 * Whether something else can be done if the request budget cannot pay in time for all pages of the current
 * result. If not, paging is attempted anyway.
 */
bool fallback_has_other_way(const struct fallback_facts *facts);

/* The numbers in the text of a reason. */
struct fallback_numbers {
    uint64_t rows;                /* REASON_TOO_LARGE: of the result; REASON_CANNOT_BE_PAGED: expected */
    const char *remembered_until; /* the day on which a query is tried again: REASON_TIMES_OUT */
};

/* The text of a reason, for people; "" for REASON_NONE. out holds FALLBACK_TEXT bytes. Returns out. */
#define FALLBACK_TEXT 256
const char *fallback_explain(enum fallback_reason reason, const struct fallback_numbers *numbers, char *out);

#endif
