/*
 * When to poll a query or an export: one schedule for both. Pure, with the clock as an argument.
 *
 * The first poll is sent after the time in which past runs had their result, and the second one poll.first
 * later. Without past runs, the first poll is sent poll.first after the submit. Each later wait is 1.5 times
 * the one before, up to poll.max.
 */
#ifndef API_POLL_SCHEDULE_H
#define API_POLL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds; moments are monotonic. */
struct poll_schedule {
    int64_t first_ms;     /* poll.first */
    int64_t max_ms;       /* poll.max */
    int64_t expected_ms;  /* from submit to result in past runs; 0: not known */
    int64_t submitted_ms; /* the moment of the submit */
};

/* The moment of the next poll, after `polls` polls without a result. It may be in the past. */
int64_t poll_schedule_next_ms(const struct poll_schedule *schedule, unsigned polls, int64_t now_ms);

/* A wait that grows: first, then 1.5 times as long each time, up to max. */
int64_t poll_schedule_step_ms(int64_t first_ms, int64_t max_ms, unsigned waits);

/*
 * The time from the submit to the result, as the polls show it. Only time in which the query was observed
 * counts: from the submit, or from a poll, to the moment at which the next poll was due. The result came at
 * an unknown moment since the poll before.
 *
 * A poll that was sent later than it was due (it waited for the request budget, or the process was suspended)
 * shows nothing of the time in between. That time does not count, whether the poll found the result or not.
 * If the query did take it, the next run's first poll comes too early, and its later polls show how long the
 * query takes. If it counted, one pause of the process would make the first polls of later runs wait as long
 * as the pause.
 */
struct poll_found {
    int64_t submitted_ms; /* moments, monotonic */
    int64_t due_ms;       /* when the poll was due, counted from the moment at which the poll before was sent:
                             its answer may have been read much later */
    int64_t sent_ms;      /* when it was sent */
    int64_t unobserved_ms; /* the sum of poll_schedule_late_ms() of the polls before it */
};
int64_t poll_schedule_ready_ms(const struct poll_found *found);

/* How long after its due moment a poll was sent. Less than a second is usual, and counts as none. */
int64_t poll_schedule_late_ms(int64_t due_ms, int64_t sent_ms);

/*
 * Whether a query has run past its deadline: a poll that was sent then, or later, has not found it done. A
 * deadline that has passed while the process was suspended is not enough: the query may have been done in
 * time. So the deadline, too, counts observed time only: the caller has added unobserved_ms to deadline_ms.
 * polls: polls without a result so far; the last was sent at sent_ms.
 */
bool poll_schedule_is_overdue(unsigned polls, int64_t sent_ms, int64_t deadline_ms);

/*
 * What later runs are to expect, after ready_ms from submit to result. A wait taken from history cannot show
 * that it was too long. So if the first poll found the result, a wait of ten seconds or more is shortened by
 * a tenth: the expected time falls again after slow runs.
 */
int64_t poll_schedule_remembered_ms(unsigned polls, int64_t expected_ms, int64_t ready_ms);

#endif
