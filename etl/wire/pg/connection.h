/*
 * A connection to PostgreSQL, once it is made (wire/pg/connect.h): how long it waits, and its end.
 *
 * Every wait is on the socket and on stop_fd(): a stop cancels the statement at the server and returns
 * ERR_STOPPED, within two seconds or so even when the server does not answer.
 */
#ifndef WIRE_PG_CONNECTION_H
#define WIRE_PG_CONNECTION_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct pg; /* used by one thread at a time */

void pg_close(struct pg *pg);
void pg_cleanup(struct pg **pg); /* for SCOPED(pg) struct pg * */

/* 150004 for 15.4, as libpq counts. */
int pg_server_version(const struct pg *pg);

/* Whether the connection is gone: only pg_close() helps then. */
bool pg_is_lost(const struct pg *pg);

/* Gives the connection up, as if it was gone, because the session behind it is of no use any more:
 * ERR_UNAVAILABLE with the text. Returns false. pg_reuse() takes it back. */
bool pg_give_up(struct pg *pg, const char *text, struct err *err);

/*
 * From now on a stop no longer cancels what this connection does; instead all of it has to be over in
 * limit_ms. For what is written after a stop: the run's row and the release of the lock. pg_rollback() does
 * not need it.
 */
void pg_ignore_stop(struct pg *pg, int64_t limit_ms);

/*
 * From now on all that this connection does is to be over at deadline_ms (monotonic, of base/clock;
 * CLOCK_NEVER: no deadline, as at first): a statement that runs then is cancelled at the server, and later
 * ones are not begun, with ERR_LATER. The connection stays usable: see pg_extend_deadline(). pg_rollback()
 * does not need it.
 */
void pg_set_deadline(struct pg *pg, int64_t deadline_ms);

/* Extends the deadline if less than ms are left: for what is written after it has passed, such as the run's
 * row.
 */
void pg_extend_deadline(struct pg *pg, int64_t ms);

/* Milliseconds until the deadline, at least 1; 0: there is none. */
int64_t pg_time_left_ms(const struct pg *pg);

/* From now on no statement is waited for longer than limit_ms: past it the connection is given up, with
 * ERR_UNAVAILABLE. For checking a server that may not work. 0: no limit.
 */
void pg_limit(struct pg *pg, int64_t limit_ms);

#endif
