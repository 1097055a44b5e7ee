/*
 * A statement composed piece by piece, with its values as parameters.
 */
#ifndef LOAD_STATEMENT_H
#define LOAD_STATEMENT_H

#include "base/buf.h"
#include "base/err.h"
#include "wire/pg/pg.h"

#define STATEMENT_MAX_VALUES 24

struct statement {
    struct buf sql;
    const char *values[STATEMENT_MAX_VALUES]; /* borrowed */
    size_t count;
};

struct statement statement_make(void);
void statement_cleanup(struct statement *statement);

void statement_put(struct statement *statement, const char *sql);
void statement_put_identifier(struct statement *statement, const char *name);

/* Appends a parameter of this type for the value, which is borrowed; NULL is null. */
void statement_put_value(struct statement *statement, const char *value, const char *type);

/* Runs the statement; result and errors as from pg_query(). */
PGresult *statement_run(const struct statement *statement, struct pg *pg, struct err *err);

#endif
