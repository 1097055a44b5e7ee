/*
 * Who asks next: the line of this process's requests in front of the request budget.
 *
 * When several jobs want a request, the one whose work dies first gets it: pages of the result that expires
 * soonest, then polls that are due, then submits. And a submit waits until the budget can also fetch what it
 * will bring: results are promised for minutes only. One place in the budget is held at a time, for whoever
 * is first when it comes up.
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
};

struct queue; /* opaque; shared by all threads of the process */

/* settings are borrowed. */
struct queue *queue_make(const struct budget *budget, int64_t result_lifetime_ms);
void queue_release(struct queue *queue); /* NULL is allowed */

/*
 * Waits for this request's turn and pays for it. pg is the caller's, in no transaction. ERR_LATER, with
 * nothing paid, when the turn would come after deadline_ms (monotonic); ERR_STOPPED. Where there is no limit
 * on our side, only a 429 of the service makes anybody wait; pg may be NULL then, and only this process knows
 * of it.
 */
MUST_CHECK bool queue_pass(struct queue *queue, struct pg *pg, const struct ticket *ticket,
                           int64_t deadline_ms, struct err *err);

/* The service has said 429: nobody of this account, in any process, asks for wait_ms. */
MUST_CHECK bool queue_block(struct queue *queue, struct pg *pg, int64_t wait_ms, struct err *err);

/* So many requests more (or fewer, when negative) are needed for results that are there: submits take them
 * into account. */
void queue_reserve(struct queue *queue, int64_t requests);

/*
 * Whether the budget will have so many requests within span_ms, beside those that are reserved to other
 * results. Takes nothing, and waits for nothing.
 */
MUST_CHECK bool queue_can_pay(struct queue *queue, struct pg *pg, uint64_t requests, int64_t span_ms,
                              bool *can_pay, struct err *err);

/* Whether the one goes before the other; of equals the one that came first. Pure. */
bool ticket_before(const struct ticket *one, const struct ticket *other);

/*
 * How long a submit has to wait until the budget can pay it and the `needs` requests after it within the
 * lifetime of a result; 0 when it can, or when waiting longer would not help since the bucket is full. Pure.
 */
int64_t queue_submit_wait_ms(const struct budget *budget, double level, uint64_t needs, int64_t lifetime_ms);

#endif
