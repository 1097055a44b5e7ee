/*
 * Old versions of a table's rows: target.history.
 *
 * TABLE_history has the table's columns and `_valid_from`, `_valid_to`, `_ended_by_run_id`, `_operation`; its
 * `_run_id` is the run that had written the version. A load keeps there what it changes or deletes, in its
 * own transaction. The function TABLE_as_of(timestamptz) returns the table as it was at a moment, from the
 * table's rows and their old versions.
 *
 * A history is made like its table: in the tablespace that has, of its owner's where our role may, for those
 * who may read the table; with row security, and no policy, where the table has some. A column that the table
 * has got is added, one whose type has become wider is widened. tokenflex_etl.target_history tells which
 * histories there are, and from when on each has all versions: not while a job of the table has run without
 * history.
 *
 * What somebody changes in the table by hand leaves no version. A column that somebody has taken away from a
 * history that has all versions is ERR_CONFIG: what it held cannot be brought back.
 */
#ifndef LOAD_HISTORY_H
#define LOAD_HISTORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "job/job.h"
#include "load/statement.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/* What belongs to a table with history; schema and table are borrowed. */
struct history_names {
    const char *schema;
    const char *table;
    char history[JOB_COLUMN_NAME];
    char as_of[JOB_COLUMN_NAME];
};

struct history {
    struct history_names names;
    struct text_list columns; /* that table and history have, in the table's order; in the arena */
};

/* The names of a table's history. ERR_CONFIG where the table's name is too long for one. Pure. */
MUST_CHECK bool history_name(const char *schema, const char *table, struct history_names *names,
                             struct err *err);

/*
 * In the load's transaction, once the table is as it is to be and locked: makes the history, or brings it up
 * to the table. *history is NULL where the job keeps none, and for a table that is to take another one's
 * place (load/rebuild); else it lives in the arena.
 *
 * ERR_CREATE where something else has the history's name, where a rule or row security stands in the way, or
 * where our role may not make it; ERR_CONFIG for a column that was taken away.
 */
MUST_CHECK bool history_prepare(const struct target *target, struct pg *pg, struct arena *arena,
                                struct history **history, struct err *err);

/* The history of a table that goes on; *history is NULL where it has none, else it lives in the arena. */
MUST_CHECK bool history_find(const struct history_names *names, struct pg *pg, struct arena *arena,
                             struct history **history, struct err *err);

/* Makes the history of a table that has none. For a table that has just taken another one's place. */
MUST_CHECK bool history_make(const struct history_names *names, struct pg *pg, struct err *err);

/*
 * Appends `insert into HISTORY (…) select …` for rows `t` of the table, which this run ends: what follows is
 * to be ` from …`. operation: update or delete.
 */
void history_put_insert(const struct history *history, const char *run_id, const char *operation,
                        struct statement *statement);

/* After such a statement has kept fewer rows than it should have: as target_explain_lost_rows(). */
MUST_CHECK bool history_explain_lost_rows(const struct history *history, const struct target *target,
                                          struct pg *pg, struct err *err);

/* After a load without history that has changed or deleted rows: a history that is there lacks versions. */
MUST_CHECK bool history_interrupt(const struct target *target, struct pg *pg, struct err *err);

/*
 * The history of a table of another grain, which a table of this name had, gets a name that says so
 * (history_past_name()), and no more versions; the function goes. Nothing where there is no such history.
 */
MUST_CHECK bool history_set_aside(const struct history_names *names, struct pg *pg, struct err *err);

/* `TABLE_history_by_usage_date_product_name`, of a grain's API names, one a line; cut, with a hash of the
 * whole name behind it, where that is too long. out holds JOB_COLUMN_NAME bytes. Returns out. Pure. */
const char *history_past_name(const char *table, const char *grain, char *out);

/*
 * Deletes the versions that ended more than keep_days ago, from every history that our role may delete from,
 * outside a transaction. *deleted: how many.
 */
MUST_CHECK bool history_prune(struct pg *pg, unsigned keep_days, uint64_t *deleted, struct err *err);

#endif
