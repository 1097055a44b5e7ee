#include "wire/pg/statement.h"

#include "wire/pg/connection_inner.h"
#include "wire/pg/error.h"
#include "wire/pg/exchange.h"

#include <inttypes.h>
#include <stdio.h>

/* Reads the results of a statement. sent: what libpq returned when it was sent. Only a result that ends the
 * statement is a success. */
static PGresult *finish_statement(struct pg *pg, int sent, struct err *err)
{
    if (!sent) {
        pg_error_lost(pg, err);
        return NULL;
    }
    PGresult *result;
    if (!pg_exchange_results(pg, &result, err))
        return NULL;
    if (result != NULL && pg_result_is_complete(result))
        return result;
    /* An unexpected COPY: the connection cannot be used any more. */
    pg->lost = true;
    err_set(err, ERR_BUG, "a statement that was not expected to answer %s",
            result == NULL ? "nothing" : PQresStatus(PQresultStatus(result)));
    PQclear(result);
    return NULL;
}

bool pg_exec(struct pg *pg, const char *sql, struct err *err)
{
    if (!pg_exchange_begin(pg, err))
        return false;
    SCOPED(pg_result) PGresult *result = finish_statement(pg, PQsendQuery(pg->conn, sql), err);
    return result != NULL;
}

bool pg_set_lock_timeout(struct pg *pg, struct err *err)
{
    return pg_exec(pg, "set lock_timeout = '2s'", err);
}

PGresult *pg_query(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    if (!pg_exchange_begin(pg, err))
        return NULL;
    int sent = PQsendQueryParams(pg->conn, sql, (int)params.count, NULL, params.values, NULL, NULL, 0);
    return finish_statement(pg, sent, err);
}

const char *pg_number(int64_t value, char *out)
{
    snprintf(out, PG_NUMBER, "%" PRId64, value);
    return out;
}
