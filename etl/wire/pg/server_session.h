/*
 * The server session behind a connection: the settings at its beginning, and whether it is still the same.
 *
 * Locks, temporary tables and settings belong to a server session. Between a connection and its session there
 * may be a pooler that gives each transaction to another session (wire/pg/pooler.h); so each connection gives
 * its session a nonce, as the setting tokenflex_etl.nonce, by which it knows the session again. The backend's
 * process id alone is no proof: an idle pool always answers with the same backend.
 */
#ifndef WIRE_PG_SERVER_SESSION_H
#define WIRE_PG_SERVER_SESSION_H

#include "base/err.h"
#include "wire/pg/connection.h"

/*
 * For pg_connect() alone. Reads what the session was before, gives it a nonce, and sets all that the meaning
 * of statements and the end of the session depend on, whatever role, database, server or PGOPTIONS have set:
 *
 * - texts: client_encoding UTF8, DateStyle ISO, IntervalStyle, TimeZone UTC, bytea_output,
 * extra_float_digits, standard_conforming_strings on, quote_all_identifiers off; pg_catalog is searched
 * first;
 * - transactions: read committed, not deferrable; row_security on: rows that a policy hides are not seen, and
 * load/lost_rows names it;
 * - time: no limit of the server's on statements, transactions or idling. lock_timeout stays as it is;
 * - TCP: keepalives and a user timeout by which the session of a host that was cut off ends after a minute or
 *   so, and with it its locks. Of a unix socket they mean nothing, and are ignored;
 * - tables are made as heaps, the only kind that is loaded (load/table_kind);
 * - Citus: a schema that is created is not distributed as a whole.
 *
 * A setting that the server does not know is left out.
 */
MUST_CHECK bool server_session_begin(struct pg *pg, struct err *err);

/* The session's nonce: 32 hexadecimal digits, of this connection alone. Lives as long as pg. */
const char *pg_nonce(const struct pg *pg);

/* *same: it is still the session that the connection began with, by nonce and process id. */
MUST_CHECK bool pg_session_is_same(struct pg *pg, bool *same, struct err *err);

#endif
