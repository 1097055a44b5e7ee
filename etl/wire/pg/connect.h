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
    int64_t deadline_ms;          /* pg_set_deadline() from the start, the connecting too; 0: none */
    int64_t limit_ms;             /* all of it has to be over by then, the connecting too; 0: no limit */
    bool ignores_stop;            /* pg_ignore_stop() from the start; with a limit */
    int64_t grace_ms; /* how long the server has to answer a cancellation or a ROLLBACK; 0: two seconds */
};

/*
 * Whether a connection string can be read: its form, its keywords, its host and ports. Asks no server and no
 * environment. ERR_CONFIG where it cannot; its password is not in the error. A text that is not a connection
 * string is the name of a database, and valid.
 */
MUST_CHECK bool pg_dsn_check(const char *dsn, struct err *err);

/*
 * Connects. ERR_AUTH when the server refuses the user, the password or the database; ERR_CONFIG when the
 * connection string cannot be read; ERR_LATER past the deadline; else ERR_UNAVAILABLE. Its password reaches
 * no error, and is a known secret from then on (base/secret.h). Each host is given connect_timeout, or 10 s
 * where that is not set. The server session gets its nonce and the settings that the program's meaning
 * depends on (wire/pg/server_session.h). The server's notices go to the debug log.
 *
 * Where names or files of TLS are wrong (sslmode, sslrootcert, the name in the server's certificate), that is
 * ERR_CONFIG too. pg_is_too_many() tells an error of a server, role or database that allows no more
 * connections.
 */
struct pg *pg_connect(const struct pg_options *options, struct err *err);

/* Whether an error of pg_connect() says that a server, role, database or pooler allows no more connections
 * now. */
bool pg_is_too_many(const struct err *err);

#endif
