#include "api/queue.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/stop.h"

#include <pthread.h>
#include <stdlib.h>

/* How often a waiting thread looks whether it is to stop. */
#define LOOK_MS 100
/* Waits shorter than this are not worth a line in the log. */
#define WORTH_TELLING_MS 2000
#define NO_PLACE (-1)

struct waiter {
    struct ticket ticket;
    int64_t deadline_ms;
    int64_t not_before_ms; /* a submit that the budget could not pay for yet */
    bool told;
    struct waiter *next; /* who goes after it */
};

struct queue {
    struct budget budget;
    int64_t lifetime_ms;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct waiter *first;
    int64_t place_at_ms; /* the place held in the budget: from when on it may be used; NO_PLACE: none */
    bool place_waited;   /* it was to be waited for, so a 429 elsewhere may have come meanwhile */
    bool asking;         /* some thread is asking the database */
    int64_t reserved;
    int64_t blocked_until_ms; /* by a 429 that this process has seen; where there is no limit on our side */
};

struct queue *queue_make(const struct budget *budget, int64_t result_lifetime_ms)
{
    pthread_condattr_t attributes;
    struct queue *queue = mem_alloc(1, sizeof *queue);
    queue->budget = *budget;
    queue->lifetime_ms = result_lifetime_ms;
    queue->place_at_ms = NO_PLACE;
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

bool ticket_before(const struct ticket *one, const struct ticket *other)
{
    if (one->urgency != other->urgency)
        return one->urgency < other->urgency;
    return one->expires_at_ms < other->expires_at_ms;
}

int64_t queue_submit_wait_ms(const struct budget *budget, double level, uint64_t needs, int64_t lifetime_ms)
{
    double per_ms = budget->per_minute / 60000;
    double wanted = 1 + (double)needs - per_ms * (double)lifetime_ms;
    double capacity = budget_capacity(budget);
    if (wanted > capacity)
        wanted = capacity;
    /* A hair below: a bucket that fills asymptotically close is full. */
    double lacking = wanted - level - 0.01;
    return lacking > 0 ? (int64_t)(lacking / per_ms) + 1 : 0;
}

static void enter(struct queue *queue, struct waiter *waiter)
{
    struct waiter **place = &queue->first;
    while (*place && !ticket_before(&waiter->ticket, &(*place)->ticket))
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

/* The first of the line that may go now: a submit that must wait for the budget lets others pass. */
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
    int64_t until_ms = moment_ms < now_ms + LOOK_MS ? moment_ms : now_ms + LOOK_MS;
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};
    pthread_cond_timedwait(&queue->changed, &queue->mutex, &until);
}

static void tell(struct waiter *waiter, int64_t wait_ms, const char *what)
{
    if (waiter->told || wait_ms < WORTH_TELLING_MS)
        return;
    waiter->told = true;
    log_write_numbers(LOG_INFO, "budget-wait", LOG_NUMBERS({"wait_ms", wait_ms}), "waiting %.0f s %s",
                      (double)wait_ms / 1000, what);
}

/* A submit that waits for the budget knows until when; others stand in the line for a place: NEVER. */
static void tell_progress(const struct waiter *waiter, int64_t place_at_ms, int64_t now_ms)
{
    if (waiter->not_before_ms > now_ms)
        progress_wait("for the budget", waiter->not_before_ms);
    else
        progress_wait(place_at_ms == CLOCK_NEVER ? "for its turn" : "for the budget", place_at_ms);
}

