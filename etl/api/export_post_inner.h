/* What only api/export_post.c and its unit tests use. */
#ifndef API_EXPORT_POST_INNER_H
#define API_EXPORT_POST_INNER_H

#include "api/export_post.h"

/* How a POST that was not accepted has ended. */
struct export_post_failure {
    enum err_kind kind; /* of the error */
    int status;         /* 0: no answer came */
    bool sent;          /* it may have reached the service */
};

enum export_post_verdict {
    EXPORT_POST_REFUSED, /* final: it is not sent again. With a status from 300 to 499 nothing was made; else
                            (a stop, the timeout, an answer that is not as documented) the export may exist */
    EXPORT_POST_UNSENT,  /* a temporary fault; the export was certainly not made */
    EXPORT_POST_UNKNOWN, /* a temporary fault; the export may have been made */
    EXPORT_POST_LIMITED, /* 429: nothing was made; api/export_quota has the cause */
};

/* Pure. */
enum export_post_verdict export_post_judge(const struct export_post_failure *failure);

#endif
