/*
 * Finds why rows were not written as they were sent: rules, row security, publications of a table without a
 * replica identity, triggers, other sessions.
 */
#ifndef LOAD_LOST_ROWS_H
#define LOAD_LOST_ROWS_H

#include "base/err.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/*
 * To be called before a load: ERR_CREATE, with their names and how to disable them, if the table has an
 * enabled rule on insert, update or delete, row security that applies to our role, or no replica identity
 * although a publication needs one. Triggers are allowed: most let every row pass.
 */
MUST_CHECK bool target_check_interceptors(const struct target *target, struct pg *pg, struct err *err);

/* The same for a table whose rows no proof covers: ERR_CREATE for an enabled trigger BEFORE ROW, too. */
MUST_CHECK bool target_check_row_triggers(const struct target *target, struct pg *pg, struct err *err);

/* Gives a new table the replica identity that a publication (of all tables, or of its schema) needs: the
 * whole row, because its key has columns that may be null. */
MUST_CHECK bool target_set_replica_identity(const struct target *target, struct pg *pg, struct err *err);

/*
 * To be called after a statement of the load has written fewer rows than it should: finds the reason. Always
 * returns false. ERR_CREATE, with their names, if the table has rules, row security or enabled triggers
 * BEFORE ROW, or one of its partitions or children has such triggers; otherwise
 * target_refuse_concurrent_change(). Reads the catalogs, so the transaction must not have failed.
 */
MUST_CHECK bool target_explain_lost_rows(const struct target *target, struct pg *pg, struct err *err);

/*
 * To be called after a load's proof has failed: adds to err the enabled triggers of the table, its partitions
 * and children, which may have changed values, and how to disable them. Always returns false. The transaction
 * must not have failed.
 */
MUST_CHECK bool target_explain_triggers(const struct target *target, struct pg *pg, struct err *err);

/* Whether the table, or one of its partitions or children, has an enabled trigger. */
MUST_CHECK bool target_has_triggers(const struct target *target, struct pg *pg, bool *has, struct err *err);

/*
 * Sets ERR_LATER: another session has changed rows while they were being loaded. Its SQLSTATE is the server's
 * own for this, 40001 (serialization_failure), so that the load is repeated. Always returns false.
 */
MUST_CHECK bool target_refuse_concurrent_change(const struct target *target, struct err *err);

#endif
