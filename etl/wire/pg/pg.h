/*
 * PostgreSQL, over libpq: all of wire/pg that others use, but for the format of COPY's rows
 * (wire/pg/copy_format.h).
 *
 * Each file uses those before it alone: result and quote, which know no connection; connection (with
 * connection_inner.h, its inside), error, exchange, statement, copy, transaction; server_session,
 * connect_error, connect and pooler.
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
