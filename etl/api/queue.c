#include "api/queue.h"

#include "api/queue_inner.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/stop.h"

#include <pthread.h>
#include <stdlib.h>

/* How often a waiting thread checks for a stop. */
#define CHECK_STOP_MS 100
/* How often the database is read during a wait that another process can end. */
#define READ_BLOCK_MS 2000
/* Waits shorter than this are not worth a line in the log. */
#define MIN_LOGGED_WAIT_MS 2000
#define NOT_TAKEN (-1)

struct waiter {
    struct queue_request queue_request;
    int64_t deadline_ms;
    int64_t not_before_ms; /* a submit that the budget does not cover yet: when to look again */
    int64_t send_by_ms;    /* of the place that it has got */
    int64_t payable_at_ms; /* a submit: when the budget is expected to cover it */
    bool is_logged;
    struct waiter *next; /* the next in the line */
};

struct queue {
    struct budget budget;
    int64_t lifetime_ms;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct waiter *first;
    int64_t send_from_ms; /* when the request taken from the budget may be sent; NOT_TAKEN: none is taken */
    int64_t send_by_ms;   /* the last moment at which it may be sent */
    bool send_waited;     /* its time was in the future: another process may have got a 429 meanwhile */
    bool asking;          /* some thread is asking the database */
    int64_t blocked_until_ms; /* by a 429, as far as this process knows */
    int64_t block_seen_ms;    /* when it was last read from the database, or this process got a 429 */
};

struct queue *queue_make(const struct budget *budget, int64_t result_lifetime_ms)
{
    pthread_condattr_t attributes;
    struct queue *queue = mem_alloc(1, sizeof *queue);
    queue->budget = *budget;
    queue->lifetime_ms = result_lifetime_ms;
    queue->send_from_ms = NOT_TAKEN;
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return queue;
}

void queue_release(struct queue *queue)
{
    if (!queue)
        return;
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->mutex);
    free(queue);
}

static void enter(struct queue *queue, struct waiter *waiter)
{
    struct waiter **place = &queue->first;
    while (*place && !queue_request_is_before(&waiter->queue_request, &(*place)->queue_request))
        place = &(*place)->next;
    waiter->next = *place;
    *place = waiter;
    pthread_cond_broadcast(&queue->changed);
}

static void leave(struct queue *queue, const struct waiter *waiter)
{
    struct waiter **place = &queue->first;
    while (*place != waiter)
        place = &(*place)->next;
    *place = waiter->next;
    pthread_cond_broadcast(&queue->changed);
}

/* The first waiter that may be served now. A submit that has to wait for the budget lets others pass. */
static struct waiter *first_ready(const struct queue *queue, int64_t now_ms)
{
    struct waiter *waiter = queue->first;
    while (waiter && waiter->not_before_ms > now_ms)
        waiter = waiter->next;
    return waiter;
}

static void wait_until(struct queue *queue, int64_t moment_ms)
{
    int64_t now_ms = clock_now_ms();
    int64_t until_ms = moment_ms < now_ms + CHECK_STOP_MS ? moment_ms : now_ms + CHECK_STOP_MS;
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};
    pthread_cond_timedwait(&queue->changed, &queue->mutex, &until);
}

static void log_wait(struct waiter *waiter, int64_t wait_ms, const char *what)
{
    if (waiter->is_logged || wait_ms < MIN_LOGGED_WAIT_MS)
        return;
    waiter->is_logged = true;
    log_write_numbers(LOG_INFO, "budget-wait", LOG_NUMBERS({"wait_ms", wait_ms}), "waiting %.0f s %s",
                      (double)wait_ms / 1000, what);
}

/* Shows the end of the wait: not_before_ms of a submit that the budget does not cover yet, else send_from_ms.
 * CLOCK_NEVER: the request is not first yet. */
static void show_progress(const struct waiter *waiter, int64_t send_from_ms, int64_t now_ms)
{
    if (waiter->not_before_ms > now_ms)
        progress_wait("for the budget", waiter->not_before_ms);
    else
        progress_wait(send_from_ms == CLOCK_NEVER ? "for its turn" : "for the budget", send_from_ms);
}

