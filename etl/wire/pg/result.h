/*
 * The result of a statement, read by the names of its columns. It is libpq's own PGresult: PQntuples()
 * returns its number of rows.
 *
 * A column that the result does not have is a bug: a build with assertions aborts, any other build treats the
 * value as null.
 */
#ifndef WIRE_PG_RESULT_H
#define WIRE_PG_RESULT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

void pg_result_cleanup(PGresult **result); /* for SCOPED(pg_result) PGresult * */

/* A value as text; "" for null. Lives as long as the result. */
const char *pg_value(const PGresult *result, int row, const char *column);

/* The same as a copy in arena; NULL for null. */
const char *pg_copy(const PGresult *result, int row, const char *column, struct arena *arena);

/* As a whole number; 0 for null and for a text that is not a number. */
int64_t pg_integer(const PGresult *result, int row, const char *column);

/* The same for a number that cannot be negative; 0 if it is negative. */
uint64_t pg_count(const PGresult *result, int row, const char *column);

/* Reads a date. False, and *day is 0, for null and for a text that is no date from the year 1 to 9999. */
bool pg_day(const PGresult *result, int row, const char *column, date_t *day);

/* Whether a boolean is true; false for null. */
bool pg_flag(const PGresult *result, int row, const char *column);

bool pg_null(const PGresult *result, int row, const char *column);

/* Appends a row as people read it: `column = value, column = null`; long values are cut. */
void pg_put_row(const PGresult *result, int row, struct buf *text);

/* The rows that the statement inserted, updated, deleted or selected. */
uint64_t pg_rows_affected(const PGresult *result);

/* Whether it ends its statement with success: not an error, and not the begin of a COPY. */
bool pg_result_is_complete(const PGresult *result);

#endif
