#include "state/budget.h"

#include "base/text.h"
#include "sql/statements.h"

#include <stdio.h>
#include <stdlib.h>

/* The time in which the rate rises by the whole of per_minute: ten hours. sql/budget/budget_take has the
 * same.
 */
#define REGAIN_MS 36000000.0

/* The service's period begins when the first request of the burst arrives there: later than ours, which
 * begins when a request is taken. So our period is longer by a hundredth. */
#define PERIOD_MARGIN 1.01

/* A request is sent within a second even on a busy machine. At a rate above one request a second, the
 * service's bucket gains more than one request in this time. */
#define MIN_SEND_WITHIN_MS 1000

struct budget budget_of(const struct settings *settings)
{
    const char *client = settings->auth.client_id;
    const char *account = settings->api.account;
    const char *fallback = *client ? client : "default";
    return (struct budget){
        .account = account && *account ? account : fallback,
        .per_minute = settings->api.per_minute,
        .burst = settings->api.burst,
        .period_ms = (int64_t)((double)settings->api.period_ms * PERIOD_MARGIN),
        .max_per_minute = settings->api.max_per_minute,
    };
}

double budget_capacity(const struct budget *budget)
{
    double reserve = budget->burst < 5 ? (double)budget->burst / 5 : 1;
    return (double)budget->burst - reserve;
}

static double least(double one, double other)
{
    return one < other ? one : other;
}

static double most(double one, double other)
{
    return one > other ? one : other;
}

/* The most that the rate may be, as a share of the one set. */
static double max_share(const struct budget *budget)
{
    return budget->per_minute > 0 ? most(1, budget->max_per_minute / budget->per_minute) : 1;
}

int64_t budget_send_within_ms(const struct budget *budget)
{
    double rate = max_share(budget) * budget->per_minute;
    double refill_ms = rate > 0 ? 60000 / rate : 0;
    return refill_ms > MIN_SEND_WITHIN_MS ? (int64_t)refill_ms : MIN_SEND_WITHIN_MS;
}

struct budget_level budget_full(const struct budget *budget)
{
    return (struct budget_level){.requests = budget_capacity(budget), .per_minute = budget->per_minute};
}

struct budget_level budget_level_of(const struct budget *budget, const struct budget_row *row)
{
    double share = least(max_share(budget), row->rate_share + row->age_ms / REGAIN_MS);
    double capacity = budget_capacity(budget);
    struct budget_level level = {.per_minute = share * budget->per_minute};
    double refilled = row->tokens + row->age_ms * level.per_minute / 60000;
    bool has_burst = budget->period_ms > 0 && row->burst_age_ms >= 0;
    if (has_burst && row->burst_age_ms < budget->period_ms) {
        level.burst_ms = budget->period_ms - row->burst_age_ms;
        level.ceiling = least(capacity, most(row->tokens, 0) + 1);
        level.requests = least(refilled, level.ceiling);
    } else {
        level.requests = has_burst ? capacity + least(0, refilled) : least(capacity, refilled);
    }
    return level;
}

double budget_rate(const struct budget *budget, const struct budget_level *level)
{
    return level->per_minute > 0 ? level->per_minute : budget->per_minute;
}

static int64_t less(int64_t wait_ms, int64_t span_ms)
{
    return wait_ms > span_ms ? wait_ms - span_ms : 0;
}

struct budget_level budget_later(const struct budget *budget, const struct budget_level *level,
                                 int64_t span_ms)
{
    struct budget_level later = *level;
    double capacity = budget_capacity(budget);
    double refilled = level->requests + budget_rate(budget, level) / 60000 * (double)span_ms;
    later.blocked_ms = less(level->blocked_ms, span_ms);
    later.reserved_ms = less(level->reserved_ms, span_ms);
    later.burst_ms = less(level->burst_ms, span_ms);
    later.reserved = later.reserved_ms > 0 ? level->reserved : 0;
    if (later.burst_ms > 0)
        later.requests = most(level->requests, least(refilled, level->ceiling));
    else if (level->burst_ms > 0)
        later.requests = capacity + least(0, refilled);
    else
        later.requests = least(refilled, capacity);
    return later;
}

