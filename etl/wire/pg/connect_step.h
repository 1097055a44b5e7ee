/*
 * The steps of making a connection in which libpq may look up a host's name, which blocks for as long as the
 * resolver takes: each is done by a thread of its own, and given up where it does not end in time. For the
 * files of wire/pg alone.
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
 * PQconnectPoll(): *next is what it says. False as above: the connection then belongs to the thread, which
 * closes it, and pg->conn is NULL. With one host, whose name is known by now, no thread is needed.
 */
MUST_CHECK bool pg_connect_poll(struct pg *pg, PostgresPollingStatusType *next, struct err *err);

/* Whether no more time is left to connect, or a stop was requested; err says which. */
bool pg_connect_is_over(const struct pg *pg, struct err *err);

#endif
