/*
 * Finds the partitions that the days of a load need, and adds the missing ones.
 *
 * A table that is partitioned by ranges of the window's date gets one partition for each month or year with
 * rows: for the period of its newest partition, or for that of target.partition_by (load/partition_range.h).
 * If its periods are irregular, the error has the statement for the owner of the table. If the table has
 * another partition key, the error only names the key: the owner has to add a partition, or a default one.
 * Rows that a default partition takes need no further partition.
 *
 * A new partition is created as a separate table and then attached. ATTACH takes the lock SHARE UPDATE
 * EXCLUSIVE on the table, so other sessions continue to read and write it. The partition gets the table's
 * indexes, owner, privileges and row security. If a partition of these days was detached or dropped before,
 * the days no longer count as covered by earlier loads: their rows are new, not restated.
 */
#ifndef LOAD_PARTITIONS_H
#define LOAD_PARTITIONS_H

#include "job/window.h"
#include "load/partition_range.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/* Whether a statement was refused because a row has no partition, or is not one of the partition's. Pure. */
bool partitions_lack_row(const struct err *err);

/* Whether the table is partitioned, or will be, by ranges of the window's date alone. Pure. */
bool partitions_have_days(const struct target *target);

/*
 * The missing partitions for rows of these days; they live in the arena. None for a table that is not
 * partitioned by day. ERR_CREATE, with the statement for the owner of the table, if one cannot be added: the
 * periods of the table are irregular, or our role may not add it.
 *
 * pg: to find out whether the default partition already has rows of a missing partition. Then the rows go
 * there, with a warning, and nothing is added. NULL: this is not checked.
 */
MUST_CHECK bool partitions_find(const struct target *target, const struct day_set *days, struct arena *arena,
                                struct pg *pg, struct partition_ranges *missing, struct err *err);

/*
 * The same check for all days of a window, before it is requested. Only returns the error. If the periods of
 * the table are irregular, one partition with any day of the window is enough.
 */
MUST_CHECK bool partitions_check(const struct target *target, const struct window *window, struct err *err);

/* Appends the statements by which a run would add the partitions of the window's days. */
void partitions_plan(const struct target *target, const struct window *window, struct arena *arena,
                     struct text_list *statements);

/*
 * Adds partitions in the caller's transaction, except those that another session has added meanwhile. Other
 * sessions that add partitions to the table wait until the transaction ends.
 */
MUST_CHECK bool partitions_add(const struct target *target, const struct partition_ranges *missing,
                               struct pg *pg, struct err *err);

/* The same in its own transaction, so that no session has to wait for the load. */
MUST_CHECK bool partitions_add_ahead(const struct target *target, const struct partition_ranges *missing,
                                     struct pg *pg, struct err *err);

/*
 * For the load's transaction: creates a table like the target for the days of one partition, which is filled
 * before it is attached. name: PARTITION_NAME_BYTES bytes, unique to this session.
 */
#define PARTITION_NAME_BYTES 64
const char *partition_standalone_name(const struct pg *pg, char *name);
MUST_CHECK bool partition_make_standalone(const struct target *target, struct partition_range range,
                                          const char *name, struct pg *pg, struct err *err);

/*
 * Attaches the filled table. If another load has added the partition meanwhile, moves the rows there.
 */
MUST_CHECK bool partition_attach_standalone(const struct target *target, struct partition_range range,
                                            const char *name, struct pg *pg, struct err *err);

/* The name for a new partition of the table: partition_range_name(), with the first number whose name is not
 * in use. name: JOB_COLUMN_NAME bytes. Of the target only schema and table are read. */
MUST_CHECK bool partition_find_free_name(const struct target *target, struct partition_range range,
                                         char *name, struct pg *pg, struct err *err);

/* Gives a partition the owner, the privileges and the row security of its table. */
struct partition_name {
    const char *schema; /* of both */
    const char *table;
    const char *name;
};
MUST_CHECK bool partition_copy_properties(const struct partition_name *name, struct pg *pg, struct err *err);

/* To be called after ERR_DATA of a statement that wrote rows. If a row has no partition, err becomes
 * ERR_CREATE and says how the table is partitioned. Returns false. */
bool partitions_explain(const struct target *target, struct err *err);

#endif