/* What the database has answered to a request for a place in the budget. */
struct budget_place {
    int64_t send_in_ms;
    int64_t blocked_ms;
    int64_t submit_ms; /* a submit: in what time the budget covers it and its result; 0: it does now */
    int64_t look_ms;   /* in what time to look again; 0: the place was taken */
    bool waits_for_reservations; /* it waits for requests that are reserved for other results */
};

/* Locks the bucket, so that no other process takes what a submit needs between the check and the reservation.
 */
static bool pay_submit(struct queue *queue, const struct waiter *waiter, struct pg *pg,
                       struct budget_place *place, struct err *err)
{
    struct budget_level level;
    const struct budget *budget = &queue->budget;
    struct reservation *reservation = waiter->queue_request.reservation;
    int64_t own = reservation ? reservation->id : 0;
    if (!budget_lock(budget, pg, err) || !budget_read(budget, pg, own, &level, err))
        return false;
    struct submit_facts facts = {.requests_needed = waiter->queue_request.requests_needed,
                                 .lifetime_ms = queue->lifetime_ms,
                                 .max_wait_ms = waiter->deadline_ms - clock_now_ms()};
    place->submit_ms = queue_submit_wait_ms(budget, &level, &facts);
    if (place->submit_ms > 0) {
        /* Most reservations end before they expire, so the next look is soon. */
        place->waits_for_reservations = level.reserved > 0;
        level.reserved = 0;
        place->look_ms = place->waits_for_reservations && place->submit_ms > READ_BLOCK_MS ? READ_BLOCK_MS
                                                                                           : place->submit_ms;
        place->submit_ms = queue_submit_wait_ms(budget, &level, &facts);
        return true;
    }
    if (reservation && !reservation_set(budget, pg, waiter->queue_request.requests_needed,
                                        reservation->lifetime_ms, &reservation->id, err))
        return false;
    return budget_take(budget, pg, &place->send_in_ms, &place->blocked_ms, err);
}

static bool take_for_submit(struct queue *queue, const struct waiter *waiter, struct pg *pg,
                            struct budget_place *place, struct err *err)
{
    struct reservation before =
        waiter->queue_request.reservation ? *waiter->queue_request.reservation : (struct reservation){0};
    if (pg_begin(pg, err) && pay_submit(queue, waiter, pg, place, err) && pg_commit(pg, err))
        return true;
    pg_rollback(pg);
    if (waiter->queue_request.reservation)
        *waiter->queue_request.reservation = before;
    return false;
}

/* Stores for how long a 429 blocks the account, as the database said when it was asked at asked_ms. A later
 * block that this process has learned of since then stays. */
static void note_block(struct queue *queue, int64_t asked_ms, int64_t blocked_ms)
{
    int64_t until_ms = clock_now_ms() + blocked_ms;
    if (queue->block_seen_ms > asked_ms && queue->blocked_until_ms > until_ms)
        return;
    queue->blocked_until_ms = until_ms;
    queue->block_seen_ms = clock_now_ms();
}

/* The database took the place at an unknown moment between asked_ms and now, which may be far apart if the
 * process was suspended. So the time from which the place may be used is counted from now, its end from
 * asked_ms. */
static void note_place(struct queue *queue, struct waiter *waiter, const struct budget_place *place,
                       int64_t asked_ms)
{
    int64_t now_ms = clock_now_ms();
    if (place->look_ms > 0) {
        waiter->not_before_ms = now_ms + place->look_ms;
        waiter->payable_at_ms = now_ms + place->submit_ms;
        log_wait(
            waiter, place->look_ms,
            place->waits_for_reservations
                ? "for the request budget: the requests that this query needs are reserved for other results"
                : "until the request budget also covers the pages of the query");
    } else {
        queue->send_from_ms = now_ms + place->send_in_ms;
        queue->send_by_ms = asked_ms + place->send_in_ms + budget_send_within_ms(&queue->budget);
        queue->send_waited = place->send_in_ms > 0;
    }
}

