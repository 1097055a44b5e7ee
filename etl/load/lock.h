/*
 * One runner a target: a session-level advisory lock on table and contract. It is gone with the session,
 * however that ends, so that a killed runner leaves nothing behind.
 */
#ifndef LOAD_LOCK_H
#define LOAD_LOCK_H

#include "base/err.h"
#include "load/target.h"
#include "wire/pg.h"

/* Never waits. ERR_LATER when another session holds it: host and process of the holder are named. */
MUST_CHECK bool lock_take(struct pg *pg, const char *schema, const char *table, const char *contract,
                          struct err *err);

/* A failure leaves the lock to the session's end. */
void lock_release(struct pg *pg, const char *schema, const char *table, const char *contract);

#endif
