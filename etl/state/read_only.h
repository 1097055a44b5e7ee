/* A database session that only reads: detected before any request is sent to the service. */
#ifndef STATE_READ_ONLY_H
#define STATE_READ_ONLY_H

#include "base/arena.h"
#include "base/err.h"
#include "wire/pg/pg.h"

struct read_only {
    bool is_read_only;
    bool is_standby;
    bool is_by_connection; /* database.dsn, a service file or PGOPTIONS set default_transaction_read_only */
    const char *role;      /* that logged in */
    const char *database;
};

/* Asks the server, outside a transaction. Texts live in the arena. */
MUST_CHECK bool read_only_query(struct pg *pg, struct arena *arena, struct read_only *found, struct err *err);

/*
 * Pure. False for a session that only reads, with a hint that says how to fix it: ERR_UNAVAILABLE for a
 * standby, ERR_CONFIG where the connection itself requests it, ERR_CREATE for a default of role, database or
 * server, with the statement that takes it back.
 */
MUST_CHECK bool read_only_judge(const struct read_only *found, struct err *err);

/* Both of the above. */
MUST_CHECK bool read_only_refuse(struct pg *pg, struct err *err);

#endif
