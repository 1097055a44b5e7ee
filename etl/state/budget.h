/*
 * The request budget: the service's rate limit, kept on our side, so that it is never met there.
 *
 * One token bucket an account in the table tokenflex_etl.request_budget, shared by every job, process and
 * host that uses the account; the database's clock refills it. Token Flex API, "Rate limits". Within a
 * process api/queue says who takes next.
 */
#ifndef STATE_BUDGET_H
#define STATE_BUDGET_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct budget {
    const char *account; /* borrowed */
    double per_minute;   /* 0: no limit on our side; nothing is asked of the database then */
    unsigned burst;
};

/* Of the settings: the account is the client id, or `default` where there is none. */
struct budget budget_of(const struct settings *settings);

/*
 * What the bucket holds when it is full: the burst less a reserve of one request (a fifth of a small burst).
 * Requests reach the service sooner or later after they were paid for here; without a reserve the ones that
 * are fast would meet a bucket there that is not as full as ours. Pure.
 */
double budget_capacity(const struct budget *budget);

/*
 * Takes one request. It may be made after *wait_ms, by then the bucket has refilled that far: waiting runners
 * stand in one line, on whatever host they are. Outside a transaction.
 */
MUST_CHECK bool budget_take(const struct budget *budget, struct pg *pg, int64_t *wait_ms, struct err *err);

/* Gives back a request that was taken and not made. */
MUST_CHECK bool budget_return(const struct budget *budget, struct pg *pg, struct err *err);

struct budget_level {
    double requests;    /* that could be made at once; below zero: so many are promised to others */
    int64_t blocked_ms; /* until then nobody may ask; 0: not blocked */
};

/* Looks, and takes nothing. */
MUST_CHECK bool budget_look(const struct budget *budget, struct pg *pg, struct budget_level *level,
                            struct err *err);

/* Whether so many requests can be made within span_ms, by one who has the budget to himself. Pure. */
bool budget_allows(const struct budget *budget, const struct budget_level *level, uint64_t requests,
                   int64_t span_ms);

/* The service has said 429: nobody of this account asks for wait_ms. */
MUST_CHECK bool budget_block(const struct budget *budget, struct pg *pg, int64_t wait_ms, struct err *err);

#endif
