#include "wire/pg/exchange.h"

#include "wire/pg/connection_inner.h"
#include "wire/pg/error.h"

#include <poll.h>

bool pg_exchange_begin(struct pg *pg, struct err *err)
{
    if (pg_is_lost(pg))
        return pg_error_lost(pg, err);
    if (pg->in_copy)
        return err_set(err, ERR_BUG, "a statement in the middle of a COPY");
    if (pg_is_stopped(pg) || pg_is_overdue(pg))
        return pg_cancel_error(pg, err);
    pg_wait_begin(pg);
    return true;
}

bool pg_exchange_flush(struct pg *pg, struct err *err)
{
    for (;;) {
        int unsent = PQflush(pg->conn);
        if (unsent == 0)
            return true;
        if (unsent < 0)
            return pg_error_lost(pg, err);
        if (!pg_wait(pg, POLLIN | POLLOUT, err))
            return false;
        if (PQconsumeInput(pg->conn) == 0)
            return pg_error_lost(pg, err);
    }
}

/* Waits until PQgetResult() does not block. On a broken connection it does not block, and returns the error.
 */
static bool wait_for_result(struct pg *pg, struct err *err)
{
    while (PQisBusy(pg->conn) && PQstatus(pg->conn) != CONNECTION_BAD) {
        int unsent = PQflush(pg->conn);
        if (unsent < 0)
            return true;
        if (!pg_wait(pg, (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN), err))
            return false;
        if (PQconsumeInput(pg->conn) == 0)
            return true;
    }
    return true;
}

static bool status_is_error(ExecStatusType status)
{
    return status == PGRES_FATAL_ERROR || status == PGRES_NONFATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

bool pg_exchange_results(struct pg *pg, PGresult **result, struct err *err)
{
    bool good = true;
    *result = NULL;
    for (;;) {
        if (!wait_for_result(pg, err)) {
            good = false;
            break;
        }
        PGresult *next = PQgetResult(pg->conn);
        if (next == NULL)
            break;
        PQclear(*result);
        *result = next;
        if (status_is_error(PQresultStatus(next))) {
            if (good)
                good = pg_error_result(pg, next, err);
        } else if (!pg_result_is_complete(next)) {
            break;
        }
    }
    if (!good)
        pg_result_cleanup(result);
    return good;
}
