/*
 * One runner a target: a session-level advisory lock on table and contract. It is gone with the session,
 * however that ends, so that a killed runner leaves nothing behind.
 */
#ifndef STATE_LOCK_H
#define STATE_LOCK_H

#include "base/err.h"
#include "wire/pg/pg.h"

/*
 * Never waits. ERR_LATER when another session holds it: host and process of the holder are named.
 *
 * contract NULL: the lock of whoever rebuilds the table (load/rebuild.h); it keeps no load away.
 */
MUST_CHECK bool lock_take(struct pg *pg, const char *schema, const char *table, const char *contract,
                          struct err *err);

/* The same without an error where another session holds it: *taken says. */
MUST_CHECK bool lock_try(struct pg *pg, const char *schema, const char *table, const char *contract,
                         bool *taken, struct err *err);

/* A failure leaves the lock to the session's end. */
void lock_release(struct pg *pg, const char *schema, const char *table, const char *contract);

/*
 * After a statement on a table has given up waiting for a lock (lock_timeout), and the rollback: says in err
 * who is at the table. err stays as it is where nobody is any more.
 */
void lock_explain_wait(struct pg *pg, const char *schema, const char *table, struct err *err);

#endif
