/*
 * Partitions for the days of a load: found to be missing, and added.
 *
 * A table that is partitioned by ranges of the window's date gets one for each month or year of which rows
 * have come, as its newest partition is cut, else as target.partition_by says. What tells no days (other
 * partition keys), or cannot be told, is left to the table's owner: the statement is shown. Rows that a
 * default partition takes need none.
 *
 * A new partition is made beside the table and attached: ATTACH takes SHARE UPDATE EXCLUSIVE on the table, so
 * that others go on reading and writing it. It gets the table's indexes, owner, privileges and row security.
 * Where somebody has detached or dropped the partition of the days, what earlier loads had covered of them is
 * forgotten: their rows are new again, and no restatement.
 */
#ifndef LOAD_PARTITIONS_H
#define LOAD_PARTITIONS_H

#include "job/window.h"
#include "load/part.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/* Whether the table is partitioned, or will be, by ranges of the window's date alone. Pure. */
bool partitions_have_days(const struct target *target);

/*
 * The partitions that rows of these days need and that are not there; they live in the arena. None for a
 * table that is not partitioned by day. ERR_CREATE, with the statement that its owner is to run, where one
 * cannot be added: the table is cut in a way that tells none, or our role may not do so.
 *
 * pg: NULL, or to look whether the default partition has rows of such a partition already: rows go there
 * then, and a warning says so.
 */
MUST_CHECK bool partitions_find(const struct target *target, const struct day_set *days, struct arena *arena,
                                struct pg *pg, struct part_ranges *missing, struct err *err);

/*
 * The same of all days of a window, before anything of it is asked for: only whether there is an error. Where
 * the partitions tell no pattern, one that holds some day of the window is enough.
 */
MUST_CHECK bool partitions_check(const struct target *target, const struct window *window, struct err *err);

/* Appends the statements by which a run would add the partitions of the window's days. */
void partitions_plan(const struct target *target, const struct window *window, struct arena *arena,
                     struct text_list *statements);

/*
 * Adds partitions within the caller's transaction; those that somebody else has added meanwhile are there
 * already. Others that add partitions to the table wait until it ends.
 */
MUST_CHECK bool partitions_add(const struct target *target, const struct part_ranges *missing, struct pg *pg,
                               struct err *err);

/* The same in a transaction of its own, so that nobody waits for the load. */
MUST_CHECK bool partitions_add_ahead(const struct target *target, const struct part_ranges *missing,
                                     struct pg *pg, struct err *err);

/*
 * In the load's transaction, before the rows are compared: makes a table like the target for the days of one
 * partition, to be filled before it is attached. name: PARTITION_NAME_BYTES bytes, unique to this session.
 */
#define PARTITION_NAME_BYTES 64
const char *partition_standalone_name(const struct pg *pg, char *name);
MUST_CHECK bool partition_make_standalone(const struct target *target, struct part_range range,
                                          const char *name, struct pg *pg, struct err *err);

/*
 * Once it is filled: attaches it. Where another load has added the partition meanwhile, the rows go there.
 */
MUST_CHECK bool partition_attach_standalone(const struct target *target, struct part_range range,
                                            const char *name, struct pg *pg, struct err *err);

/* The name that a new partition of the table gets: part_name(), with the first number that makes it free.
 * name: JOB_COLUMN_NAME bytes. Of the target only schema and table are read. */
MUST_CHECK bool partition_find_free_name(const struct target *target, struct part_range range, char *name,
                                         struct pg *pg, struct err *err);

/* Gives a partition the owner, the privileges and the row security of its table. */
struct partition_name {
    const char *schema; /* of both */
    const char *table;
    const char *name;
};
MUST_CHECK bool partition_copy_properties(const struct partition_name *name, struct pg *pg, struct err *err);

/* After ERR_DATA of a statement that wrote rows: where it says that a row has no partition, or fits none,
 * ERR_CREATE that says how the table is partitioned. Returns false. */
bool partitions_explain(const struct target *target, struct err *err);

#endif
