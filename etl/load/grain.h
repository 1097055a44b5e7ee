/*
 * One table, one question: the query's fields (the table's grain), the key, whether rows are snapshots of a
 * window, which column holds each field and metric (load/places), and by which filter the rows of a contract
 * are asked for (load/contract_filter). Remembered when the table is made and loaded, and never changed while
 * it lives, but for metrics that are added: two questions in one table would count every token twice.
 */
#ifndef LOAD_GRAIN_H
#define LOAD_GRAIN_H

#include "base/err.h"
#include "load/contract_filter.h"
#include "load/target.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

/*
 * Whether the rows of a table that exists are what the target's job asks for. ERR_CONFIG when they are not,
 * with the two side by side, when a field or metric is in another column than the job has it in, when the
 * table was made by a version of this tool that remembered less. Without target->contract the filter is not
 * compared. *known: the table was made by this tool, or taken over by it (load/adoption).
 */
MUST_CHECK bool grain_check(const struct target *target, struct pg *pg, bool *known, struct err *err);

/*
 * Whether the table exists, was made by this tool, and holds the answer to another question than the job's,
 * or is not partitioned as the job says (target.partition_by): a reason to rebuild it. ERR_CONFIG or
 * ERR_CREATE for a table that cannot be loaded at all (load/table_kind).
 */
MUST_CHECK bool grain_has_changed(const struct contract_question *question, struct pg *pg, bool *changed,
                                  struct err *err);

/*
 * Within a load's transaction, right before its rows are merged: nobody replaces the table any more until the
 * transaction ends, and nobody has replaced it by one of another question since grain_check(). What the load
 * adds is remembered: columns, and the filter of the contract. ERR_LATER where the table or its record is
 * gone.
 */
MUST_CHECK bool grain_hold(const struct target *target, struct pg *pg, struct err *err);

/*
 * Remembers the grain of a table that was just made, within the transaction that made it. A table that does
 * not have its job's name is to take the place of the one that has (load/rebuild.h).
 */
MUST_CHECK bool grain_remember(const struct target *target, struct pg *pg, struct err *err);

/* Whether the table keeps every run's rows (target.mode append). Pure. */
bool grain_keeps_every_run(const struct target_record *record);

#endif
