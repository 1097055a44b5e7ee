/*
 * Which column of a table holds which field and metric. Remembered for the table (struct target_record,
 * `columns`), since a column that is new or another field's would stay half filled or wrong: a field or
 * metric never moves to another column by itself.
 */
#ifndef LOAD_PLACES_H
#define LOAD_PLACES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "job/job.h"
#include "wire/pg/result.h"

/*
 * What is to be remembered of a table that the job loads: of each field and metric its API name, a blank and
 * its column, one a line. First those of `remembered` ("" for a new table), as the job has them now, then
 * what is new to the table. The text lives in arena. Pure.
 */
const char *places_merge(const char *remembered, const struct job *job, struct arena *arena);

/* The column that `remembered` has for a field or metric; out is "" where it has none. Pure. */
bool places_find_column(const char *remembered, const char *name, char out[JOB_COLUMN_NAME]);

/* A field or metric that the table does not have where the job wants it. */
struct misplaced {
    const char *name; /* the API's; lives as long as the job */
    char wanted[JOB_COLUMN_NAME];
    char kept_in[JOB_COLUMN_NAME]; /* the column that holds it; "": none is known */
    char other[64];                /* what the column `wanted` holds instead; "": nothing else */
    bool wanted_exists;            /* the table has the column `wanted` */
};

/*
 * Whether there is such a field or metric; *misplaced: the first. columns: of the table, with names and
 * comments (target_columns.sql). A metric that the table never had is not misplaced: it gets a column. A
 * column that its owner has renamed to what the job wants is in its place. Pure.
 */
bool places_find_misplaced(const struct job *job, const char *remembered, const PGresult *columns,
                           struct misplaced *misplaced);

/* ERR_CONFIG, with the statement that mends it. Returns false. */
bool places_refuse(const char *schema, const char *table, const struct misplaced *misplaced, struct err *err);

#endif
