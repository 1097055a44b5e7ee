/*
 * Detects a pooler such as PgBouncer between a connection and the server, in a mode in which the server
 * session changes: then a lock may stay in a session that others use, and temporary tables may not be found
 * again.
 */
#ifndef WIRE_PG_POOLER_H
#define WIRE_PG_POOLER_H

#include "base/err.h"
#include "wire/pg/connect.h"

enum pg_pooler {
    PG_POOLER_NONE,        /* none, or one that gives the connection a session of its own */
    PG_POOLER_TRANSACTION, /* each transaction may go to another session */
    PG_POOLER_STATEMENT,   /* each statement may, and there are no transactions */
};

/*
 * Without anything in between, the connection's cancel key has the process id of its server session: then no
 * more is done. Otherwise opens a second connection with the same options, and checks whether one of the two
 * finds the other's nonce, or another session than its own. If no second connection can be opened within five
 * seconds (a limit of connections, a pool of one), only pg's own session is checked. A pooler may then not be
 * found; pg_pooler_check() can find it later. If there is a pooler, the shared sessions get their former
 * settings back as far as possible, and pg can only be used for single statements. Not in a transaction.
 * Errors as from pg_query(); ERR_STOPPED.
 */
MUST_CHECK bool pg_pooler_find(struct pg *pg, const struct pg_options *options, enum pg_pooler *pooler,
                               struct err *err);

/* pg_connect(), and pg_pooler_refuse(). Returns NULL if either fails. For a command's first connection: also
 * one that only reads has to set its session (wire/pg/server_session), which in these modes others get next.
 */
struct pg *pg_connect_session(const struct pg_options *options, struct err *err);

/* pg_pooler_find(), and pg_pooler_error() if there is a pooler. */
MUST_CHECK bool pg_pooler_refuse(struct pg *pg, const struct pg_options *options, struct err *err);

/* ERR_CONFIG, by pg_pooler_error(), if the server session is another one than at the beginning of the
 * connection. Sends one statement; allowed within a transaction. */
MUST_CHECK bool pg_pooler_check(struct pg *pg, struct err *err);

/* Sets ERR_CONFIG: the database is behind this pooler. The hint says what to do. Returns false. */
bool pg_pooler_error(enum pg_pooler pooler, struct err *err);

#endif
