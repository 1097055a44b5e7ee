#include "wire/pg/copy.h"

#include "base/clock.h"
#include "wire/pg/connection_inner.h"
#include "wire/pg/error.h"
#include "wire/pg/exchange.h"

#include <stdlib.h>
#include <string.h>

/* libpq keeps in memory what it could not send yet. So it gets at most this much at once, and all of that is
 * sent before it gets more. */
#define MAX_UNSENT_BYTES ((size_t)256 << 10)

/* The time limit for the server's answer that it is ready for the rows. It answers at once, since the session
 * has locked the table before. But if libpq has no memory for the answer, it waits for the rest of it, which
 * never comes. The rows themselves may take hours.
 */
#define BEGIN_MS 60000

bool pg_copy_begin(struct pg *pg, const char *sql, struct err *err)
{
    if (!pg_exchange_begin(pg, err))
        return false;
    int64_t deadline_of_rows = pg->deadline;
    if (pg->deadline > clock_deadline(BEGIN_MS))
        pg->deadline = clock_deadline(BEGIN_MS);
    if (!PQsendQuery(pg->conn, sql))
        return pg_error_lost(pg, err);
    SCOPED(pg_result) PGresult *result;
    if (!pg_exchange_results(pg, &result, err))
        return false;
    if (result == NULL || PQresultStatus(result) != PGRES_COPY_IN) {
        pg->lost = true;
        return err_set(err, ERR_BUG, "no COPY … FROM STDIN: %s",
                       result == NULL ? "nothing" : PQresStatus(PQresultStatus(result)));
    }
    pg->in_copy = true;
    pg->deadline = deadline_of_rows;
    return true;
}

/* Ends the COPY: with success, or with a reason for which the server discards the rows. Reads the server's
 * result.
 */
static bool end_copy(struct pg *pg, const char *reason, PGresult **result, struct err *err)
{
    pg->in_copy = false;
    *result = NULL;
    int ended;
    while ((ended = PQputCopyEnd(pg->conn, reason)) == 0) {
        if (!pg_exchange_flush(pg, err))
            return false;
    }
    if (!pg_exchange_results(pg, result, err))
        return false;
    /* libpq is still in the COPY: the connection cannot be used any more. */
    if (ended < 0 || *result == NULL || PQresultStatus(*result) != PGRES_COMMAND_OK) {
        pg_result_cleanup(result);
        return pg_error_lost(pg, err);
    }
    return true;
}

void pg_copy_abandon(struct pg *pg, const char *reason)
{
    struct err ignored = {0};
    if (!pg->in_copy)
        return;
    struct pg_grace before = pg_grace_begin(pg);
    SCOPED(pg_result) PGresult *result;
    if (end_copy(pg, reason, &result, &ignored))
        pg->lost = true; /* the server took the rows of a COPY that was said to have failed */
    pg_grace_end(pg, before);
}

/* A stop was requested, or the work's deadline has passed. */
static bool must_end(const struct pg *pg)
{
    return pg_is_stopped(pg) || pg_is_overdue(pg);
}

static bool stop_copy(struct pg *pg, struct err *err)
{
    pg_cancel_error(pg, err);
    pg_copy_abandon(pg, "stopped");
    return false;
}

/* The connection broke. If the server sent an error before, that is the better one to report. */
static bool copy_broke(struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *result;
    if (!end_copy(pg, "connection broken", &result, err))
        return false;
    return pg_error_lost(pg, err);
}

bool pg_copy_put(struct pg *pg, const char *bytes, size_t length, struct err *err)
{
    if (!pg->in_copy)
        return err_set(err, ERR_BUG, "rows outside a COPY");
    while (length > 0) {
        if (must_end(pg))
            return stop_copy(pg, err);
        size_t part = length < MAX_UNSENT_BYTES ? length : MAX_UNSENT_BYTES;
        int taken = PQputCopyData(pg->conn, bytes, (int)part);
        if (taken > 0) {
            bytes += part;
            length -= part;
        }
        if (taken < 0 || !pg_exchange_flush(pg, err)) {
            if (!pg->lost)
                return copy_broke(pg, err);
            pg->in_copy = false;
            return false;
        }
    }
    return true;
}

bool pg_copy_end(struct pg *pg, uint64_t *rows, struct err *err)
{
    if (!pg->in_copy)
        return err_set(err, ERR_BUG, "the end of a COPY that was not begun");
    if (must_end(pg))
        return stop_copy(pg, err);
    SCOPED(pg_result) PGresult *result;
    if (!end_copy(pg, NULL, &result, err))
        return false;
    const char *tag = PQcmdStatus(result);
    char *end;
    if (strncmp(tag, "COPY ", 5) != 0 || (*rows = strtoull(tag + 5, &end, 10), *end != '\0'))
        return err_set(err, ERR_BUG, "the end of COPY was answered by %s", tag);
    return true;
}
