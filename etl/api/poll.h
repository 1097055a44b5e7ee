/*
 * The wait for a poll of a query or an export.
 */
#ifndef API_POLL_H
#define API_POLL_H

#include "api/api.h"
#include "api/poll_schedule.h"

struct poll_wait {
    const char *what; /* as in "the query is not done, …" */
    unsigned polls;   /* answered `not yet` so far */
    int64_t until_ms; /* monotonic: the moment of the poll */
};

/*
 * Sleeps until a poll is due, and shows that in log and progress. ERR_LATER, at once, where that would pass
 * the job's timeout; ERR_STOPPED.
 */
MUST_CHECK bool poll_wait(const struct api *api, const struct poll_wait *wait, struct err *err);

#endif
