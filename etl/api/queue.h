/*
 * The order of this process's requests: the queue in front of the request budget.
 *
 * If several jobs wait, the one whose work expires first sends its request: pages of the result that expires
 * soonest, then polls that are due, then submits. A submit waits until the budget also covers the pages of
 * its result, since results are kept for minutes only. One place in the budget is held at a time; it goes to
 * the request that is first when the place may be used.
 */
#ifndef API_QUEUE_H
#define API_QUEUE_H

#include "base/err.h"
#include "state/budget.h"
#include "wire/pg/pg.h"

#include <stdint.h>

enum urgency {
    URGENCY_PAGE, /* of a result that expires */
    URGENCY_POLL,
    URGENCY_SUBMIT,
};

struct ticket {
    enum urgency urgency;
    int64_t expires_at_ms; /* monotonic: when the result is no longer promised; CLOCK_NEVER where that is not
                           known */
    uint64_t needs;        /* URGENCY_SUBMIT: requests that the result is expected to take after this one */
    struct booking *booking; /* URGENCY_SUBMIT: where the requests that it needs are reserved when it passes;
                                borrowed until then; NULL: they are not */
};

/*
 * Requests that the database keeps for one result, so that no submit of another job or process uses them. All
 * zero: none are.
 */
struct booking {
    int64_t reservation;
    int64_t lifetime_ms; /* the reservation expires this long after it was last set, also if this process is
                            killed */
};

struct queue; /* opaque; shared by all threads of the process */

/* settings are borrowed. */
struct queue *queue_make(const struct budget *budget, int64_t result_lifetime_ms);
void queue_release(struct queue *queue); /* NULL is allowed */

/*
 * Waits until this request is first and takes it from the budget. pg is the caller's, in no transaction.
 * ERR_LATER, with nothing taken, if that would be after deadline_ms (monotonic); ERR_STOPPED. Without a limit
 * on our side, only a 429 of the service causes a wait; pg may be NULL then, and only this process knows of
 * it.
 */
MUST_CHECK bool queue_pass(struct queue *queue, struct pg *pg, const struct ticket *ticket,
                           int64_t deadline_ms, struct err *err);

/* The service has answered 429: no process that uses this account sends a request for wait_ms, unless a user
 * ends the block in the database before.
 */
MUST_CHECK bool queue_block(struct queue *queue, struct pg *pg, int64_t wait_ms, struct err *err);

/*
 * The result of the booking still needs so many requests, and is there for booking->lifetime_ms: submits take
 * them into account. pg is in no transaction that fails. Nothing is kept where there is no limit on our side.
 */
MUST_CHECK bool queue_reserve(struct queue *queue, struct pg *pg, struct booking *booking, uint64_t requests,
                              struct err *err);

/* The result needs no more requests. Does nothing for a booking that has none. */
void queue_release_booking(struct booking *booking, struct pg *pg);

/*
 * Whether the budget will have so many requests within span_ms, beside those that are reserved to results
 * other than that of the booking. Takes nothing, and waits for nothing.
 */
struct payment {
    uint64_t requests;
    int64_t span_ms;
    const struct booking *booking;
};
MUST_CHECK bool queue_can_pay(struct queue *queue, struct pg *pg, const struct payment *payment,
                              bool *can_pay, struct err *err);

/* Whether the first ticket goes before the second; of equals, the one that came first. Pure. */
bool ticket_before(const struct ticket *one, const struct ticket *other);

/*
 * How long a submit has to wait until the budget can pay it and the `needs` requests after it within the
 * lifetime of a result, beside what is reserved to others; 0 when it can. Where the budget never holds as
 * much, or not before max_wait_ms (the next burst comes later), only as much as it can hold is waited for:
 * but never is it submitted while others have reserved what it would take. Pure.
 */
struct submit_question {
    uint64_t needs;
    int64_t lifetime_ms;
    int64_t max_wait_ms;
};
int64_t queue_submit_wait_ms(const struct budget *budget, const struct budget_level *level,
                             const struct submit_question *question);

#endif
