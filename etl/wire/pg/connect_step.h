/*
 * The steps of connecting in which libpq may resolve a host name, which blocks as long as the resolver takes.
 * Each runs in a thread of its own, which is abandoned if it does not end in time. Only for the files of
 * wire/pg.
 */
#ifndef WIRE_PG_CONNECT_STEP_H
#define WIRE_PG_CONNECT_STEP_H

#include "base/err.h"
#include "wire/pg/connection_inner.h"

/*
 * PQconnectStartParams(keywords, values, 1) into pg->conn. False with pg->conn NULL: ERR_LATER past the
 * work's deadline, ERR_UNAVAILABLE past the connection's limit, ERR_LATER without memory, ERR_STOPPED.
 */
MUST_CHECK bool pg_connect_start(struct pg *pg, const char *const *keywords, const char *const *values,
                                 struct err *err);

/*
 * PQconnectPoll(): *next is its result. False as above: then the thread owns and closes the connection, and
 * pg->conn is NULL. With only one host, whose name is resolved by now, no thread is used.
 */
MUST_CHECK bool pg_connect_poll(struct pg *pg, PostgresPollingStatusType *next, struct err *err);

/* Whether no more time is left to connect, or a stop was requested; err says which. */
bool pg_connect_is_over(const struct pg *pg, struct err *err);

#endif
