/*
 * A target table as a job's result needs it: derived from the result's column list, compared with what is
 * there.
 *
 * `contract_number text not null` comes first, then, where the rows carry no date of the window,
 * `window_start date` and `window_end date`; then one column a name of the result, in its order, in
 * snake_case unless renamed; then
 * `_row_key uuid` (load/row_key), `_run_id bigint`, `_synced_at timestamptz`. The unique index is on the
 * key's first date, where there is one, and `_row_key`: rows of one day lie together, and the index stays
 * narrow. Of a partitioned table the date is that of its partitions.
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
    bool type_is_known; /* by the job, the catalogue or the table; else it is inferred from the first page */
    bool is_open;       /* neither job nor catalogue name its type: its values may widen it */
    bool is_metric;     /* of the job; else a field */
    bool in_key;
    bool exists;              /* in the table already */
    enum column_type present; /* the table's type, where it exists */
};

struct target {
    struct arena *arena;
    const struct job *job;
    const char *schema;
    const char *table;
    const char *contract;          /* whose rows are to be loaded; NULL: its filter is not compared */
    struct target_column *columns; /* in the order of the result */
    size_t count;
    size_t *key; /* columns that identify a row, in the order of their API names */
    size_t key_count;
    size_t day;    /* the column of the window's date, where rows carry it; count where they do not */
    size_t lead;   /* the key column that leads the unique index; count where there is none */
    bool windowed; /* has window_start and window_end */
    bool exists;
    bool is_adopted; /* it exists, was made by somebody else, and is empty: this load takes it over */
    struct placement placement;         /* of the table that exists */
    enum job_partition_by partition_by; /* how partitions of a new table are cut, or of one without any */
    bool schema_exists;
    const struct text_list *wanted_readers; /* roles that are to be able to read the table */
    struct text_list readers;               /* those of them that cannot yet */
    const char *changes; /* what target_apply() has changed, in words, one a line; NULL: nothing */
};

/*
 * Derives the table from the names of a result: pure. ERR_DATA when the result's columns are not those that
 * the job asked for, each once. Everything lives in arena, also what later calls add; the job must outlive
 * it.
 */
MUST_CHECK bool target_derive(const struct job *job, const char *schema, const struct text_list *names,
                              struct arena *arena, struct target *target, struct err *err);

/*
 * Reads what is in the database: which columns exist with which types (they become the target's), what the
 * table's question is, which of the roles `readers` cannot read it yet. ERR_CONFIG when the job asks another
 * one (grain_check()), when the table was not made by this tool, when it lacks a column that the job must not
 * add (on_schema_change: fail), when its kind is not supported (load/table_kind), or when there is no such
 * role; ERR_CREATE when the name is not a table's, or a rule or row security stands in the way
 * (load/lost_rows); ERR_DATA when neither a column's type nor the one that the job wants holds the values of
 * both. A column that is too narrow is to be widened: target_ddl().
 */
MUST_CHECK bool target_inspect(struct target *target, const struct text_list *readers, struct pg *pg,
                               struct err *err);

/*
 * Widens an open column to hold a value: whether its type is another now. A column whose type is not known
 * gets the narrowest that holds the values seen so far; *seen is the caller's memory of that, false at first.
 *
 * A text that only a metric takes for a number makes text of a field's column: `0042` is a code there, which
 * is not 42.
 */
bool target_see_value(struct target_column *column, const struct cell *cell, bool *seen);

/* Whether values may widen some column. */
bool target_is_open(const struct target *target);

/* ERR_CONFIG when the table would have to change, and target.on_schema_change is fail. */
MUST_CHECK bool target_check_change(const struct target *target, struct err *err);

/* Whether every column's type is known: by job, catalogue or table, or by values that were seen. */
bool target_is_typed(const struct target *target);

/*
 * The statements that bring the table to what the result needs, one an item; none when it is so already.
 * Pure. All types must be known by now.
 */
void target_ddl(const struct target *target, struct arena *arena, struct text_list *statements);

/*
 * Appends `alter column … type …` for a column, of the target or of the stage, that is to hold the same
 * values in a wider type. What a key's values are identified by stays the same: text gets their canonical
 * form.
 */
void target_put_retype(const struct target_column *column, enum column_type from, struct buf *sql);

/* The statement for a new table's unique index, which is made once the table has its first rows. */
void target_put_index(const struct target *target, struct buf *sql);

/*
 * Begins the load in the caller's transaction: its settings (a limit on waiting for locks, memory for the
 * merge), then target_ddl(). Grain and key of a new table are remembered. Where there is something to do, it
 * waits for others that do so in the same schema and looks again, so that jobs which start together make a
 * schema or table once. ERR_CREATE when refused; ERR_CONFIG when a reader is no role.
 *
 * target->changes tells what it has created, added and widened.
 */
MUST_CHECK bool target_apply(struct target *target, struct pg *pg, struct err *err);

/* After the COMMIT: logs what target_apply() has changed. A table that was created is nothing to worry about;
 * what changes of one that people use already is a warning. */
void target_tell_changes(const struct target *target);

/*
 * With the table locked (load/grain, grain_hold()): whether its columns have the target's types still.
 * Another contract's load may have widened one since they were looked at; then they are to be looked at
 * again.
 */
MUST_CHECK bool target_is_current(const struct target *target, struct pg *pg, bool *current, struct err *err);

/* Whether a key tells the day of its row, so that a row never moves to another: true where rows have no day.
 */
bool target_key_has_day(const struct target *target);

/* The date that leads the unique index: the key's first one; by_day: the window's, by which partitions are
 * told, where it is part of the key. */
void target_choose_lead(struct target *target, bool by_day);

/* Appends "schema"."table". */
void target_put_name(const struct target *target, struct buf *sql);

#endif
