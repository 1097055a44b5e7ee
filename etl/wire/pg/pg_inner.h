/*
 * What the files of the pg module share, and nobody else includes: pg_connect.c makes the connection, pg.c
 * runs statements, pg_copy.c copies, pg_error.c turns what libpq and the server say into errors.
 */
#ifndef WIRE_PG_PG_INNER_H
#define WIRE_PG_PG_INNER_H

#include "wire/pg/pg.h"

struct pg {
    PGconn *conn;
    bool lost;    /* given up on, whatever libpq thinks of it */
    bool in_copy; /* between pg_copy_begin() and its end */

    /* Of the statement that is running. */
    bool cancelled;   /* by a stop */
    int64_t deadline; /* past it the connection is given up */

    int64_t limit_ms;      /* of each statement: pg_limit(); 0: none */
    bool outlives_stop;    /* pg_outlive_stop() */
    int64_t last_deadline; /* for all that is done; CLOCK_NEVER: none */
};

/* A connection is worth keeping no longer than this past a stop, or for a ROLLBACK. */
#define PG_GRACE_MS 2000

/* Waits until the socket is ready for `events` (of poll()). False, with the connection given up, when time is
 * up. */
MUST_CHECK bool pg_wait(struct pg *pg, short events, struct err *err);

/* Sends what libpq holds back, reading what comes in meanwhile. */
MUST_CHECK bool pg_flush(struct pg *pg, struct err *err);

/*
 * Begins a statement: false when the connection is lost or in a COPY, or a stop was asked for.
 */
MUST_CHECK bool pg_statement_begin(struct pg *pg, struct err *err);

/*
 * Reads all results of what was sent. *result is the last one, owned by the caller; the first error counts.
 * Stops at a result that begins a COPY, which is for the caller to judge.
 */
MUST_CHECK bool pg_statement_end(struct pg *pg, PGresult **result, struct err *err);

/* Error of a connection that could not be made; of one that broke; of a statement that the server refused. */
bool pg_error_connect(struct pg *pg, struct err *err);
bool pg_error_lost(struct pg *pg, struct err *err);
bool pg_error_result(struct pg *pg, const PGresult *result, struct err *err);

/*
 * libpq's complaint about a connection string, without the words it quotes from it: a password that was not
 * quoted as it should be is among them.
 */
bool pg_error_dsn(const char *complaint, struct err *err);

/* Passes the server's notices to the debug log; for PQsetNoticeReceiver(). */
void pg_notice(void *unused, const PGresult *notice);

#endif
