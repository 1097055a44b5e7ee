/* The next step after an answer or its absence. Pure, with the random number and the clock as arguments. */
#ifndef API_RETRY_H
#define API_RETRY_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum verdict_action {
    VERDICT_ACCEPT,      /* a success: read it */
    VERDICT_RETRY,       /* a temporary fault: ask again after wait_ms */
    VERDICT_WAIT,        /* 429: the account sends no request for wait_ms, then repeat; no retry is used up */
    VERDICT_RENEW_TOKEN, /* 401, and another access token may be good: ask again with one */
    VERDICT_FAIL,        /* final, of the kind `kind` */
};

struct verdict {
    enum verdict_action action;
    int64_t wait_ms;
    enum err_kind kind;
};

struct attempt {
    bool answered; /* a complete HTTP answer came */
    int status;
    const char *retry_after; /* the header as it came; "" or NULL: none came */
    const char *date;        /* the header Date of the same answer; "" or NULL: none came */
    int64_t wall_ms;         /* now, for a Retry-After that is a date */
    unsigned failures;       /* temporary faults of this request before this one */
    unsigned refusals;       /* 429 responses to this request before this one */
    unsigned retries;        /* the most retries */
    int64_t first_wait_ms;   /* api.retry_wait: the longest wait after the first temporary fault */
    bool token_is_new;       /* the token was issued to this process after a 401 to this request */
    unsigned token_refusals; /* 401 responses to this request before this one */
    double random;           /* [0, 1): the jitter */
};

/*
 * A 401 is final for a token that was issued to this process after an earlier 401. Any other token, such as
 * one that another thread or process already had, may be refused for the same reason as the first one; so the
 * request is repeated, up to RETRY_TOKEN_REFUSALS 401 responses in all.
 */
#define RETRY_TOKEN_REFUSALS 4
struct verdict retry_judge(const struct attempt *attempt);

/* The bounds of a Retry-After wait, and the wait for a header that cannot be parsed. */
#define RETRY_AFTER_MIN_MS 1000
#define RETRY_AFTER_MAX_MS 3600000
#define RETRY_AFTER_UNREADABLE_MS 60000

/* A Retry-After header, and what its date is compared with. */
struct retry_after {
    const char *header;
    const char *date; /* the header Date of the same answer: the server's clock. "" or NULL: none came */
    int64_t wall_ms;  /* our clock, if the server sends none */
};

/*
 * The wait that a Retry-After header requests (RFC 9110, 10.2.3). It is seconds, with or without a fraction,
 * or a date of base/http_date; a unit after the number is read too (`5s`, `2 minutes`). The result is not
 * shorter than requested, but within the bounds above: a second also for 0 and for a date in the past, an
 * hour for every longer wait. Pure.
 */
int64_t retry_after_ms(const struct retry_after *after);

/*
 * Exponential backoff with full jitter: a random wait between 0 and a limit. The limit is first_ms after the
 * first failure (failures: 0), doubles with each further one, and is at most a minute, or first_ms if that is
 * longer. random: at least 0 and less than 1.
 */
int64_t retry_backoff_ms(int64_t first_ms, unsigned failures, double random);

#endif
