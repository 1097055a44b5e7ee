/*
 * The errors of connecting, for wire/pg/connect.c only. They never show a password.
 */
#ifndef WIRE_PG_CONNECT_ERROR_H
#define WIRE_PG_CONNECT_ERROR_H

#include "base/err.h"

#include <libpq-fe.h>

/* Sets the error after libpq has failed to connect: kinds as from pg_connect(), with the SQLSTATE if a server
 * has answered. Returns false. */
bool pg_error_connect(const PGconn *conn, struct err *err);

/*
 * Sets ERR_CONFIG with libpq's message about a connection string, but without the words that libpq quotes
 * from it, except `=` and the names of keywords: the others may be a part of the password. Returns false.
 */
bool pg_error_dsn(const char *complaint, struct err *err);

#endif