/* Asks the database for the next place, without holding the mutex. Only the first waiter does this. */
static bool find_place(struct queue *queue, struct waiter *waiter, struct pg *pg, struct err *err)
{
    struct budget_place place = {0};
    bool is_submit = waiter->queue_request.urgency == URGENCY_SUBMIT;
    int64_t asked_ms = clock_now_ms();
    queue->asking = true;
    pthread_mutex_unlock(&queue->mutex);
    bool asked = is_submit ? take_for_submit(queue, waiter, pg, &place, err)
                           : budget_take(&queue->budget, pg, &place.send_in_ms, &place.blocked_ms, err);
    pthread_mutex_lock(&queue->mutex);
    queue->asking = false;
    if (asked) {
        queue->budget.was_used = true;
        note_block(queue, asked_ms, place.blocked_ms);
        note_place(queue, waiter, &place, asked_ms);
    }
    pthread_cond_broadcast(&queue->changed);
    return asked;
}

/* Reads the block again: a 429 may have come during the wait for a place, or a user may have ended a block.
 */
static bool read_block(struct queue *queue, struct pg *pg, struct err *err)
{
    struct budget_level level;
    int64_t asked_ms = clock_now_ms();
    queue->asking = true;
    pthread_mutex_unlock(&queue->mutex);
    bool asked = budget_read(&queue->budget, pg, 0, &level, err);
    pthread_mutex_lock(&queue->mutex);
    queue->asking = false;
    if (asked) {
        note_block(queue, asked_ms, level.blocked_ms);
        queue->send_waited = false;
    }
    pthread_cond_broadcast(&queue->changed);
    return asked;
}

static bool hint_at_block(const struct queue *queue, struct err *err)
{
    char statement[BUDGET_UNBLOCK_TEXT];
    return err_hint(err, "to send requests before, end the block: %s",
                    budget_unblock_statement(&queue->budget, statement));
}

/* why: appended to the message; may be "". Returns false. */
static bool refuse_blocked(const struct queue *queue, int64_t wait_ms, const char *why, struct err *err)
{
    err_set(err, ERR_LATER, "the service asks to wait %.0f s (429)%s", (double)wait_ms / 1000, why);
    return hint_at_block(queue, err);
}

static bool too_late(const struct queue *queue, const struct waiter *waiter, int64_t send_at_ms,
                     struct err *err)
{
    int64_t now_ms = clock_now_ms();
    bool is_blocked = queue->blocked_until_ms > now_ms && queue->blocked_until_ms >= send_at_ms;
    if (send_at_ms <= waiter->deadline_ms)
        return false;
    if (send_at_ms > now_ms)
        err_set(
            err, ERR_LATER, "the request budget allows the next request in %.0f s, past the job's timeout%s",
            (double)(send_at_ms - now_ms) / 1000, is_blocked ? ": the service has asked to wait (429)" : "");
    else
        err_set(err, ERR_LATER, "the request budget has not allowed the request by the job's timeout");
    if (is_blocked)
        hint_at_block(queue, err);
    else
        err_hint(err, "run it later, raise the job's timeout, or use larger pages (page_size)");
    return true;
}

/* No place is taken before the end of a block: it would be too old by then. */
static bool wait_for_block(struct queue *queue, struct waiter *waiter, struct pg *pg, struct err *err)
{
    int64_t now_ms = clock_now_ms();
    if (now_ms - queue->block_seen_ms >= READ_BLOCK_MS)
        return read_block(queue, pg, err);
    if (waiter->queue_request.gives_up_if_blocked)
        return refuse_blocked(queue, queue->blocked_until_ms - now_ms, "", err);
    if (too_late(queue, waiter, queue->blocked_until_ms, err))
        return false;
    log_wait(waiter, queue->blocked_until_ms - now_ms, "as the service asks (429)");
    progress_wait("as the service asks (429)", queue->blocked_until_ms);
    wait_until(queue, queue->blocked_until_ms);
    return true;
}

