/*
 * The quota of outstanding exports, and how it is distinguished from the rate limit. Pure.
 *
 * A user may have 50 exports in the making; one more POST is answered 429, as is every request past the rate
 * limit. The quota's answer speaks of pending export requests ("Rate limits"). A text may change, so the
 * cause of any other 429 is derived from what we know:
 *
 * - Exports of ours are in the making: it is taken for the quota. Only this export waits, until one of them
 * ends. If the cause was the rate limit, the next request of the account gets its own 429, and that one
 * blocks the account; only one refused request is lost.
 * - None of ours is: the 429 is taken for the rate limit, which blocks the account. If the next POST is
 * refused too, the cause is the quota: exports that are not ours (the web page makes them too) fill the
 * quota, and only this export goes on waiting.
 *
 * No request is spent on finding out. After a refusal the POST is tried again when fewer of ours are in the
 * making than then; for exports that are not ours, or whose end we have not seen, also after a wait that
 * grows from 30 s to 5 min. It is never tried before Retry-After is over, whatever the cause.
 */
#ifndef API_EXPORT_QUOTA_H
#define API_EXPORT_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

/* Export requests of status Requested that a user may have. */
#define EXPORT_QUOTA 50

struct export_quota {
    unsigned outstanding; /* the caller's: exports of ours in the making, of the whole account, this one not
                             counted; kept up to date by it */

    /* Inside: what the last refusals have shown. */
    unsigned refusals; /* that were the quota's, one after the other */
    unsigned outstanding_then;
    int64_t try_at_ms;     /* monotonic: not before */
    int64_t retry_from_ms; /* monotonic: from then on a POST may be sent whatever the count */
    bool rate_waited;      /* the last refusal was taken for the rate limit */
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

/* What the 429 was. */
enum export_limit export_quota_refused(struct export_quota *quota, const struct export_refusal *refusal,
                                       int64_t now_ms);

/* The caller's count alone fills the quota: noted like a refusal, without a request. */
void export_quota_note_full(struct export_quota *quota, int64_t now_ms);

/* A POST has been accepted. */
void export_quota_granted(struct export_quota *quota);

#endif