/* Asks the database for the next place, without the mutex; only the first of the line does. */
static bool hold_place(struct queue *queue, struct waiter *waiter, struct pg *pg, struct err *err)
{
    int64_t wait_ms = 0;
    int64_t submit_wait_ms = 0;
    bool is_submit = waiter->ticket.urgency == URGENCY_SUBMIT;
    uint64_t needs = waiter->ticket.needs + (queue->reserved > 0 ? (uint64_t)queue->reserved : 0);
    queue->asking = true;
    pthread_mutex_unlock(&queue->mutex);
    struct budget_level level;
    bool asked = !is_submit || budget_look(&queue->budget, pg, &level, err);
    if (asked && is_submit)
        submit_wait_ms = queue_submit_wait_ms(&queue->budget, level.requests, needs, queue->lifetime_ms);
    if (asked && submit_wait_ms == 0)
        asked = budget_take(&queue->budget, pg, &wait_ms, err);
    pthread_mutex_lock(&queue->mutex);
    queue->asking = false;
    if (asked && submit_wait_ms > 0) {
        waiter->not_before_ms = clock_now_ms() + submit_wait_ms;
        tell(waiter, submit_wait_ms, "until the request budget can also fetch what the query brings");
    } else if (asked) {
        queue->place_at_ms = clock_now_ms() + wait_ms;
        queue->place_waited = wait_ms > 0;
    }
    pthread_cond_broadcast(&queue->changed);
    return asked;
}

/* A place that was waited for may have come to lie behind somebody's 429. */
static bool confirm_place(struct queue *queue, struct pg *pg, struct err *err)
{
    struct budget_level level;
    queue->asking = true;
    pthread_mutex_unlock(&queue->mutex);
    bool asked = budget_look(&queue->budget, pg, &level, err);
    pthread_mutex_lock(&queue->mutex);
    queue->asking = false;
    queue->place_waited = asked && level.blocked_ms > 0;
    if (queue->place_waited)
        queue->place_at_ms = clock_now_ms() + level.blocked_ms;
    pthread_cond_broadcast(&queue->changed);
    return asked;
}

static bool too_late(struct waiter *waiter, int64_t turn_ms, struct err *err)
{
    if (turn_ms <= waiter->deadline_ms)
        return false;
    err_set(err, ERR_LATER, "the request budget allows the next request in %.0f s, past the job's timeout",
            (double)(turn_ms - clock_now_ms()) / 1000);
    err_hint(err, "run it later, raise the job's timeout, or ask for larger pages (page_size)");
    return true;
}

/* One look at the line. *passed: it is this one's turn, and paid. False: err says why it gives up. */
static bool step(struct queue *queue, struct waiter *waiter, struct pg *pg, bool *passed, struct err *err)
{
    int64_t now_ms = clock_now_ms();
    if (stop_requested())
        return stop_error(err);
    if (too_late(waiter, waiter->not_before_ms > now_ms ? waiter->not_before_ms : now_ms, err))
        return false;
    if (first_ready(queue, now_ms) != waiter || queue->asking) {
        tell_progress(waiter, CLOCK_NEVER, now_ms);
        wait_until(queue, waiter->not_before_ms > now_ms ? waiter->not_before_ms : now_ms + LOOK_MS);
        return true;
    }
    if (queue->place_at_ms == NO_PLACE)
        return hold_place(queue, waiter, pg, err);
    if (too_late(waiter, queue->place_at_ms, err))
        return false;
    if (queue->place_at_ms > now_ms) {
        tell(waiter, queue->place_at_ms - now_ms, "for the request budget");
        tell_progress(waiter, queue->place_at_ms, now_ms);
        wait_until(queue, queue->place_at_ms);
        return true;
    }
    if (queue->place_waited)
        return confirm_place(queue, pg, err);
    queue->place_at_ms = NO_PLACE;
    *passed = true;
    return true;
}

/* After a stop there is so much time to give a place back. */
#define GIVE_BACK_MS 1000

/* The last one that leaves without having asked gives the place back. */
static void give_back(struct queue *queue, struct pg *pg)
{
    struct err ignored;
    bool held = !queue->first && queue->place_at_ms != NO_PLACE && !queue->asking;
    if (held)
        queue->place_at_ms = NO_PLACE;
    pthread_mutex_unlock(&queue->mutex);
    if (held && stop_requested())
        pg_outlive_stop(pg, GIVE_BACK_MS);
    if (held && !budget_return(&queue->budget, pg, &ignored))
        log_debug("budget-return", "%s", ignored.text);
}