/* A place is held: it may be used once the bucket has refilled and no 429 blocks the account. */
static bool wait_for_place(struct queue *queue, struct waiter *waiter, struct pg *pg, bool *passed,
                           struct err *err)
{
    int64_t now_ms = clock_now_ms();
    int64_t send_at_ms = queue->send_from_ms;
    if (queue->blocked_until_ms > send_at_ms && queue->blocked_until_ms > now_ms)
        return wait_for_block(queue, waiter, pg, err);
    if (send_at_ms <= now_ms && queue->send_waited)
        return read_block(queue, pg, err);
    if (too_late(queue, waiter, send_at_ms, err))
        return false;
    if (send_at_ms > now_ms) {
        log_wait(waiter, send_at_ms - now_ms, "for the request budget");
        show_progress(waiter, send_at_ms, now_ms);
        wait_until(queue, send_at_ms);
        return true;
    }
    queue->send_from_ms = NOT_TAKEN;
    waiter->send_by_ms = queue->send_by_ms;
    *passed = true;
    return true;
}

/* One step of the wait. *passed: this waiter is first, and the place that is held is its own. False: err says
 * why it gives up. */
static bool step(struct queue *queue, struct waiter *waiter, struct pg *pg, bool *passed, struct err *err)
{
    int64_t now_ms = clock_now_ms();
    if (stop_requested())
        return stop_error(err);
    if (too_late(queue, waiter, waiter->not_before_ms > now_ms ? waiter->payable_at_ms : now_ms, err))
        return false;
    if (first_ready(queue, now_ms) != waiter || queue->asking) {
        show_progress(waiter, CLOCK_NEVER, now_ms);
        wait_until(queue, waiter->not_before_ms > now_ms ? waiter->not_before_ms : now_ms + CHECK_STOP_MS);
        return true;
    }
    if (queue->send_from_ms == NOT_TAKEN && queue->blocked_until_ms > now_ms)
        return wait_for_block(queue, waiter, pg, err);
    if (queue->send_from_ms == NOT_TAKEN)
        return find_place(queue, waiter, pg, err);
    return wait_for_place(queue, waiter, pg, passed, err);
}

/* How long giving a place back may take after a stop. */
#define GIVE_BACK_MS 1000

/* If no other request waits, a waiter that leaves without sending returns the place that is held to the
 * budget, unless the place is too old to be used. */
static void give_back(struct queue *queue, struct pg *pg)
{
    struct err ignored;
    bool held = !queue->first && queue->send_from_ms != NOT_TAKEN && !queue->asking;
    int64_t send_by_ms = queue->send_by_ms;
    if (held)
        queue->send_from_ms = NOT_TAKEN;
    pthread_mutex_unlock(&queue->mutex);
    bool is_usable = held && clock_now_ms() <= send_by_ms;
    if (is_usable && stop_requested())
        pg_ignore_stop(pg, GIVE_BACK_MS);
    if (is_usable && !budget_return(&queue->budget, pg, &ignored))
        log_debug("budget-return", "%s", ignored.text);
}

/* For how long a 429 still blocks the account, as the database says. Pages follow each other within moments,
 * so for a page the database is only asked if this process knows of a block. */
static bool find_block(struct queue *queue, struct pg *pg, const struct queue_request *request,
                       int64_t *wait_ms, struct err *err)
{
    struct budget_level level;
    int64_t asked_ms = clock_now_ms();
    pthread_mutex_lock(&queue->mutex);
    *wait_ms = queue->blocked_until_ms - asked_ms;
    pthread_mutex_unlock(&queue->mutex);
    if (!pg || (*wait_ms <= 0 && request->urgency == URGENCY_PAGE))
        return true;
    if (!budget_read(&queue->budget, pg, 0, &level, err))
        return false;
    pthread_mutex_lock(&queue->mutex);
    note_block(queue, asked_ms, level.blocked_ms);
    *wait_ms = queue->blocked_until_ms - clock_now_ms();
    pthread_mutex_unlock(&queue->mutex);
    return true;
}

