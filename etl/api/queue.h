/*
 * The order of this process's requests: the queue in front of the request budget.
 *
 * If several jobs wait, the one whose work expires first sends its request: pages of the result that expires
 * soonest, then polls that are due, then submits. A submit waits until the budget also covers the pages of
 * its result, since results are kept for minutes only.
 *
 * A request that is taken from the budget is a place: a span of time in which one request may be sent. The
 * queue holds at most one place that is not used yet; it goes to the request that is first when the span
 * begins.
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

struct queue_request {
    enum urgency urgency;
    int64_t expires_at_ms; /* monotonic: end of the result's lifetime; CLOCK_NEVER: not known */
    /* URGENCY_SUBMIT: the number of requests that the result is expected to need after this one. */
    uint64_t requests_needed;
    /* URGENCY_SUBMIT: gets a reservation of these requests as soon as the submit may be sent. Borrowed until
     * then. NULL: no reservation is made. */
    struct reservation *reservation;
    bool gives_up_if_blocked; /* ERR_LATER at once where a 429 blocks the account */
};

/*
 * Requests that the database reserves for one result, so that no submit of another job or process uses them.
 * All zero: there is no reservation.
 */
struct reservation {
    int64_t id;
    int64_t lifetime_ms; /* it expires this long after its last change, also if this process is killed */
};

struct queue; /* opaque; shared by all threads of the process */

/* *budget is copied; its account is borrowed until queue_release(). */
struct queue *queue_make(const struct budget *budget, int64_t result_lifetime_ms);
void queue_release(struct queue *queue); /* NULL is allowed */

/*
 * Waits until this request is first and takes it from the budget. pg is the caller's, in no transaction. The
 * request has to be sent by *send_by_ms (monotonic; CLOCK_NEVER if there is no limit on our side). After that
 * moment the caller has to call queue_pass() again (state/budget, budget_send_within_ms()); it may have
 * passed already on return if the process was suspended. ERR_LATER, with nothing taken, if the request could
 * only be sent after deadline_ms (monotonic); ERR_STOPPED. Without a limit on our side, only a 429 of the
 * service causes a wait. pg may be NULL then; in that case other processes do not know of the 429.
 */
MUST_CHECK bool queue_pass(struct queue *queue, struct pg *pg, const struct queue_request *request,
                           int64_t deadline_ms, int64_t *send_by_ms, struct err *err);

/*
 * To be called after the service has answered 429: no process that uses this account sends a request for
 * wait_ms, unless a user ends the block in the database earlier.
 */
MUST_CHECK bool queue_block(struct queue *queue, struct pg *pg, int64_t wait_ms, struct err *err);

/* ERR_LATER if the account's row has disappeared since this process took a request from it. May be called
 * inside a transaction. */
MUST_CHECK bool queue_check(struct queue *queue, struct pg *pg, struct err *err);

/*
 * Reserves this number of requests for a result, for reservation->lifetime_ms from now, in place of the
 * former number. Submits leave reserved requests to their results. pg must not be in a failed transaction.
 * Does nothing if there is no limit on our side.
 */
MUST_CHECK bool queue_reserve(struct queue *queue, struct pg *pg, struct reservation *reservation,
                              uint64_t requests, struct err *err);

/* Ends the reservation when the result needs no more requests. Does nothing if nothing is reserved. */
void queue_release_reservation(struct reservation *reservation, struct pg *pg);

/*
 * Whether the budget will hold this number of requests within span_ms, without the requests that are reserved
 * for other results. Takes no request and does not wait.
 */
struct payment {
    uint64_t requests;
    int64_t span_ms;
    const struct reservation *reservation;
};
MUST_CHECK bool queue_can_pay(struct queue *queue, struct pg *pg, const struct payment *payment,
                              bool *can_pay, struct err *err);

/*
 * How long a submit has to wait until the budget covers it and its requests_needed within the lifetime of a
 * result, without the requests that are reserved for other results. 0: it need not wait. If the budget can
 * never hold that many, or only after max_wait_ms (the next burst comes later), the submit waits for as many
 * as the budget can hold. It is never submitted while it would take requests reserved for others. Pure.
 */
struct submit_facts {
    uint64_t requests_needed;
    int64_t lifetime_ms;
    int64_t max_wait_ms;
};
int64_t queue_submit_wait_ms(const struct budget *budget, const struct budget_level *level,
                             const struct submit_facts *facts);

#endif
