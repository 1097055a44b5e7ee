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
    int64_t limit_ms;             /* all of it has to be over by then, the connecting too; 0: no limit */
    bool outlives_stop;           /* pg_outlive_stop() from the start; with a limit */
};

/*
 * Connects. ERR_AUTH when the server refuses the user, the password or the database; ERR_CONFIG when the
 * connection string cannot be read; else ERR_UNAVAILABLE. Its password reaches no error. Each host is given
 * connect_timeout, or 10 s where that is not set. Session settings that results depend on are fixed here:
 * client_encoding UTF8, DateStyle ISO, TimeZone UTC, standard_conforming_strings on. The server's notices go
 * to the debug log.
 */
struct pg *pg_connect(const struct pg_options *options, struct err *err);

#endif