/* For a budget without a limit on our side: only a 429 of the service makes a request wait. */
static bool pass_unlimited(struct queue *queue, struct pg *pg, struct waiter *waiter, struct err *err)
{
    for (;;) {
        int64_t wait_ms;
        if (stop_requested())
            return stop_error(err);
        if (!find_block(queue, pg, &waiter->queue_request, &wait_ms, err))
            return false;
        if (wait_ms <= 0)
            return true;
        if (waiter->queue_request.gives_up_if_blocked)
            return refuse_blocked(queue, wait_ms, "", err);
        if (clock_now_ms() + wait_ms > waiter->deadline_ms)
            return refuse_blocked(queue, wait_ms, ", past the job's timeout", err);
        log_wait(waiter, wait_ms, "as the service asks (429)");
        progress_wait("as the service asks (429)", clock_now_ms() + wait_ms);
        if (!stop_sleep(pg && wait_ms > READ_BLOCK_MS ? READ_BLOCK_MS : wait_ms, err))
            return false;
        progress_wait(NULL, 0);
    }
}

bool queue_pass(struct queue *queue, struct pg *pg, const struct queue_request *request, int64_t deadline_ms,
                int64_t *send_by_ms, struct err *err)
{
    struct waiter waiter = {.queue_request = *request, .deadline_ms = deadline_ms};
    bool passed = false;
    bool good = true;
    *send_by_ms = CLOCK_NEVER;
    if (queue->budget.per_minute <= 0)
        return pass_unlimited(queue, pg, &waiter, err);
    pthread_mutex_lock(&queue->mutex);
    enter(queue, &waiter);
    while (good && !passed)
        good = step(queue, &waiter, pg, &passed, err);
    leave(queue, &waiter);
    progress_wait(NULL, 0);
    *send_by_ms = waiter.send_by_ms;
    if (good)
        pthread_mutex_unlock(&queue->mutex);
    else
        give_back(queue, pg);
    return good;
}

/* A copy, made under the mutex: other threads set was_used. */
static struct budget budget_now(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    struct budget budget = queue->budget;
    pthread_mutex_unlock(&queue->mutex);
    return budget;
}

bool queue_block(struct queue *queue, struct pg *pg, int64_t wait_ms, struct err *err)
{
    struct budget budget = budget_now(queue);
    if (pg && !budget_block(&budget, pg, wait_ms, err))
        return false;
    pthread_mutex_lock(&queue->mutex);
    int64_t now_ms = clock_now_ms();
    if (queue->blocked_until_ms < now_ms + wait_ms)
        queue->blocked_until_ms = now_ms + wait_ms;
    queue->block_seen_ms = now_ms;
    pthread_mutex_unlock(&queue->mutex);
    return true;
}

bool queue_check(struct queue *queue, struct pg *pg, struct err *err)
{
    struct budget budget = budget_now(queue);
    return budget_check_row(&budget, pg, err);
}

bool queue_reserve(struct queue *queue, struct pg *pg, struct reservation *reservation, uint64_t requests,
                   struct err *err)
{
    if (queue->budget.per_minute <= 0)
        return true;
    if (requests == 0) {
        queue_release_reservation(reservation, pg);
        return true;
    }
    return reservation_set(&queue->budget, pg, requests, reservation->lifetime_ms, &reservation->id, err);
}

void queue_release_reservation(struct reservation *reservation, struct pg *pg)
{
    struct err ignored;
    if (reservation->id != 0 && !reservation_end(pg, reservation->id, &ignored))
        log_debug("reservation", "%s; it expires by itself", ignored.text);
    reservation->id = 0;
}

bool queue_can_pay(struct queue *queue, struct pg *pg, const struct payment *payment, bool *can_pay,
                   struct err *err)
{
    struct budget_level level = {0};
    int64_t own = payment->reservation->id;
    if (queue->budget.per_minute > 0 && !budget_read(&queue->budget, pg, own, &level, err))
        return false;
    *can_pay = budget_allows(&queue->budget, &level, payment->requests + level.reserved, payment->span_ms);
    return true;
}
