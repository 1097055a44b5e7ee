/*
 * PostgreSQL, over libpq: includes all of wire/pg that other layers use, except the binary format of COPY
 * (wire/pg/copy_format.h).
 *
 * A file of wire/pg uses only those before it in this list: result, quote, connection (connection_inner.h is
 * its private part), error, exchange, statement, copy, transaction, server_session, connect_error,
 * connect_step, connect, pooler.
 */
#ifndef WIRE_PG_PG_H
#define WIRE_PG_PG_H

#include "wire/pg/connect.h"
#include "wire/pg/connection.h"
#include "wire/pg/copy.h"
#include "wire/pg/pooler.h"
#include "wire/pg/quote.h"
#include "wire/pg/result.h"
#include "wire/pg/server_session.h"
#include "wire/pg/statement.h"
#include "wire/pg/transaction.h"

#endif
