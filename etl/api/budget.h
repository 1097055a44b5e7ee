/*
 * The request budget: the service's rate limit, kept on our side, so that it is never met there.
 *
 * One token bucket an account in the table tokenflex_etl.request_budget, shared by every job, process and
 * host that uses the account; the database's clock refills it. Token Flex API, "Rate limits".
 */
#ifndef API_BUDGET_H
#define API_BUDGET_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/pg.h"

struct budget {
    const char *account; /* borrowed */
    double per_minute;   /* 0: no limit on our side; nothing is asked of the database */
    unsigned burst;
};

/* Of the settings: the account is the client id, or `default` where there is none. */
struct budget budget_of(const struct settings *settings);

/*
 * Takes one request and waits until it may be made. Outside a transaction. ERR_LATER, with nothing taken,
 * when that would be past the deadline (monotonic); ERR_STOPPED.
 */
MUST_CHECK bool budget_take(const struct budget *budget, struct pg *pg, int64_t deadline_ms, struct err *err);

/* The service has said 429: nobody of this account asks for wait_ms. */
MUST_CHECK bool budget_block(const struct budget *budget, struct pg *pg, int64_t wait_ms, struct err *err);

#endif
