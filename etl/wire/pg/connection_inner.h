/* The inside of a connection: for the files of wire/pg alone. Functions are in connection.c. */
#ifndef WIRE_PG_CONNECTION_INNER_H
#define WIRE_PG_CONNECTION_INNER_H

#include "base/err.h"
#include "wire/pg/connection.h"

#include <libpq-fe.h>

/* 32 hexadecimal digits and a NUL. */
#define PG_NONCE 33

struct pg {
    PGconn *conn;
    bool lost;     /* must not be used any more, even if libpq reports it as good */
    bool given_up; /* by pg_give_up(), or because a node behind the server was lost: pg_is_lost() is true, but
                      the connection itself may still work, and pg_reuse() may help */
    bool in_copy;  /* between pg_copy_begin() and its end */

    /* Of the server session: server_session_begin(). */
    char nonce[PG_NONCE];
    char nonce_before[PG_NONCE]; /* the one that it had when the connection was made; "": none */
    int64_t server_pid;          /* as the server reports it; a pooler gives libpq another one */

    /* Of the statement that is running. */
    bool cancelled;   /* by a stop, or by the work's deadline */
    bool overdue;     /* cancelled by the work's deadline */
    int64_t deadline; /* past it the connection is lost; past the work's, the statement is cancelled */

    int64_t grace_ms;      /* for the answer to a cancellation, and for a ROLLBACK */
    int64_t limit_ms;      /* for each statement: pg_limit(); 0: none */
    bool ignores_stop;     /* pg_ignore_stop() */
    int64_t last_deadline; /* of everything on this connection: pg_options.limit_ms or pg_ignore_stop();
                              CLOCK_NEVER: none */
    int64_t work_deadline; /* pg_set_deadline(); CLOCK_NEVER: none */
};

/* A stop is requested, and the connection does not ignore it. */
bool pg_is_stopped(const struct pg *pg);

/* The work's deadline has passed, and it applies to this connection. */
bool pg_is_overdue(const struct pg *pg);

/* Why nothing more is begun, or a statement was cancelled: ERR_LATER if the work's deadline has passed and no
 * stop was requested, else ERR_STOPPED. Returns false. */
bool pg_cancel_error(const struct pg *pg, struct err *err);

/* Begins the waits of one statement: sets its deadline. */
void pg_wait_begin(struct pg *pg);

/*
 * Waits until the socket is ready for `events` (of poll()). A stop and the work's deadline cancel the
 * statement at the server, which then has grace_ms to answer. False, with pg->lost set, when time is up:
 * pg_cancel_error() where the statement was cancelled, else ERR_UNAVAILABLE.
 */
MUST_CHECK bool pg_wait(struct pg *pg, short events, struct err *err);

/*
 * Lets the connection ignore a stop and the work's deadline for grace_ms: for a ROLLBACK, or the end of a
 * COPY. If it ignores a stop already, only the deadline is affected. pg_grace_end() takes the value that
 * pg_grace_begin() returned and restores the previous state.
 */
struct pg_grace {
    bool ignores_stop;
    int64_t last_deadline;
    int64_t work_deadline;
};
struct pg_grace pg_grace_begin(struct pg *pg);
void pg_grace_end(struct pg *pg, struct pg_grace before);

#endif
