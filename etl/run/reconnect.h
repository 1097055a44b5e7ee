/*
 * Decides what follows a failed attempt to reconnect to the database. Pure.
 */
#ifndef RUN_RECONNECT_H
#define RUN_RECONNECT_H

#include "base/err.h"

#include <stdint.h>

enum reconnect_step {
    RECONNECT_AFTER_WAIT, /* another attempt, after wait_ms */
    RECONNECT_FAIL,       /* the error of the attempt is returned */
    RECONNECT_TOO_LATE,   /* the wait would exceed the job's timeout: ERR_LATER is returned */
};

struct reconnect_failure {
    enum err_kind kind; /* of the attempt's error */
    unsigned failures;  /* attempts that failed before this one */
    unsigned retries;   /* how many failed attempts are retried: api.retries */
    int64_t wait_ms;    /* before another attempt */
    int64_t left_ms;    /* until the job's timeout; CLOCK_NEVER: there is none */
};

/*
 * No further attempt is made after an error that is not temporary, or after the last retry. If the wait would
 * exceed the timeout, an ERR_LATER is returned as it is, because it has the reason: another run has taken
 * the lock, or the timeout itself was reached.
 */
enum reconnect_step reconnect_judge(const struct reconnect_failure *failure);

#endif
