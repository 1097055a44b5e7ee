#include "wire/pg/pg.h"

#include "base/clock.h"
#include "base/stop.h"
#include "base/text.h"
#include "wire/pg/pg_inner.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void pg_result_cleanup(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

int pg_server_version(const struct pg *pg)
{
    return PQserverVersion(pg->conn);
}

bool pg_is_lost(const struct pg *pg)
{
    return pg->lost || PQstatus(pg->conn) == CONNECTION_BAD;
}

bool pg_in_transaction(const struct pg *pg)
{
    PGTransactionStatusType status = PQtransactionStatus(pg->conn);
    return pg->in_copy || status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

void pg_outlive_stop(struct pg *pg, int64_t limit_ms)
{
    pg->outlives_stop = true;
    pg->last_deadline = clock_deadline(limit_ms);
}

void pg_limit(struct pg *pg, int64_t limit_ms)
{
    pg->limit_ms = limit_ms;
}

static void *cancel_thread(void *handle)
{
    char message[256];
    PQcancel(handle, message, (int)sizeof message);
    PQfreeCancel(handle);
    return NULL;
}

/*
 * PQcancel() connects anew and blocks while it does, for minutes where the server's host is gone. So a thread
 * does it, and is waited for only so long as a healthy server needs.
 */
static void cancel(const struct pg *pg)
{
    PGcancel *handle = PQgetCancel(pg->conn);
    if (handle == NULL)
        return;
    pthread_t thread;
    if (pthread_create(&thread, NULL, cancel_thread, handle) != 0) {
        PQfreeCancel(handle);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    if (pthread_timedjoin_np(thread, NULL, &until) != 0)
        pthread_detach(thread);
}

bool pg_wait(struct pg *pg, short events, struct err *err)
{
    for (;;) {
        bool heeds_stop = !pg->outlives_stop && !pg->cancelled;
        if (heeds_stop && stop_requested()) {
            pg->cancelled = true;
            pg->deadline = clock_deadline(PG_GRACE_MS);
            cancel(pg);
            continue;
        }
        int64_t left = pg->deadline - clock_now_ms();
        if (left <= 0) {
            pg->lost = true;
            if (pg->cancelled)
                return stop_error(err);
            cancel(pg);
            return err_set(err, ERR_UNAVAILABLE, "PostgreSQL did not answer in the time that was left");
        }
        struct pollfd waited[] = {
            {.fd = PQsocket(pg->conn), .events = events},
            {.fd = heeds_stop ? stop_fd() : -1, .events = POLLIN},
        };
        if (poll(waited, COUNT_OF(waited), left > 60000 ? 60000 : (int)left) > 0 && waited[0].revents != 0)
            return true;
    }
}

bool pg_flush(struct pg *pg, struct err *err)
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

bool pg_statement_begin(struct pg *pg, struct err *err)
{
    if (pg_is_lost(pg))
        return pg_error_lost(pg, err);
    if (pg->in_copy)
        return err_set(err, ERR_BUG, "a statement in the middle of a COPY");
    if (!pg->outlives_stop && stop_requested())
        return stop_error(err);
    pg->cancelled = false;
    pg->deadline = pg->last_deadline;
    if (pg->limit_ms > 0 && clock_deadline(pg->limit_ms) < pg->deadline)
        pg->deadline = clock_deadline(pg->limit_ms);
    return true;
}

/* Until PQgetResult() will not block. A broken connection does not either: it has the error to give. */
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

static bool status_is_good(ExecStatusType status)
{
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

static bool status_is_error(ExecStatusType status)
{
    return status == PGRES_FATAL_ERROR || status == PGRES_NONFATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

bool pg_statement_end(struct pg *pg, PGresult **result, struct err *err)
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
        ExecStatusType status = PQresultStatus(next);
        if (status_is_error(status)) {
            if (good)
                good = pg_error_result(pg, next, err);
        } else if (!status_is_good(status)) {
            break;
        }
    }
    if (!good)
        pg_result_cleanup(result);
    return good;
}

/* Sends what `sent` says was sent, and takes only a result that ends the statement. */
static PGresult *finish_statement(struct pg *pg, int sent, struct err *err)
{
    if (!sent) {
        pg_error_lost(pg, err);
        return NULL;
    }
    PGresult *result;
    if (!pg_statement_end(pg, &result, err))
        return NULL;
    if (result != NULL && status_is_good(PQresultStatus(result)))
        return result;
    /* A COPY that nobody is going to feed: the connection is of no more use. */
    pg->lost = true;
    err_set(err, ERR_BUG, "a statement that was not expected to answer %s",
            result == NULL ? "nothing" : PQresStatus(PQresultStatus(result)));
    PQclear(result);
    return NULL;
}

static PGresult *exec(struct pg *pg, const char *sql, struct err *err)
{
    if (!pg_statement_begin(pg, err))
        return NULL;
    return finish_statement(pg, PQsendQuery(pg->conn, sql), err);
}

bool pg_exec(struct pg *pg, const char *sql, struct err *err)
{
    SCOPED(pg_result) PGresult *result = exec(pg, sql, err);
    return result != NULL;
}

PGresult *pg_query(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    if (!pg_statement_begin(pg, err))
        return NULL;
    int sent = PQsendQueryParams(pg->conn, sql, (int)params.count, NULL, params.values, NULL, NULL, 0);
    return finish_statement(pg, sent, err);
}

uint64_t pg_rows_affected(const PGresult *result)
{
    return strtoull(PQcmdTuples((PGresult *)result), NULL, 10); /* a signature older than const */
}

static int column_of(const PGresult *result, const char *name)
{
    for (int column = 0; column < PQnfields(result); column++)
        if (text_equal(PQfname(result, column), name))
            return column;
    assert(!"a result has no column of this name");
    return -1;
}

const char *pg_value(const PGresult *result, int row, const char *column)
{
    int number = column_of(result, column);
    return number < 0 ? "" : PQgetvalue(result, row, number);
}

int64_t pg_integer(const PGresult *result, int row, const char *column)
{
    const char *text = pg_value(result, row, column);
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' ? value : 0;
}

uint64_t pg_count(const PGresult *result, int row, const char *column)
{
    int64_t value = pg_integer(result, row, column);
    return value > 0 ? (uint64_t)value : 0;
}

bool pg_flag(const PGresult *result, int row, const char *column)
{
    return text_equal(pg_value(result, row, column), "t");
}

bool pg_null(const PGresult *result, int row, const char *column)
{
    int number = column_of(result, column);
    return number < 0 || PQgetisnull(result, row, number) != 0;
}

const char *pg_text(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column);
}

const char *pg_number(int64_t value, char *out)
{
    snprintf(out, PG_NUMBER, "%" PRId64, value);
    return out;
}

int64_t pg_int(const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue(result, row, column);
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' ? value : 0;
}

bool pg_is_null(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) != 0;
}

