/*
 * What comes after an attempt to connect to the database again has failed: pure.
 */
#ifndef RUN_RECONNECT_H
#define RUN_RECONNECT_H

#include "base/err.h"

#include <stdint.h>

enum reconnect_step {
    RECONNECT_AFTER_WAIT, /* another attempt, after wait_ms */
    RECONNECT_FAIL,       /* the attempt's error is the outcome */
    RECONNECT_TOO_LATE,   /* the wait would pass the job's timeout: ERR_LATER is the outcome */
};

struct reconnect_failure {
    enum err_kind kind; /* of the attempt's error */
    unsigned failures;  /* attempts that failed before this one */
    unsigned retries;   /* failed attempts that are forgiven: api.retries */
    int64_t wait_ms;    /* before another attempt */
    int64_t left_ms;    /* until the job's timeout; CLOCK_NEVER: there is none */
};

/*
 * An error that does not pass ends it, and so does the last retry. An ERR_LATER stays what it is, past the
 * timeout too: a lock that another runner has taken meanwhile, or the timeout itself.
 */
enum reconnect_step reconnect_judge(const struct reconnect_failure *failure);

#endif
