/*
 * The request budget: the service's rate limit, enforced on our side, so that the service does not answer
 * 429.
 *
 * One token bucket per account in the table tokenflex_etl.request_budget, shared by every job, process and
 * host that uses the account; the database's clock refills it. Token Flex API, "Rate limits": a rate that
 * holds over a period, and one burst within it. So the bucket begins full. A burst begins with the first
 * request that is taken from a bucket that is not full, and with it a period of period_ms. Until the period
 * ends, the bucket refills only up to what it held after the last request was taken, plus one request.
 *
 * If the service answers 429 in spite of the budget, the saved requests and the rate are halved. The rate
 * then rises every hour by a tenth of `per_minute`, up to `per_minute`, or up to `max_per_minute` if that is
 * larger.
 *
 * Within a process, api/queue decides which request is next.
 */
#ifndef STATE_BUDGET_H
#define STATE_BUDGET_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct budget {
    const char *account; /* borrowed */
    double per_minute;   /* 0: no limit on our side: none is taken; a 429 blocks the account all the same */
    unsigned burst;
    int64_t period_ms;     /* from the beginning of a burst to the next; 0: the bucket fills at all times */
    double max_per_minute; /* the most that the rate may rise to, but at least per_minute */
    bool was_used;         /* set by the caller after its first use of the account's row, which must be there
                              from then on; false: the next use makes the row */
};

/* Of the settings: the account is the one that they name, else the client id, else `default`. */
struct budget budget_of(const struct settings *settings);

/*
 * What the bucket holds when it is full: the burst less a reserve of one request (a fifth of a small burst).
 * The time between taking a request here and its arrival at the service varies; without a reserve a fast
 * request could arrive while the service's bucket is less full than ours. Pure.
 */
double budget_capacity(const struct budget *budget);

/*
 * The latest delay, in ms, between the moment from which a request may be sent and its sending: the time in
 * which the bucket gains one request (at least 1 s), because the reserve covers one request.
 *
 * The service's bucket never holds more than its burst. So if several requests are sent late and together,
 * they can be more than the bucket holds, although each one was taken at the right time. A caller that is too
 * late takes another request. It does not return the first one, because the bucket may have been full since.
 * Pure.
 */
int64_t budget_send_within_ms(const struct budget *budget);

/* What the bucket holds now. */
struct budget_level {
    double requests;     /* that could be made at once; below zero: the number promised to others */
    int64_t blocked_ms;  /* for this time no request may be sent; 0: not blocked */
    double per_minute;   /* the rate now; 0: that of struct budget */
    int64_t burst_ms;    /* until the period allows another burst; 0: it does now */
    double ceiling;      /* burst_ms > 0: what the bucket fills up to until then */
    uint64_t reserved;   /* requests that results under way will take, other than the caller's */
    int64_t reserved_ms; /* until those reservations expire at the latest */
};

/* What a row of the table says: what the bucket held when it was last taken from. */
struct budget_row {
    double tokens;
    double age_ms;
    int64_t burst_age_ms; /* since the last burst began; negative: none has */
    double rate_share;    /* the rate then, as a share of the one set */
};

/* The arithmetic: pure. */

/* A bucket from which no request was taken yet. */
struct budget_level budget_full(const struct budget *budget);

struct budget_level budget_level_of(const struct budget *budget, const struct budget_row *row);

/* Requests a minute now. */
double budget_rate(const struct budget *budget, const struct budget_level *level);

/* The level after span_ms in which nothing is taken. */
struct budget_level budget_later(const struct budget *budget, const struct budget_level *level,
                                 int64_t span_ms);

/* One request is taken. */
void budget_note_taken(const struct budget *budget, struct budget_level *level);

/* The time until the bucket holds this number of requests, if none is taken; BUDGET_NEVER: its capacity is
 * lower.
 */
#define BUDGET_NEVER INT64_MAX
int64_t budget_fill_ms(const struct budget *budget, const struct budget_level *level, double requests);

/* Whether this number of requests can be made within span_ms if no one else takes any. */
bool budget_allows(const struct budget *budget, const struct budget_level *level, uint64_t requests,
                   int64_t span_ms);

/*
 * The database. To be called outside a transaction, unless a function says that it may be inside.
 *
 * The first use of an account makes its row, with a full bucket. If somebody deletes the row after that, the
 * requests that were sent would be forgotten: budget_take(), budget_lock() and budget_block() then fail with
 * ERR_LATER.
 */

/* ERR_LATER if this process has used the row and it is not there. Also inside a transaction. */
MUST_CHECK bool budget_check_row(const struct budget *budget, struct pg *pg, struct err *err);

/* ERR_LATER with the cause. Returns false. */
bool budget_refuse_deleted(const struct budget *budget, struct err *err);

/*
 * Takes one request. It may be sent in *send_in_ms from now, when the bucket has refilled for it: waiting
 * runs on all hosts form one queue. Nor may it be sent before *blocked_ms from now have passed; 0: no 429
 * blocks the account. Also inside a transaction.
 */
MUST_CHECK bool budget_take(const struct budget *budget, struct pg *pg, int64_t *send_in_ms,
                            int64_t *blocked_ms, struct err *err);

/* Gives back a request that was taken and not made. */
MUST_CHECK bool budget_return(const struct budget *budget, struct pg *pg, struct err *err);

/* Reads the bucket without taking a request. own: a reservation that is not counted; 0: none. Also inside a
 * transaction.
 */
MUST_CHECK bool budget_read(const struct budget *budget, struct pg *pg, int64_t own,
                            struct budget_level *level, struct err *err);

/* Inside a transaction: until its end no other session takes from the account's bucket, so none submits a
 * query. It does not hold up reservations: reservation_set() of another session does not wait for it.
 */
MUST_CHECK bool budget_lock(const struct budget *budget, struct pg *pg, struct err *err);

/* The service has answered 429: the account sends no request for wait_ms. */
MUST_CHECK bool budget_block(const struct budget *budget, struct pg *pg, int64_t wait_ms, struct err *err);

/* The statement that ends a block, for people; out holds BUDGET_UNBLOCK_TEXT bytes. Returns out. */
#define BUDGET_UNBLOCK_TEXT 256
const char *budget_unblock_statement(const struct budget *budget, char *out);

/*
 * Reservations: requests that results under way at the service will take. A reservation ends with the work,
 * or at the latest when the result expires, for the work of a killed process. Also inside a transaction.
 *
 * reservation_set() changes the reservation *reservation: it holds this number of requests, and expires
 * lifetime_ms from now. If *reservation is 0, or the reservation is gone because another session has deleted
 * it as expired, makes a new reservation and stores its number in *reservation.
 */
MUST_CHECK bool reservation_set(const struct budget *budget, struct pg *pg, uint64_t requests,
                                int64_t lifetime_ms, int64_t *reservation, struct err *err);
MUST_CHECK bool reservation_end(struct pg *pg, int64_t reservation, struct err *err);

#endif