bool pg_begin(struct pg *pg, struct err *err)
{
    if (pg_in_transaction(pg))
        return err_set(err, ERR_BUG, "BEGIN inside a transaction");
    return pg_exec(pg, "begin", err);
}

bool pg_commit(struct pg *pg, struct err *err)
{
    if (!pg_in_transaction(pg) && !pg_is_lost(pg))
        return err_set(err, ERR_BUG, "COMMIT outside a transaction");
    bool was_lost = pg_is_lost(pg);
    SCOPED(pg_result) PGresult *result = exec(pg, "commit", err);
    if (result == NULL) {
        if (pg_is_lost(pg) && !was_lost)
            err_wrap(err, "COMMIT was sent, and whether it took place is not known");
        return false;
    }
    const char *answer = PQcmdStatus(result);
    if (!text_equal(answer, "COMMIT"))
        return err_set(err, ERR_BUG, "COMMIT was answered by %s: the transaction had failed before", answer);
    return true;
}

void pg_rollback(struct pg *pg)
{
    if (pg_is_lost(pg) || !pg_in_transaction(pg))
        return;
    struct pg before = *pg;
    if (!pg->outlives_stop)
        pg_outlive_stop(pg, PG_GRACE_MS);
    struct err ignored = {0};
    if (pg->in_copy)
        pg_copy_abandon(pg, "given up");
    if (pg_in_transaction(pg) && !pg_exec(pg, "rollback", &ignored))
        pg->lost = true;
    pg->outlives_stop = before.outlives_stop;
    pg->last_deadline = before.last_deadline;
}

static void put_quoted(struct buf *sql, char quote, const char *text)
{
    const char marks[] = {quote, '\0'};
    buf_put(sql, marks);
    for (const char *rest = text; *rest != '\0';) {
        size_t plain = strcspn(rest, marks);
        buf_print(sql, "%.*s", (int)plain, rest);
        rest += plain;
        if (*rest != '\0') {
            buf_print(sql, "%c%c", quote, quote);
            rest++;
        }
    }
    buf_put(sql, marks);
}

void pg_put_identifier(struct buf *sql, const char *name)
{
    put_quoted(sql, '"', name);
}

void pg_put_literal(struct buf *sql, const char *text)
{
    put_quoted(sql, '\'', text);
}
