/*
 * One statement to the server and its results back, without blocking: shared by statement.c and copy.c alone.
 * Begin; hand the statement to libpq; then results.
 */
#ifndef WIRE_PG_EXCHANGE_H
#define WIRE_PG_EXCHANGE_H

#include "base/err.h"
#include "wire/pg/connection.h"
#include "wire/pg/result.h"

/* False when the connection is lost or in a COPY, a stop was requested, or the work's deadline has passed. */
MUST_CHECK bool pg_exchange_begin(struct pg *pg, struct err *err);

/* Sends the data that libpq has buffered, and reads incoming data meanwhile. */
MUST_CHECK bool pg_exchange_flush(struct pg *pg, struct err *err);

/*
 * Reads all results of what was sent. *result is the last one, owned by the caller; the first error counts.
 * Stops at a result that begins a COPY, which is for the caller to judge.
 */
MUST_CHECK bool pg_exchange_results(struct pg *pg, PGresult **result, struct err *err);

#endif
