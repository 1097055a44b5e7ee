/*
 * How the rows of a table are stored: in a plain, a partitioned or a distributed table. This is read from the
 * database, not from settings: a DBA may have made the table, or may have changed it since.
 *
 * In every placement the rows are found by contract, key and day, never by their physical position. Two
 * things depend on the placement: whether rows need a partition, which this tool adds where it can
 * (load/partitions), and where the rows to load are staged (load/stage): a distributed table is joined with
 * tables that have the same shards.
 */
#ifndef LOAD_PLACEMENT_H
#define LOAD_PLACEMENT_H

#include "base/err.h"
#include "load/partition_range.h"
#include "wire/pg/pg.h"

enum placement_kind {
    PLACEMENT_PLAIN,       /* in one heap; also of a table that does not exist */
    PLACEMENT_PARTITIONED, /* in several: partitions, inheritance children, chunks of a hypertable */
    PLACEMENT_DISTRIBUTED, /* in shards on the nodes of a Citus cluster, by the hash of one column */
};

struct placement {
    enum placement_kind kind;
    bool is_declared; /* PLACEMENT_PARTITIONED by declarative partitions: a row without one is refused */
    const char *key;  /* is_declared: `RANGE (usage_date)` */
    struct text_list key_columns; /* of the key; none: expressions are among them */
    const char *column; /* the only partition key, by ranges: a date or timestamp; NULL: otherwise */

    /* If there is a `column`: the days of the partitions, without the default one. */
    struct partition_ranges partitions;
    bool all_are_whole; /* each partition is a plain table, and begins and ends at the start of a day */
    const char *default_partition; /* "schema"."name", as it stands in a statement; NULL: none */
    bool may_add;                  /* our role owns the table, and may create tables in its schema */

    /* Of PLACEMENT_DISTRIBUTED: the column, contract_number or _row_key; its collation as it stands in a
     * statement, NULL: none. */
    enum job_distribute_by distributed_by;
    const char *collation;
};

/* Texts live in the arena. */
MUST_CHECK bool placement_read(const char *schema, const char *table, struct arena *arena, struct pg *pg,
                               struct placement *placement, struct err *err);

/* The choice that the column stands for; JOB_DISTRIBUTE_NONE: no table is distributed by it. Pure. */
enum job_distribute_by placement_distribution(const char *column);

/*
 * The period of new partitions; JOB_PARTITION_NONE: this tool adds none. wanted: the job's
 * target.partition_by, for a table without partitions. Pure.
 */
enum job_partition_by placement_new_period(const struct placement *placement, enum job_partition_by wanted);

#endif
