#include "state/budget.h"

#include "sql/statements.h"

#include <stdio.h>
#include <stdlib.h>

struct budget budget_of(const struct settings *settings)
{
    const char *client = settings->auth.client_id;
    return (struct budget){
        .account = *client ? client : "default",
        .per_minute = settings->api.per_minute,
        .burst = settings->api.burst,
    };
}

double budget_capacity(const struct budget *budget)
{
    double reserve = budget->burst < 5 ? (double)budget->burst / 5 : 1;
    return (double)budget->burst - reserve;
}

bool budget_allows(const struct budget *budget, const struct budget_level *level, uint64_t requests,
                   int64_t span_ms)
{
    if (budget->per_minute <= 0)
        return true;
    if (level->blocked_ms >= span_ms)
        return false;
    return (double)requests <= level->requests + budget->per_minute / 60000 * (double)span_ms;
}

/* The bucket's numbers as statements want them. */
struct figures {
    char per_minute[32];
    char capacity[32];
};

static struct figures figures_of(const struct budget *budget)
{
    struct figures figures;
    snprintf(figures.per_minute, sizeof figures.per_minute, "%.9g", budget->per_minute);
    snprintf(figures.capacity, sizeof figures.capacity, "%.9g", budget_capacity(budget));
    return figures;
}

bool budget_take(const struct budget *budget, struct pg *pg, int64_t *wait_ms, struct err *err)
{
    struct figures figures = figures_of(budget);
    SCOPED(pg_result)
    PGresult *taken =
        pg_query(pg, SQL_BUDGET_TAKE, PG_PARAMS(budget->account, figures.per_minute, figures.capacity), err);
    if (!taken)
        return err_wrap(err, "cannot take from the request budget");
    *wait_ms = pg_integer(taken, 0, "wait_ms");
    return true;
}

bool budget_return(const struct budget *budget, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *returned = pg_query(pg, SQL_BUDGET_RETURN, PG_PARAMS(budget->account), err);
    return returned != NULL;
}

bool budget_look(const struct budget *budget, struct pg *pg, struct budget_level *level, struct err *err)
{
    struct figures figures = figures_of(budget);
    SCOPED(pg_result)
    PGresult *looked =
        pg_query(pg, SQL_BUDGET_LOOK, PG_PARAMS(budget->account, figures.per_minute, figures.capacity), err);
    if (!looked)
        return err_wrap(err, "cannot look at the request budget");
    bool used_before = PQntuples(looked) > 0;
    level->requests = used_before ? strtod(pg_value(looked, 0, "requests"), NULL) : budget_capacity(budget);
    level->blocked_ms = used_before ? pg_integer(looked, 0, "blocked_ms") : 0;
    return true;
}

bool budget_block(const struct budget *budget, struct pg *pg, int64_t wait_ms, struct err *err)
{
    char wait[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *blocked =
        pg_query(pg, SQL_BUDGET_BLOCK, PG_PARAMS(budget->account, pg_number(wait_ms, wait)), err);
    return blocked != NULL;
}
