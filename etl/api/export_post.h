/*
 * A POST that adds to the outstanding exports: the requests that make or retry an export. Such a POST is not
 * repeated blindly, and its 429 may be caused by the quota.
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

    unsigned failures; /* temporary faults so far */
    int status;        /* of the last answer; 0: none came */
    bool may_be_made;  /* the outcome of one of these requests is not known */
};

enum export_posted {
    EXPORT_POSTED,      /* accepted: the acceptor has read the answer */
    EXPORT_POST_FAILED, /* err says why; nothing more is to be done */
    EXPORT_POST_FULL,   /* the quota of outstanding exports is used up */
    EXPORT_POST_LOST,   /* it was sent, and its outcome is not known; err says why */
};

/*
 * Sends it, and repeats it if it certainly had no effect: the connection was refused (up to `retries`), or
 * the rate limit was met. A failure before any request was sent off, such as of the token endpoint or the
 * database, is final. After EXPORT_POST_LOST the backoff is already over: look up the outcome, then send
 * the request again unless export_post_is_over().
 */
enum export_posted export_post_send(struct export_post *post, struct err *err);

/* Whether the retries are used up. */
bool export_post_is_over(const struct export_post *post);

#endif
