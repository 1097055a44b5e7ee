/*
 * Old versions of a table's rows: target.history.
 *
 * TABLE_history has the columns of the table and `_valid_from`, `_valid_to`, `_ended_by_run_id`,
 * `_operation`; its `_run_id` is the run that wrote the version. A load copies the rows that it changes or
 * deletes there, in its own transaction. The function TABLE_as_of(timestamptz) returns the table as it was at
 * a point in time, from the table's rows and their old versions.
 *
 * A history is created like its table: in the same tablespace; owned by the table's owner, if our role may do
 * that; readable by those who may read the table; with row security and no policy if the table has row
 * security. Columns that are added or widened in the table are added or widened in the history.
 * tokenflex_etl.target_history records which histories exist, and since when each has all versions: a run
 * without history interrupts that.
 *
 * A manual change in the table leaves no version. If a column was dropped from a history that has all
 * versions, that is ERR_CONFIG: its values cannot be restored.
 */
#ifndef LOAD_HISTORY_H
#define LOAD_HISTORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "job/job.h"
#include "load/statement.h"
#include "load/target.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

/* The names that belong to a table with history; schema and table are borrowed. */
struct history_names {
    const char *schema;
    const char *table;
    char history[JOB_COLUMN_NAME];
    char as_of[JOB_COLUMN_NAME];
    bool is_distributed; /* whether the table is; set only where the function is made or compared */
};

struct history {
    struct history_names names;
    struct text_list columns; /* columns of both table and history, in the table's order; in the arena */
};

/* Makes the names of a table's history. ERR_CONFIG if the table's name is too long for one. Pure. */
MUST_CHECK bool history_name(const char *schema, const char *table, struct history_names *names,
                             struct err *err);

/*
 * To be called in the load's transaction, once the table has its final form and is locked: creates the
 * history, or brings it up to date with the table. *history is NULL if the job keeps none, and for a
 * successor that will replace another table (load/rebuild); otherwise it lives in the arena.
 *
 * ERR_CREATE if something else has the history's name, if a rule, row security or a trigger BEFORE ROW is in
 * the way, or if our role may not create it; ERR_CONFIG for a column that was dropped, for a history of a
 * kind that is not supported (load/table_kind), and for a table whose name is too long.
 */
MUST_CHECK bool history_prepare(const struct target *target, struct pg *pg, struct arena *arena,
                                struct history **history, struct err *err);

/*
 * To be called within the load's transaction after the owner has renamed columns of the table, or exchanged
 * their names: those of the history are renamed in the same way, under the lock for DDL, which it takes.
 * before, after: the stored text of load/column_map. Does nothing if the table has no history, or the history
 * no such columns.
 */
MUST_CHECK bool history_rename_columns(const struct target_name *table, const char *before, const char *after,
                                       struct pg *pg, struct err *err);

/*
 * Adds the statements that would create the history if the job keeps one and it does not exist. pg: NULL if
 * the database cannot be read. The target is inspected.
 */
MUST_CHECK bool history_plan(const struct target *target, struct pg *pg, struct arena *arena,
                             struct text_list *statements, struct err *err);

/* Finds the existing history of a table; *history is NULL if there is none, otherwise it lives in the
 * arena. */
MUST_CHECK bool history_find(const struct history_names *names, struct pg *pg, struct arena *arena,
                             struct history **history, struct err *err);

/* Creates the history of a table that has none. To be called under the lock for DDL. */
MUST_CHECK bool history_make(const struct history_names *names, struct pg *pg, struct err *err);

/* For a table that has just replaced another, and keeps its history: adds the columns that the history lacks,
 * and creates the function again. The types of other columns are the same in both. */
MUST_CHECK bool history_continue(const struct history_names *names, struct pg *pg, struct err *err);

/* Drops the function, which depends on the table. ERR_CREATE if something depends on the function. */
MUST_CHECK bool history_drop_function(const struct history_names *names, struct pg *pg, struct err *err);

/*
 * Appends `insert into HISTORY (…) select …` for rows `t` of the table that this run ends. The caller appends
 * ` from …`. operation: update or delete.
 */
void history_put_insert(const struct history *history, const char *run_id, const char *operation,
                        struct statement *statement);

/* To be called after such a statement has copied too few rows: as target_explain_lost_rows(). */
MUST_CHECK bool history_explain_lost_rows(const struct history *history, const struct target *target,
                                          struct pg *pg, struct err *err);

/* To be called after a load without history that has changed or deleted rows: stores that an existing history
 * lacks versions. */
MUST_CHECK bool history_interrupt(const struct target *target, struct pg *pg, struct err *err);

/*
 * For the history of an earlier table with another grain: gives it a name that tells its grain
 * (history_past_name()). It gets no more versions, and its function is dropped. Does nothing if no history of
 * the table is recorded.
 */
MUST_CHECK bool history_rename_past(const struct history_names *names, struct pg *pg, struct err *err);

/* `TABLE_history_by_usage_date_product_name`, from the API names of a grain, one per line. A name that is too
 * long is cut and ends in a hash of the whole name; of a distributed table it is cut earlier, since the names
 * of its shards are longer. out holds JOB_COLUMN_NAME bytes. Returns out. Pure. */
const char *history_past_name(const char *table, const char *grain, bool is_distributed, char *out);

/*
 * Deletes the versions that ended more than keep_days ago from every history that our role may delete from,
 * outside a transaction. *deleted: how many.
 */
MUST_CHECK bool history_prune(struct pg *pg, unsigned keep_days, uint64_t *deleted, struct err *err);

#endif
