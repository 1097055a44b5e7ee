/*
 * A target table in the form that a job's result needs: derived from the columns of the result, and compared
 * with the existing table.
 *
 * Its columns are, in this order: `contract_number text not null`; `window_start date` and `window_end date`
 * if the rows have no date of the window; one column for each name of the result, in snake_case unless
 * renamed; `_row_key uuid` (load/row_key), `_run_id bigint` and `_synced_at timestamptz`.
 *
 * The unique index is on a date of the key (`lead`), if there is one, and `_row_key`, with mode: append also
 * `_run_id`: so the rows of a day are near each other, and the index stays small. In a table that is
 * distributed by contract_number, the index includes that column too, because a unique index of Citus applies
 * within each shard only.
 */
#ifndef LOAD_TARGET_H
#define LOAD_TARGET_H

#include "base/arena.h"
#include "base/err.h"
#include "job/job.h"
#include "load/placement.h"
#include "load/value.h"
#include "wire/pg/pg.h"

struct target_column {
    const char *api_name;
    const char *name; /* in the table */
    enum column_type type;
    bool type_is_known; /* from the job, the catalogue or the table; else inferred from the first page */
    bool is_open;       /* neither job nor catalogue define its type: values may widen it */
    bool is_metric;     /* a metric of the job; false: a field */
    bool in_key;
    bool exists;              /* the table already has it */
    enum column_type present; /* exists: its type in the table */
};

struct target {
    struct arena *arena;
    const struct job *job;
    const char *schema;
    const char *table;
    const char *contract;          /* the contract to load; NULL: its filter is not compared */
    struct target_column *columns; /* in the order of the result */
    size_t count;
    size_t *key; /* columns that identify a row, in the order of their API names */
    size_t key_count;
    size_t day;    /* the column of the window's date; count if rows have none */
    size_t lead;   /* the date of the key that comes first in the unique index: the window's if the key has
                      it, else the key's first one; count: none, as in every table of snapshots */
    bool windowed; /* has window_start and window_end */
    bool exists;
    bool is_adopted; /* it exists, was not created by this program, and is empty: this load takes it over */
    struct placement placement;         /* of the table that exists */
    enum job_partition_by partition_by; /* the period of partitions of a table that is new or has none yet */
    enum job_distribute_by distribute_by; /* of a new table */
    const char *colocate_with; /* of a new table that is distributed: the table whose nodes it shares, quoted
                                  as in a statement; NULL: those that Citus gives every such table */
    bool schema_exists;
    const struct text_list *wanted_readers; /* roles that must be able to read the table */
    struct text_list readers;               /* those of them that cannot read it yet */
    const char *changes; /* what target_apply() has changed, in words, one per line; NULL: nothing */
};

/*
 * Derives the table from the names of a result. Pure. ERR_DATA if these are not the names that the job has
 * requested, each once. Everything lives in arena, also what later calls add; the job must outlive it.
 */
MUST_CHECK bool target_derive(const struct job *job, const char *schema, const struct text_list *names,
                              struct arena *arena, struct target *target, struct err *err);

/*
 * Reads the existing table: which columns it has with which types (they become the target's), its grain, and
 * which of the roles `readers` cannot read it yet. A column that is too narrow is widened later:
 * target_ddl().
 *
 * ERR_CONFIG if the job has another grain (grain_check()), if this tool did not create the table and it has
 * rows or does not fit (load/adoption), if it lacks a column that the job must not add (on_schema_change:
 * fail), if its kind is not supported (load/table_kind), if neither a column's type nor the job's holds the
 * values of both, if the column by which it is partitioned would change its type, if a role does not exist,
 * or if the job distributes the table and the database has no Citus, or Citus distributes the schema of a new
 * table as a whole (state/citus.h).
 *
 * ERR_CREATE if the name is not that of a table, if a load cannot write its columns (load/column_fit), if a
 * column has a type that would cut or round values, if a metric or the window's date is text, or if a rule or
 * row security is in the way (load/lost_rows).
 */
MUST_CHECK bool target_inspect(struct target *target, const struct text_list *readers, struct pg *pg,
                               struct err *err);

/*
 * Widens an open column to hold a value; returns whether its type has changed. A column without a known type
 * gets the narrowest type that holds the values seen so far. *seen: whether the column has had a
 * value before. One per column, false at first; set here.
 *
 * A text such as `0042` makes the column of a field text: it is a code, not the number 42. Only a metric
 * accepts it as a number.
 */
bool target_note_value(struct target_column *column, const struct cell *cell, bool *seen);

/* Whether there is a column that values may widen. */
bool target_is_open(const struct target *target);

/* ERR_CONFIG if the table would have to change and target.on_schema_change is fail. */
MUST_CHECK bool target_check_change(const struct target *target, struct err *err);

/* Whether every column's type is known: from job, catalogue, table or values. */
bool target_is_typed(const struct target *target);

/*
 * The statements that change the table to what the result needs, one per item; none if it is so already. All
 * types must be known. Pure.
 */
void target_ddl(const struct target *target, struct arena *arena, struct text_list *statements);

/*
 * Appends `alter column … type …` for a column of the target or of the stage that has to hold the same values
 * in a wider type. The identity of key values does not change: text gets their canonical form.
 */
void target_put_retype(const struct target_column *column, enum column_type from, struct buf *sql);

/* Appends the statement for the unique index of a new table, which is created after its first rows are
 * written. */
void target_put_index(const struct target *target, struct buf *sql);

/*
 * Begins the load in the caller's transaction: its settings (lock_timeout, memory for the merge), then
 * target_ddl(). The grain and key of a new table are stored. If something has to be done, it waits for other
 * sessions that change tables of the same schema and inspects again, so that jobs that start together create
 * a schema or table only once. ERR_CREATE if the server refuses; ERR_CONFIG if a reader is not a role.
 *
 * target->changes then says what was created, added and widened.
 */
MUST_CHECK bool target_apply(struct target *target, struct pg *pg, struct err *err);

/* To be called after the COMMIT: logs what target_apply() has changed. A created table, and the
 * successor of one, is logged at level info; a change of another table is a warning, because people use it.
 */
void target_log_changes(const struct target *target);

/*
 * *current: the columns still have the target's types. The table must be locked (grain_lock()). If the load
 * of another contract has widened a column since it was inspected, the table has to be inspected again.
 */
MUST_CHECK bool target_is_current(const struct target *target, struct pg *pg, bool *current, struct err *err);

/* The column by which the table is distributed, or will be: contract_number or _row_key; NULL: by none. Pure.
 */
const char *target_distribution(const struct target *target);

/* Whether contract_number is that column: rows are found in their shard by it alone. Pure. */
bool target_is_distributed_by_contract(const struct target *target);

/*
 * Appends `select create_distributed_table(…)` for an empty table that is to have the column and the shards
 * of another table (colocate_with, quoted as in a statement; NULL: Citus' own choice). A name that is nearly
 * as long as names can be is cut for the shards; Citus then makes them one after the other, since two that
 * are made at once may wait for each other (a distributed deadlock).
 */
void target_put_distribute(const char *name, const char *column, const char *colocate_with, struct buf *sql);

/* Whether the key includes the day of its row, so that a row never moves to another day. Also true if rows
 * have no day. */
bool target_key_has_day(const struct target *target);

/* The name of the column that comes first in the unique index, before `_row_key`, so that a load reads no
 * more than its window's part of the table; NULL: none does. Borrowed from target. */
const char *target_index_lead(const struct target *target);

/* Appends "schema"."table". */
void target_put_name(const struct target *target, struct buf *sql);

#endif
