/*
 * Why rows were not written as they were sent: rules, row security, publications of a table without a replica
 * identity, triggers, other sessions.
 */
#ifndef LOAD_LOST_ROWS_H
#define LOAD_LOST_ROWS_H

#include "base/err.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/*
 * Before a load: ERR_CREATE, naming them and how to disable them, where the table has an enabled rule on
 * insert, update or delete, row security that applies to our role, or no replica identity though a
 * publication wants one. Triggers are allowed: most let every row pass.
 */
MUST_CHECK bool target_check_interceptors(const struct target *target, struct pg *pg, struct err *err);

/* Of a table that was just made: gives it the replica identity that a publication (of all tables, or of its
 * schema) wants: the whole row, since its key has columns that may be null. */
MUST_CHECK bool target_satisfy_publications(const struct target *target, struct pg *pg, struct err *err);

/*
 * After a statement of the load has touched fewer rows than it should have: says why. Always returns false.
 * ERR_CREATE, naming them, where the table has rules, row security or enabled triggers BEFORE ROW, or one of
 * its partitions or children has such triggers; else target_refuse_changed_rows(). Reads the catalogue: the
 * transaction must not have failed.
 */
MUST_CHECK bool target_explain_lost_rows(const struct target *target, struct pg *pg, struct err *err);

/*
 * After a load's proof has failed: adds to err the enabled triggers of the table, its partitions and
 * children, which may have changed values, and how to disable them. Always returns false. The transaction
 * must not have failed.
 */
MUST_CHECK bool target_name_triggers(const struct target *target, struct pg *pg, struct err *err);

/* Whether the table, one of its partitions or children has an enabled trigger. */
MUST_CHECK bool target_has_triggers(const struct target *target, struct pg *pg, bool *has, struct err *err);

/*
 * Somebody else has changed rows while they were being loaded: ERR_LATER. Its SQLSTATE is the server's own
 * for this, 40001 (serialization_failure): the load may be tried again. Always returns false.
 */
MUST_CHECK bool target_refuse_changed_rows(const struct target *target, struct err *err);

#endif
