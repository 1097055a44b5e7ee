/*
 * What a row of a target table stands for: the query's fields (its grain), the key, and whether rows are
 * snapshots of a window. Remembered when the table is made, and never changed while it lives: two grains in
 * one table would count every token twice. And which column each field of the key is in: a row is found by
 * its key, so those columns are written once.
 */
#ifndef LOAD_GRAIN_H
#define LOAD_GRAIN_H

#include "base/err.h"
#include "load/target.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

/*
 * Whether the rows of a table that exists are what the target's job asks for. ERR_CONFIG when they are not,
 * with the two side by side, when a field of the key is in another column than the job has it in, or when the
 * table was not made by this tool.
 */
MUST_CHECK bool grain_check(const struct target *target, struct pg *pg, struct err *err);

/*
 * Whether the job's table exists, was made by this tool, and holds rows by another grain than the job asks
 * for, or has the fields of its key in other columns.
 */
MUST_CHECK bool grain_has_changed(const struct job *job, const char *schema, struct pg *pg, bool *changed,
                                  struct err *err);

/*
 * Within a load's transaction, right before its rows are merged: nobody replaces the table any more until the
 * transaction ends, and nobody has replaced it by one of another grain since grain_check().
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
