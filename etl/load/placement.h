/*
 * Where the rows of a table live, as the database has it. Nothing is assumed from settings: a DBA may have
 * made the table, or may have changed it since.
 *
 * In every placement the rows are found by contract, key and day, never by their physical position. Two
 * things depend on the placement: whether rows need a partition, which this tool adds where it can
 * (load/partitions), and where the rows to load are staged (load/stage): a distributed table is joined with
 * tables that have the same shards.
 */
#ifndef LOAD_PLACEMENT_H
#define LOAD_PLACEMENT_H

#include "base/err.h"
#include "load/part.h"
#include "wire/pg/pg.h"

enum placement_kind {
    PLACEMENT_PLAIN, /* in one heap; also of a table that does not exist */
    PLACEMENT_PARTS, /* in several: declarative partitions, inheritance children, chunks of a hypertable */
    PLACEMENT_DISTRIBUTED, /* in shards on the nodes of a Citus cluster, by the hash of one column */
};

struct placement {
    enum placement_kind kind;
    bool is_declared; /* PLACEMENT_PARTS by declarative partitions: a row without one is refused */
    const char *key;  /* is_declared: `RANGE (usage_date)` */
    struct text_list key_columns; /* of the key; none: expressions are among them */
    const char *column; /* the only partition key, by ranges: a date or timestamp; NULL: otherwise */

    /* Of a `column`: what the partitions hold, without the default one. */
    struct part_ranges parts;
    bool is_clear;            /* each begins and ends at the start of a day, and is a plain table */
    const char *default_part; /* "schema"."name", as it stands in a statement; NULL: none */
    bool may_add;             /* our role owns the table, and may create tables in its schema */

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
 * How partitions are added to the table: by month, by year, or not at all by this tool. wanted: the job's
 * target.partition_by, for a table that has none yet. Pure.
 */
enum job_partition_by placement_pattern(const struct placement *placement, enum job_partition_by wanted);

#endif
