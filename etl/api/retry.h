/*
 * What an answer, or its absence, asks for next: pure, with the dice and the clock as arguments.
 */
#ifndef API_RETRY_H
#define API_RETRY_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum verdict_action {
    VERDICT_ACCEPT,      /* a success: read it */
    VERDICT_RETRY,       /* a passing fault: ask again after wait_ms */
    VERDICT_WAIT,        /* 429: nobody asks for wait_ms, then ask again; no retry is used up */
    VERDICT_RENEW_TOKEN, /* 401 for the first time: ask again with another access token */
    VERDICT_FAIL,        /* final, of the kind `kind` */
};

struct verdict {
    enum verdict_action action;
    int64_t wait_ms;
    enum err_kind kind;
};

struct attempt {
    bool answered; /* an HTTP answer came, whole */
    int status;
    const char *retry_after; /* the header as it came, or "" */
    int64_t wall_ms;         /* now, for a Retry-After that is a date */
    unsigned failures;       /* passing faults of this request before this one */
    unsigned retries;        /* how many are forgiven */
    int64_t first_wait_ms;   /* api.retry_wait: the longest wait after the first passing fault */
    bool token_renewed;      /* a 401 has been answered with another token already */
    double dice;             /* [0, 1): the jitter */
};

struct verdict retry_judge(const struct attempt *attempt);

/*
 * The wait that a Retry-After header asks for: seconds, or an HTTP date (RFC 9110, 10.2.3). At least 1 s,
 * also for 0, a date in the past, or a header that says nothing.
 */
int64_t retry_after_ms(const char *header, int64_t wall_ms);

/*
 * Exponential backoff with full jitter: a moment between nothing and a ceiling, which is first_ms after the
 * first failure (failures: 0), doubles with each further one, and never passes first_ms or one minute,
 * whichever is longer. dice: [0, 1).
 */
int64_t retry_backoff_ms(int64_t first_ms, unsigned failures, double dice);

#endif
