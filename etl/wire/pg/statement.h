/*
 * Statements.
 *
 * One that was done before a stop's cancel came is a success; the next one is not begun.
 *
 * An error keeps its SQLSTATE (err->sqlstate), and its kind follows from it: 42501 and 28xxx ERR_AUTH; 40001,
 * 40P01 and 55P03 ERR_LATER; 57xxx, 53xxx, 58xxx, 08xxx, 25006 (a server that only reads) and a lost
 * connection ERR_UNAVAILABLE; 22xxx, 23xxx and 54xxx ERR_DATA; everything else ERR_BUG. Callers that know
 * more (a CREATE that is refused) set another kind.
 */
#ifndef WIRE_PG_STATEMENT_H
#define WIRE_PG_STATEMENT_H

#include "base/err.h"
#include "wire/pg/connection.h"
#include "wire/pg/result.h"

#include <stddef.h>

/* Runs SQL without parameters; may hold several statements. Their results are discarded. */
MUST_CHECK bool pg_exec(struct pg *pg, const char *sql, struct err *err);

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
