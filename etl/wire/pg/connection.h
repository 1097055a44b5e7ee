/*
 * An open connection to PostgreSQL (wire/pg/connect.h opens it): its time limits, and closing it.
 *
 * Every wait is on the socket and on stop_fd(): a stop cancels the statement at the server and returns
 * ERR_STOPPED, after about two seconds at the latest, even if the server does not answer.
 */
#ifndef WIRE_PG_CONNECTION_H
#define WIRE_PG_CONNECTION_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct pg; /* used by one thread at a time */

void pg_close(struct pg *pg);    /* closes and frees; NULL is allowed */
void pg_cleanup(struct pg **pg); /* for SCOPED(pg) struct pg * */

/* 150004 for 15.4, as libpq counts. */
int pg_server_version(const struct pg *pg);

/* Whether the connection is gone, or was given up: pg_reuse() may help in the second case, else only
 * pg_close(). */
bool pg_is_lost(const struct pg *pg);

/* Marks the connection as lost, because its session can no longer be used: ERR_UNAVAILABLE with the text.
 * Returns false. pg_reuse() undoes it. */
bool pg_give_up(struct pg *pg, const char *text, struct err *err);

/*
 * From now on a stop no longer cancels statements of this connection; instead all of them together have
 * limit_ms. For what is written after a stop: the run's row and the release of the lock. pg_rollback() does
 * not need it.
 */
void pg_ignore_stop(struct pg *pg, int64_t limit_ms);

/*
 * Sets the deadline of all statements of this connection (monotonic, base/clock; CLOCK_NEVER: none, the
 * default). At the deadline a running statement is cancelled at the server; later statements are not sent.
 * Both are ERR_LATER. The connection can still be used: pg_extend_deadline(). pg_rollback() works after the
 * deadline too.
 */
void pg_set_deadline(struct pg *pg, int64_t deadline_ms);

/* Extends the deadline if less than ms are left: for what is written after it has passed, such as the run's
 * row.
 */
void pg_extend_deadline(struct pg *pg, int64_t ms);

/* Milliseconds until the deadline, at least 1; 0: there is none. */
int64_t pg_time_left_ms(const struct pg *pg);

/* Sets the time limit of each statement, in milliseconds; 0: none. If it is exceeded, the connection is lost:
 * ERR_UNAVAILABLE. For checking a server that may not work. */
void pg_limit(struct pg *pg, int64_t limit_ms);

#endif
