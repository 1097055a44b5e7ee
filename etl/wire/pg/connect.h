/*
 * Making a connection.
 */
#ifndef WIRE_PG_CONNECT_H
#define WIRE_PG_CONNECT_H

#include "base/err.h"
#include "wire/pg/connection.h"

struct pg_options {
    const char *dsn; /* libpq's connection string or URI; "" or NULL: libpq's own defaults (PG*) */
    const char *application_name; /* what the DBA sees in pg_stat_activity */
    int64_t deadline_ms;          /* as of pg_set_deadline(), for connecting too; 0: none */
    int64_t limit_ms;             /* the time limit of all work together, connecting included; 0: none */
    bool ignores_stop; /* pg_ignore_stop() from the start; needs limit_ms, or a wait may never end */
    int64_t grace_ms;  /* how long the server has to answer a cancellation or a ROLLBACK; 0: two seconds */
};

/*
 * Checks the form of a connection string: its keywords, its host and ports. Reads no environment and contacts
 * no server. ERR_CONFIG if it is not valid; the error does not show the password. A text that is not a
 * connection string is the name of a database, and valid.
 */
MUST_CHECK bool pg_dsn_check(const char *dsn, struct err *err);

/*
 * Connects; pg_close() frees the connection. NULL on error: ERR_AUTH if the server refuses the user, the
 * password or the database; ERR_CONFIG if the connection string is not valid, if the server refuses a setting
 * of it, or for a fault of TLS settings (sslmode, sslrootcert, the name in the server's certificate);
 * ERR_LATER past the deadline or without memory; ERR_STOPPED after a stop; else ERR_UNAVAILABLE (see
 * pg_is_too_many()). The password is a known secret from then on (base/secret.h) and in no error, unless it
 * equals the name of the user or of the database.
 *
 * The time limit is connect_timeout of the string, the service file or PGCONNECT_TIMEOUT (0 or less: none),
 * else 10 s. It begins again after a host that did not answer within it; after a host that refuses, the next
 * one has the rest of it. The server session gets its nonce and its settings (wire/pg/server_session.h). The
 * server's notices go to the debug log.
 */
struct pg *pg_connect(const struct pg_options *options, struct err *err);

/* Whether an error of pg_connect() says that a server, role, database or pooler allows no more connections
 * now. */
bool pg_is_too_many(const struct err *err);

#endif
