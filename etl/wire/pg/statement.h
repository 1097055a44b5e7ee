/*
 * Statements.
 *
 * A statement that finished before a stop cancelled it is a success; the next one is not begun.
 *
 * An error keeps its SQLSTATE (err->sqlstate; P0001 where a function raised it: wire/pg/error.h), and its
 * kind follows from it, by a table in wire/pg/error.c: ERR_AUTH for missing privileges; ERR_LATER for a
 * conflict with another transaction; ERR_UNAVAILABLE for a lost connection and for a server that is
 * read-only, lacks resources, shuts down or has an internal error; ERR_CONFIG for a missing database (3Dxxx);
 * ERR_CREATE where an object is missing or not as it was, or lacks a feature (42xxx, 3Fxxx, 55xxx, 0Axxx);
 * ERR_DATA for values and constraints, and for every SQLSTATE that the table lacks: a trigger may raise any.
 * ERR_BUG is left for mistakes in this program's own statements. Callers that know more set another kind.
 */
#ifndef WIRE_PG_STATEMENT_H
#define WIRE_PG_STATEMENT_H

#include "base/err.h"
#include "wire/pg/connection.h"
#include "wire/pg/result.h"

#include <stddef.h>

/* Runs SQL without parameters; may hold several statements. Their results are discarded. */
MUST_CHECK bool pg_exec(struct pg *pg, const char *sql, struct err *err);

/* For work at a run's end, which no job's timeout bounds: later statements wait for no lock longer than two
 * seconds. Past that ERR_LATER. */
MUST_CHECK bool pg_set_lock_timeout(struct pg *pg, struct err *err);

/*
 * Runs one statement with text parameters ($1, $2, …; NULL is null). NULL on error; the caller owns the
 * result, which is in memory as a whole: for the tool's own tables, not for the rows of a target.
 */
struct pg_params {
    const char *const *values;
    size_t count;
};
PGresult *pg_query(struct pg *pg, const char *sql, struct pg_params params, struct err *err);

/* The parameters of pg_query(), written where they are used: pg_query(pg, sql, PG_PARAMS(name, number), err).
 */
#define PG_PARAMS(...)                                                                                       \
    ((struct pg_params){.values = (const char *const[]){__VA_ARGS__},                                        \
                        .count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)})
#define PG_NO_PARAMS ((struct pg_params){0})

/* A number as a parameter; out holds PG_NUMBER bytes. Returns out. */
#define PG_NUMBER 24
const char *pg_number(int64_t value, char *out);

#endif
