#include "api/budget.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "sql/statements.h"

#include <inttypes.h>
#include <stdio.h>

/* Waits shorter than this are not worth a line. */
#define WORTH_TELLING_MS 2000

struct budget budget_of(const struct settings *settings)
{
    const char *client = settings->auth.client_id;
    return (struct budget){
        .account = *client ? client : "default",
        .per_minute = settings->api.per_minute,
        .burst = settings->api.burst,
    };
}

static bool give_back(const struct budget *budget, struct pg *pg, int64_t wait_ms, struct err *err)
{
    SCOPED(pg_result) PGresult *returned = pg_query(pg, SQL_BUDGET_RETURN, PG_PARAMS(budget->account), err);
    if (!returned)
        return false;
    err_set(err, ERR_LATER, "the request budget allows the next request in %.0f s, past the job's timeout",
            (double)wait_ms / 1000);
    return err_hint(err, "run it later, raise the job's timeout, or ask for fewer pages (page_size)");
}

bool budget_take(const struct budget *budget, struct pg *pg, int64_t deadline_ms, struct err *err)
{
    char per_minute[32];
    char burst[16];
    if (budget->per_minute <= 0)
        return true;
    snprintf(per_minute, sizeof per_minute, "%.9g", budget->per_minute);
    snprintf(burst, sizeof burst, "%u", budget->burst);
    SCOPED(pg_result)
    PGresult *taken = pg_query(pg, SQL_BUDGET_TAKE, PG_PARAMS(budget->account, per_minute, burst), err);
    if (!taken)
        return err_wrap(err, "cannot take from the request budget");
    int64_t wait_ms = pg_int(taken, 0, 0);
    if (clock_deadline(wait_ms) > deadline_ms)
        return give_back(budget, pg, wait_ms, err);
    if (wait_ms >= WORTH_TELLING_MS)
        log_info("budget-wait", "waiting %.0f s for the request budget", (double)wait_ms / 1000);
    return wait_ms == 0 || stop_sleep(wait_ms, err);
}

bool budget_block(const struct budget *budget, struct pg *pg, int64_t wait_ms, struct err *err)
{
    char wait[24];
    if (budget->per_minute <= 0)
        return true;
    snprintf(wait, sizeof wait, "%" PRId64, wait_ms);
    SCOPED(pg_result)
    PGresult *blocked = pg_query(pg, SQL_BUDGET_BLOCK, PG_PARAMS(budget->account, wait), err);
    return blocked != NULL;
}
