/*
 * The quota of outstanding exports, and how it is distinguished from the rate limit. Pure.
 *
 * A user may have 50 outstanding exports, which are those of status Requested; one more POST is answered 429,
 * as is every request past the rate limit. The text of the quota's 429 has "pending export" ("Rate limits").
 * The text may change, so the cause of a 429 without these words is derived from what we know:
 *
 * - Exports of ours are outstanding: the 429 is taken for the quota. Only this export waits, until one of
 * them ends. If the cause was the rate limit, the next request of the account gets its own 429, and that one
 * blocks the account; only one refused request is lost.
 * - None of ours is outstanding: the 429 is taken for the rate limit, which blocks the account. If the next
 * POST is refused too, that 429 is taken for the quota: exports that are not ours (the web page makes them
 * too) fill it, and only this export waits further.
 *
 * No request is spent on finding out. After a refusal the POST is sent again when fewer exports of ours are
 * outstanding than at the refusal. It is also sent again after a wait that grows from 30 s to 5 min, for
 * exports that are not ours or whose end we have not seen. It is never sent before Retry-After is over,
 * whatever the cause.
 */
#ifndef API_EXPORT_QUOTA_H
#define API_EXPORT_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

/* Export requests of status Requested that a user may have. */
#define EXPORT_QUOTA 50

struct export_quota {
    unsigned outstanding; /* set and updated by the caller: outstanding exports of ours, of the whole account,
                             without this one */

    /* Private: what the last refusals have shown. */
    unsigned refusals;         /* consecutive refusals that were taken for the quota */
    unsigned outstanding_then; /* `outstanding` at the last of them */
    int64_t try_at_ms;         /* monotonic: not before */
    int64_t retry_from_ms;     /* monotonic: from then on a POST may be sent whatever the count */
    bool rate_waited;          /* the last refusal was taken for the rate limit */
};

/* Whether a POST may be spent now. */
bool export_quota_may_ask(const struct export_quota *quota, int64_t now_ms);

enum export_limit {
    EXPORT_LIMIT_QUOTA, /* wait for an export to end; noted in quota */
    EXPORT_LIMIT_RATE,  /* all requests of the account wait */
};

/* A 429 to a POST. */
struct export_refusal {
    const char *text;       /* the service's message; "": none */
    int64_t retry_after_ms; /* as api/retry reads it */
};

/* The cause of the 429. */
enum export_limit export_quota_refused(struct export_quota *quota, const struct export_refusal *refusal,
                                       int64_t now_ms);

/* To be called if `outstanding` alone reaches the quota: notes it like a refusal, without a request. */
void export_quota_note_full(struct export_quota *quota, int64_t now_ms);

/* A POST has been accepted. */
void export_quota_granted(struct export_quota *quota);

#endif
