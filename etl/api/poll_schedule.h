/*
 * When the service is asked whether a query, or an export, is done: the one schedule of both. Pure, with the
 * clock as an argument.
 *
 * The first poll comes when past runs had their result, else poll.first after the submit; each later one half
 * as long again after the one before, up to poll.max.
 */
#ifndef API_POLL_SCHEDULE_H
#define API_POLL_SCHEDULE_H

#include <stdint.h>

/* Milliseconds; moments are monotonic. */
struct poll_schedule {
    int64_t first_ms;     /* poll.first */
    int64_t max_ms;       /* poll.max */
    int64_t expected_ms;  /* from submit to result, as past runs tell; 0: they tell nothing */
    int64_t submitted_ms; /* the moment of the submit */
};

/* The moment of the next poll, of which `polls` were answered `not yet` before. It may be past. */
int64_t poll_schedule_next_ms(const struct poll_schedule *schedule, unsigned polls, int64_t now_ms);

/* A wait that grows: first, then half as long again each time, up to max. */
int64_t poll_schedule_step_ms(int64_t first_ms, int64_t max_ms, unsigned waits);

/*
 * What later runs are to expect, after ready_ms from submit to result. A wait that history has set is never
 * found to have been too long: of one of ten seconds and more a tenth is taken off where the first poll found
 * the result, so that a slow week is forgotten.
 */
int64_t poll_schedule_remembered_ms(unsigned polls, int64_t expected_ms, int64_t ready_ms);

#endif
