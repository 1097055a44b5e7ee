/*
 * Storing an answer that must not be lost: an attempt is repeated until it succeeds or its time is over.
 */
#ifndef API_SAVE_H
#define API_SAVE_H

#include "base/err.h"

#include <stdint.h>

struct save_attempt {
    bool (*run)(void *context, struct err *err);
    void *context;
    const char *event; /* of the log line before it is repeated */
};

/*
 * Runs it, at least once, and after a failure again, with growing pauses, until deadline_ms (monotonic); once
 * more after a stop. The error is that of the last attempt.
 */
MUST_CHECK bool save_persistently(const struct save_attempt *attempt, int64_t deadline_ms, struct err *err);

#endif
