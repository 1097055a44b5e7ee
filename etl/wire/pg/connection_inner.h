/*
 * The inside of a connection: what the files of wire/pg do with it, and nobody else includes. Functions are
 * in connection.c.
 */
#ifndef WIRE_PG_CONNECTION_INNER_H
#define WIRE_PG_CONNECTION_INNER_H

#include "base/err.h"
#include "wire/pg/connection.h"

#include <libpq-fe.h>

struct pg {
    PGconn *conn;
    bool lost;    /* given up, whatever libpq says of it */
    bool in_copy; /* between pg_copy_begin() and its end */

    /* Of the statement that is running. */
    bool cancelled;   /* by a stop */
    int64_t deadline; /* past it the connection is given up */

    int64_t limit_ms;      /* of each statement: pg_limit(); 0: none */
    bool outlives_stop;    /* pg_outlive_stop() */
    int64_t last_deadline; /* for all that is done; CLOCK_NEVER: none */
};

/* A stop was asked for, and what this connection does is to end with it. */
bool pg_is_stopped(const struct pg *pg);

/* Begins the waits of one statement: sets its deadline. */
void pg_wait_begin(struct pg *pg);

/*
 * Waits until the socket is ready for `events` (of poll()). A stop cancels the statement at the server, and
 * gives that two seconds to answer. False, with the connection given up, when time is up: ERR_STOPPED after a
 * stop, else ERR_UNAVAILABLE.
 */
MUST_CHECK bool pg_wait(struct pg *pg, short events, struct err *err);

/*
 * For two seconds the connection outlives a stop, unless it does so already: for a ROLLBACK, or the end of a
 * COPY. pg_grace_end() takes what begin returned, and puts back what was so before.
 */
struct pg_grace {
    bool outlives_stop;
    int64_t last_deadline;
};
struct pg_grace pg_grace_begin(struct pg *pg);
void pg_grace_end(struct pg *pg, struct pg_grace before);

#endif
