/*
 * Why a connection could not be made, as errors: for wire/pg/connect.c alone. No password reaches one.
 */
#ifndef WIRE_PG_CONNECT_ERROR_H
#define WIRE_PG_CONNECT_ERROR_H

#include "base/err.h"

#include <libpq-fe.h>

/* libpq has given up: kinds as of pg_connect(), with the server's SQLSTATE where one has answered.
 * Returns false. */
bool pg_error_connect(const PGconn *conn, struct err *err);

/*
 * libpq's complaint about a connection string, without the words it quotes from it: a password that was not
 * quoted as it should be is among them. ERR_CONFIG. Returns false.
 */
bool pg_error_dsn(const char *complaint, struct err *err);

#endif
