/*
 * A POST that adds to the outstanding exports: a request that makes or retries an export. Such a POST is not
 * repeated as long as its outcome is not known, and its 429 may be caused by the quota.
 */
#ifndef API_EXPORT_POST_H
#define API_EXPORT_POST_H

#include "api/api.h"
#include "api/export_quota.h"

struct export_post {
    struct api *api;            /* borrowed */
    struct export_quota *quota; /* borrowed; what refusals show is noted there */
    struct api_request request; /* borrowed texts; with `no_retry` */
    struct api_acceptor acceptor;

    unsigned failures;       /* temporary faults so far */
    int status;              /* of the last answer; 0: none came */
    bool is_outcome_unknown; /* the outcome of one of the requests is not known: it may have had effect */
};

enum export_posted {
    EXPORT_POSTED,      /* accepted: the acceptor has read the answer */
    EXPORT_POST_FAILED, /* err says why; the request is not repeated */
    EXPORT_POST_FULL,   /* the quota of outstanding exports is used up */
    EXPORT_POST_LOST,   /* it was sent, and its outcome is not known; err says why */
};

/*
 * Sends it, and repeats it if it certainly had no effect: it was not sent (up to api.retries times), or the
 * service's rate limit refused it. A failure before a request was sent, such as one of the token endpoint or
 * the database, is final. After EXPORT_POST_LOST the backoff is already over: the caller looks up the
 * outcome, then sends the request again unless export_post_is_over().
 */
enum export_posted export_post_send(struct export_post *post, struct err *err);

/* Whether the retries are used up. */
bool export_post_is_over(const struct export_post *post);

#endif
