/*
 * The grain of a table: the query's fields, the key, whether rows are snapshots of a window, which column
 * holds each field and metric (load/column_map), and the filter by which the rows of a contract are requested
 * (load/contract_filter). It is stored when the table is created and loaded, and does not change while the
 * table exists: rows of two different queries in one table would count every token twice. Exceptions: metrics
 * are added; a metric whose column was dropped is forgotten; and a column is stored with its new name if its
 * owner has renamed it to the job's.
 */
#ifndef LOAD_GRAIN_H
#define LOAD_GRAIN_H

#include "base/err.h"
#include "load/contract_filter.h"
#include "load/target.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

/*
 * Whether the rows of a table that exists are what the target's job requests. ERR_CONFIG, with both sides, if
 * they are not; if a field or metric is in another column than the job says; or if the table was created by a
 * version of this tool that recorded less. Without target->contract the filter is not compared. *known: the
 * table was created by this tool, or created in advance and used by it since (load/adoption).
 */
MUST_CHECK bool grain_check(const struct target *target, struct pg *pg, bool *known, struct err *err);

/*
 * *needed: the table exists, was made by this tool, and holds the result of another query than the job's, or
 * is not partitioned or distributed as the job says, or was recorded by a version of this tool that recorded
 * less. ERR_CONFIG or ERR_CREATE for a table that cannot be loaded at all (load/table_kind).
 */
MUST_CHECK bool grain_needs_rebuild(const struct contract_load *load, struct pg *pg, bool *needed,
                                    struct err *err);

/*
 * To be called in a load's transaction, right before its rows are merged: locks the table, so that no other
 * session can replace it until the transaction ends, and repeats grain_check(). Stores what the load adds:
 * columns, and the filter of the contract. ERR_LATER if the record was deleted, ERR_CREATE if the table was
 * dropped or renamed.
 */
MUST_CHECK bool grain_lock(const struct target *target, struct pg *pg, struct err *err);

/*
 * Stores the grain of a new table, in the transaction that created it. A table with another name than its
 * job's target.table is a successor that will replace that table (load/rebuild).
 */
MUST_CHECK bool grain_remember(const struct target *target, struct pg *pg, struct err *err);

/* Whether the table keeps the rows of every run (target.mode append). Pure. */
bool grain_keeps_every_run(const struct target_record *record);

#endif
