/*
 * Transactions.
 */
#ifndef WIRE_PG_TRANSACTION_H
#define WIRE_PG_TRANSACTION_H

#include "base/err.h"
#include "wire/pg/connection.h"

MUST_CHECK bool pg_begin(struct pg *pg, struct err *err);

/* True only when the server has said COMMIT. When the connection is lost instead, the outcome is not known:
 * the error says so. */
MUST_CHECK bool pg_commit(struct pg *pg, struct err *err);

/*
 * Leaves the transaction, if there is one, and a COPY in it, also after a stop. A failure to do so leaves the
 * connection lost.
 */
void pg_rollback(struct pg *pg);

/*
 * Makes a connection that was given up (pg_give_up()) usable again, for what is written after a failure.
 * Leaves its transaction, if there is one (pg_rollback()). Returns whether the connection works.
 */
bool pg_reuse(struct pg *pg);

/* Whether a transaction is open, also a failed one. */
bool pg_in_transaction(const struct pg *pg);

#endif