void budget_note_taken(const struct budget *budget, struct budget_level *level)
{
    level->requests -= 1;
    if (level->burst_ms == 0 && budget->period_ms > 0 && level->requests < budget_capacity(budget) - 1)
        level->burst_ms = budget->period_ms;
    level->ceiling = least(budget_capacity(budget), most(level->requests, 0) + 1);
}

int64_t budget_fill_ms(const struct budget *budget, const struct budget_level *level, double requests)
{
    double lacking = requests - level->requests;
    if (lacking <= 0)
        return 0;
    if (requests > budget_capacity(budget))
        return BUDGET_NEVER;
    double ms_each = 60000 / budget_rate(budget, level);
    int64_t refill_ms = (int64_t)(lacking * ms_each) + 1;
    if (level->burst_ms == 0)
        return refill_ms;
    /* Requests that are promised already are taken from the next burst. */
    double lacking_then = requests - budget_capacity(budget) - least(level->requests, 0);
    int64_t with_burst_ms = level->burst_ms + (int64_t)(most(lacking_then, 0) * ms_each);
    return requests <= level->ceiling && refill_ms < with_burst_ms ? refill_ms : with_burst_ms;
}

bool budget_allows(const struct budget *budget, const struct budget_level *level, uint64_t requests,
                   int64_t span_ms)
{
    if (budget->per_minute <= 0)
        return true;
    if (level->blocked_ms >= span_ms)
        return false;
    return (double)requests <= level->requests + budget_rate(budget, level) / 60000 * (double)span_ms;
}

static void put_figure(double figure, char *out, size_t size)
{
    snprintf(out, size, "%.9g", figure);
}

static const char *use_of(const struct budget *budget)
{
    return budget->was_used ? "true" : "false";
}

bool budget_refuse_deleted(const struct budget *budget, struct err *err)
{
    err_set(err, ERR_LATER,
            "the row of account %s in tokenflex_etl.request_budget was deleted while the program used it",
            budget->account);
    return err_hint(err, "nothing was loaded; run the job again, which makes the row with a full budget. To "
                         "end a wait, set blocked_until to null instead");
}

bool budget_check_row(const struct budget *budget, struct pg *pg, struct err *err)
{
    if (!budget->was_used)
        return true;
    SCOPED(pg_result) PGresult *looked = pg_query(pg, SQL_BUDGET_READ, PG_PARAMS(budget->account, "0"), err);
    if (!looked)
        return err_wrap(err, "cannot read the request budget");
    return PQntuples(looked) == 1 || budget_refuse_deleted(budget, err);
}

bool budget_take(const struct budget *budget, struct pg *pg, int64_t *send_in_ms, int64_t *blocked_ms,
                 struct err *err)
{
    char per_minute[32];
    char capacity[32];
    char period[PG_NUMBER];
    char share[32];
    put_figure(budget->per_minute, per_minute, sizeof per_minute);
    put_figure(budget_capacity(budget), capacity, sizeof capacity);
    put_figure(max_share(budget), share, sizeof share);
    SCOPED(pg_result)
    PGresult *taken = pg_query(pg, SQL_BUDGET_TAKE,
                               PG_PARAMS(budget->account, per_minute, capacity,
                                         pg_number(budget->period_ms, period), share, use_of(budget)),
                               err);
    if (!taken)
        return err_wrap(err, "cannot take from the request budget");
    if (PQntuples(taken) == 0)
        return budget_refuse_deleted(budget, err);
    *send_in_ms = pg_integer(taken, 0, "send_in_ms");
    *blocked_ms = pg_integer(taken, 0, "blocked_ms");
    return true;
}

bool budget_return(const struct budget *budget, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *returned = pg_query(pg, SQL_BUDGET_RETURN, PG_PARAMS(budget->account), err);
    return returned != NULL;
}

