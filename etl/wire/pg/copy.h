/*
 * COPY … FROM STDIN. Between begin and end only pg_copy_put() may be called.
 *
 * Success is proved: a COPY is over when the server has said how many rows it took. A row that the server
 * cannot read is reported only by pg_copy_end(): the server reads the remaining rows, and the protocol has no
 * earlier report.
 */
#ifndef WIRE_PG_COPY_H
#define WIRE_PG_COPY_H

#include "base/err.h"
#include "wire/pg/connection.h"

#include <stddef.h>

/* The table must not be locked by another session: a server that does not begin within a minute is given up.
 */
MUST_CHECK bool pg_copy_begin(struct pg *pg, const char *sql, struct err *err);

/* Any part of the rows' bytes. When it fails, the COPY is over; the error is the server's if it sent one. */
MUST_CHECK bool pg_copy_put(struct pg *pg, const char *bytes, size_t length, struct err *err);

/* *rows is the number of rows that the server reports. */
MUST_CHECK bool pg_copy_end(struct pg *pg, uint64_t *rows, struct err *err);

/* Ends a running COPY, if there is one, without its rows, also after a stop. reason: for the server's log. If
 * it fails, the connection is lost. */
void pg_copy_abandon(struct pg *pg, const char *reason);

#endif
