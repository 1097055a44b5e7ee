/*
 * The lock under which tables, views and the schema itself are made and changed, so that runners that start
 * together make each only once. Held until the transaction ends.
 */
#ifndef LOAD_DDL_LOCK_H
#define LOAD_DDL_LOCK_H

#include "base/err.h"
#include "wire/pg/pg.h"

/* Waits as long as the session's lock_timeout allows. */
MUST_CHECK bool ddl_lock(const char *schema, struct pg *pg, struct err *err);

/* Waits until the job's timeout: another load that makes a table holds the lock until its COMMIT. */
MUST_CHECK bool ddl_lock_for_load(const char *schema, struct pg *pg, struct err *err);

#endif