bool budget_read(const struct budget *budget, struct pg *pg, int64_t own, struct budget_level *level,
                 struct err *err)
{
    char id[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *looked = pg_query(pg, SQL_BUDGET_READ, PG_PARAMS(budget->account, pg_number(own, id)), err);
    if (!looked)
        return err_wrap(err, "cannot read the request budget");
    *level = budget_full(budget);
    if (PQntuples(looked) == 0)
        return true;
    struct budget_row row = {
        .tokens = strtod(pg_value(looked, 0, "tokens"), NULL),
        .age_ms = strtod(pg_value(looked, 0, "age_ms"), NULL),
        .burst_age_ms = pg_integer(looked, 0, "burst_age_ms"),
        .rate_share = strtod(pg_value(looked, 0, "rate_share"), NULL),
    };
    *level = budget_level_of(budget, &row);
    level->blocked_ms = pg_integer(looked, 0, "blocked_ms");
    level->reserved = pg_count(looked, 0, "reserved");
    level->reserved_ms = pg_integer(looked, 0, "reserved_ms");
    return true;
}

bool budget_lock(const struct budget *budget, struct pg *pg, struct err *err)
{
    char capacity[32];
    put_figure(budget_capacity(budget), capacity, sizeof capacity);
    SCOPED(pg_result)
    PGresult *locked =
        pg_query(pg, SQL_BUDGET_LOCK, PG_PARAMS(budget->account, capacity, use_of(budget)), err);
    if (!locked)
        return err_wrap(err, "cannot lock the request budget");
    return pg_rows_affected(locked) == 1 || budget_refuse_deleted(budget, err);
}

bool budget_block(const struct budget *budget, struct pg *pg, int64_t wait_ms, struct err *err)
{
    char wait[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *blocked = pg_query(pg, SQL_BUDGET_BLOCK,
                                 PG_PARAMS(budget->account, pg_number(wait_ms, wait), use_of(budget)), err);
    if (!blocked)
        return false;
    return pg_rows_affected(blocked) == 1 || budget_refuse_deleted(budget, err);
}

/* An account is a text of the settings: a quote in it is doubled. */
const char *budget_unblock_statement(const struct budget *budget, char *out)
{
    char quoted[128];
    size_t length = 0;
    for (const char *at = budget->account; *at && length < sizeof quoted - 2; at++) {
        if (*at == '\'')
            quoted[length++] = '\'';
        quoted[length++] = *at;
    }
    quoted[length] = '\0';
    snprintf(out, BUDGET_UNBLOCK_TEXT,
             "update tokenflex_etl.request_budget set blocked_until = null where account = '%s'", quoted);
    return out;
}

static bool make_reservation(const struct budget *budget, struct pg *pg, const char *requests,
                             const char *lifetime, int64_t *reservation, struct err *err)
{
    SCOPED(pg_result)
    PGresult *made = pg_query(pg, SQL_RESERVATION_MAKE, PG_PARAMS(budget->account, requests, lifetime), err);
    if (!made)
        return err_wrap(err, "cannot reserve requests");
    *reservation = pg_integer(made, 0, "reservation_id");
    return true;
}

bool reservation_set(const struct budget *budget, struct pg *pg, uint64_t requests, int64_t lifetime_ms,
                     int64_t *reservation, struct err *err)
{
    char id[PG_NUMBER];
    char count[PG_NUMBER];
    char lifetime[PG_NUMBER];
    pg_number(requests < INT32_MAX ? (int64_t)requests : INT32_MAX, count); /* the column's type */
    pg_number(lifetime_ms, lifetime);
    if (*reservation == 0)
        return make_reservation(budget, pg, count, lifetime, reservation, err);
    SCOPED(pg_result)
    PGresult *changed =
        pg_query(pg, SQL_RESERVATION_CHANGE, PG_PARAMS(pg_number(*reservation, id), count, lifetime), err);
    if (!changed)
        return err_wrap(err, "cannot change a reservation of requests");
    return pg_rows_affected(changed) > 0 || make_reservation(budget, pg, count, lifetime, reservation, err);
}

bool reservation_end(struct pg *pg, int64_t reservation, struct err *err)
{
    char id[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *ended = pg_query(pg, SQL_RESERVATION_END, PG_PARAMS(pg_number(reservation, id)), err);
    return ended || err_wrap(err, "cannot end a reservation of requests");
}
