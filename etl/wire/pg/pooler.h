/*
 * Whether a pooler such as PgBouncer stands between a connection and its server session, in a mode in which
 * the session changes: then locks stay in a session that is used by others, and temporary tables are not
 * found again.
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
 * Looks: makes a second connection by the same options, and sees whether one of the two ever finds the
 * other's nonce in its session, or another session than its own. Where no second connection can be made
 * within five seconds (a limit of connections, a pool of one) the answer is PG_POOLER_NONE: pg_pooler_check()
 * can find a pooler later. Sessions that are shared get their own settings back, as far as they can be
 * reached; pg is of use for single statements only. Not in a transaction. Fails when pg does, and on a stop.
 */
MUST_CHECK bool pg_pooler_find(struct pg *pg, const struct pg_options *options, enum pg_pooler *pooler,
                               struct err *err);

/* pg_pooler_find(), and pg_pooler_error() where there is one: for what needs one session. */
MUST_CHECK bool pg_pooler_refuse(struct pg *pg, const struct pg_options *options, struct err *err);

/* ERR_CONFIG, by pg_pooler_error(), when another server session answers than the connection began with. Costs
 * one statement; may be asked within a transaction. */
MUST_CHECK bool pg_pooler_check(struct pg *pg, struct err *err);

/* `a pooler in transaction mode`; of PG_POOLER_NONE `no pooler`. */
const char *pg_pooler_name(enum pg_pooler pooler);

/* ERR_CONFIG: the database is behind this pooler, with what to do. Returns false. */
bool pg_pooler_error(enum pg_pooler pooler, struct err *err);

#endif