/* For how long a 429 still blocks the account: of this process, and for all but pages, which follow upon
 * another within moments, of any. */
static bool find_block(struct queue *queue, struct pg *pg, const struct ticket *ticket, int64_t *wait_ms,
                       struct err *err)
{
    struct budget_level level = {0};
    if (pg && ticket->urgency != URGENCY_PAGE && !budget_look(&queue->budget, pg, &level, err))
        return false;
    pthread_mutex_lock(&queue->mutex);
    int64_t own_ms = queue->blocked_until_ms - clock_now_ms();
    pthread_mutex_unlock(&queue->mutex);
    *wait_ms = level.blocked_ms > own_ms ? level.blocked_ms : own_ms;
    return true;
}

/* Without a limit on our side the service's own 429 is all that makes anybody wait. */
static bool pass_unlimited(struct queue *queue, struct pg *pg, struct waiter *waiter, struct err *err)
{
    for (;;) {
        int64_t wait_ms;
        if (stop_requested())
            return stop_error(err);
        if (!find_block(queue, pg, &waiter->ticket, &wait_ms, err))
            return false;
        if (wait_ms <= 0)
            return true;
        if (clock_now_ms() + wait_ms > waiter->deadline_ms)
            return err_set(err, ERR_LATER, "the service asks to wait %.0f s (429), past the job's timeout",
                           (double)wait_ms / 1000);
        tell(waiter, wait_ms, "as the service asks (429)");
        progress_wait("as the service asks", clock_now_ms() + wait_ms);
        if (!stop_sleep(wait_ms, err))
            return false;
        progress_go_on();
    }
}

bool queue_pass(struct queue *queue, struct pg *pg, const struct ticket *ticket, int64_t deadline_ms,
                struct err *err)
{
    struct waiter waiter = {.ticket = *ticket, .deadline_ms = deadline_ms};
    bool passed = false;
    bool good = true;
    if (queue->budget.per_minute <= 0)
        return pass_unlimited(queue, pg, &waiter, err);
    pthread_mutex_lock(&queue->mutex);
    enter(queue, &waiter);
    while (good && !passed)
        good = step(queue, &waiter, pg, &passed, err);
    leave(queue, &waiter);
    progress_go_on();
    if (good)
        pthread_mutex_unlock(&queue->mutex);
    else
        give_back(queue, pg);
    return good;
}

bool queue_block(struct queue *queue, struct pg *pg, int64_t wait_ms, struct err *err)
{
    pthread_mutex_lock(&queue->mutex);
    int64_t until_ms = clock_now_ms() + wait_ms;
    if (queue->blocked_until_ms < until_ms)
        queue->blocked_until_ms = until_ms;
    if (queue->place_at_ms != NO_PLACE && queue->place_at_ms < until_ms)
        queue->place_at_ms = until_ms;
    pthread_mutex_unlock(&queue->mutex);
    return !pg || budget_block(&queue->budget, pg, wait_ms, err);
}

void queue_reserve(struct queue *queue, int64_t requests)
{
    pthread_mutex_lock(&queue->mutex);
    queue->reserved += requests;
    pthread_mutex_unlock(&queue->mutex);
}

bool queue_can_pay(struct queue *queue, struct pg *pg, uint64_t requests, int64_t span_ms, bool *can_pay,
                   struct err *err)
{
    struct budget_level level = {0};
    pthread_mutex_lock(&queue->mutex);
    uint64_t reserved = queue->reserved > 0 ? (uint64_t)queue->reserved : 0;
    pthread_mutex_unlock(&queue->mutex);
    if (queue->budget.per_minute > 0 && !budget_look(&queue->budget, pg, &level, err))
        return false;
    *can_pay = budget_allows(&queue->budget, &level, requests + reserved, span_ms);
    return true;
}
