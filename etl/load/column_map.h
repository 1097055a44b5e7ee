/*
 * Which column of a table holds which field and metric. This is stored for the table (struct target_record,
 * `columns`), and a field or metric never moves to another column by itself: a new column would be half
 * empty, and the column of another field would be wrong.
 */
#ifndef LOAD_COLUMN_MAP_H
#define LOAD_COLUMN_MAP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "job/job.h"
#include "wire/pg/result.h"

/*
 * Returns the text to store for a table that the job loads: one line per field and metric, with its API name,
 * a blank and its column (the name may have blanks, the column has none). First those of `remembered` ("" for
 * a new table); if the job requests one, its column is the job's. Then those that are new to the table. The
 * text lives in arena. Pure.
 */
const char *column_map_merge(const char *remembered, const struct job *job, struct arena *arena);

/* Finds the column that `remembered` has for a field or metric; out is "" if it has none. Pure. */
bool column_map_find_column(const char *remembered, const char *name, char out[JOB_COLUMN_NAME]);

/*
 * Finds the column of the table that has the values of a field or metric, also if its owner has renamed it:
 * the comments show that. If the table has no such column, returns false, and out is "". Pure.
 */
bool column_map_find_present(const char *remembered, const PGresult *columns, const char *name,
                             char out[JOB_COLUMN_NAME]);

/*
 * Finds the next field or metric whose column differs between two stored texts, from *at on, which is
 * `before` at first; *at moves past it. False: none is left. Pure.
 */
struct renamed_column {
    char column[JOB_COLUMN_NAME]; /* the old name */
    char new_column[JOB_COLUMN_NAME];
};
bool column_map_next_changed(const char **at, const char *after, struct arena *arena,
                             struct renamed_column *renamed);

/* The same for columns of `remembered` that the owner has renamed since: as in column_map_find_present(). */
bool column_map_next_renamed(const char **at, const char *remembered, const PGresult *columns,
                             struct arena *arena, struct renamed_column *renamed);

/* The names that are stored for the table and that none of these jobs requests for it. The list lives in
 * arena. Pure. */
struct text_list column_map_list_unused(const char *remembered, const struct jobs *jobs, const char *table,
                                        struct arena *arena);

/* A field or metric that is not in the column where the job expects it. */
struct misplaced_column {
    const char *name; /* the API name; lives as long as the job */
    char wanted[JOB_COLUMN_NAME];
    char stored_in[JOB_COLUMN_NAME]; /* the column that holds it; "": not known */
    char other[64];                  /* the field or metric that `wanted` holds instead; "": none */
    bool wanted_exists;              /* the table has the column `wanted` */
};

/*
 * Whether there is such a field or metric; *misplaced is the first. columns: those of the table, with names
 * and comments (target_columns.sql). A metric that the table never had is not misplaced: it gets a column. A
 * column that its owner has renamed to the name that the job expects is not misplaced either. If the owner
 * has given a column's name to another one, the comments show it, which loads have given to their columns.
 * Pure.
 */
bool column_map_find_misplaced(const struct job *job, const char *remembered, const PGresult *columns,
                               struct misplaced_column *misplaced);

/* ERR_CONFIG. The hint says what repairs it: a statement where a rename is enough, else another target.rename
 * or run --rebuild. Returns false. */
bool column_map_refuse_misplaced(const char *schema, const char *table,
                                 const struct misplaced_column *misplaced, struct err *err);

/*
 * Finds a metric that is new to the table, from the *next one of the job on, whose column the table has: the
 * owner has added it, either for this metric or for values of their own. *next moves past it. Pure.
 */
bool column_map_find_added(const struct job *job, const char *remembered, const PGresult *columns,
                           size_t *next, struct misplaced_column *added);

/* ERR_CONFIG: the column that is already there has values. Returns false. */
bool column_map_refuse_added(const char *schema, const char *table, const struct misplaced_column *added,
                             struct err *err);

#endif
