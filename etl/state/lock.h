/*
 * One runner per table and contract: a session-level advisory lock. It is gone with the session,
 * however that ends, so that a killed runner leaves nothing behind.
 */
#ifndef STATE_LOCK_H
#define STATE_LOCK_H

#include "base/err.h"
#include "wire/pg/pg.h"

/*
 * Takes the lock without waiting. ERR_LATER if another session holds it: the error names its host and
 * process.
 *
 * contract NULL: the lock for a rebuild of the table (load/rebuild/rebuild.h); it does not block a load.
 */
MUST_CHECK bool lock_take(struct pg *pg, const char *schema, const char *table, const char *contract,
                          struct err *err);

/* As lock_take(), but it is no error if another session holds the lock: *taken says whether it was taken. */
MUST_CHECK bool lock_try(struct pg *pg, const char *schema, const char *table, const char *contract,
                         bool *taken, struct err *err);

/* After a failure the lock is held until the session ends. */
void lock_release(struct pg *pg, const char *schema, const char *table, const char *contract);

/*
 * After a statement on a table has given up waiting for a lock (lock_timeout), and the rollback: replaces err
 * by ERR_LATER that says who holds locks on the table; its former text and SQLSTATE are gone. err stays as it
 * is if no one does any more, or if this cannot be read. May take a second past the deadline.
 */
void lock_explain_wait(struct pg *pg, const char *schema, const char *table, struct err *err);

#endif
