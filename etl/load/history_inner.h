/* Shared by the files of load/history. */
#ifndef LOAD_HISTORY_INNER_H
#define LOAD_HISTORY_INNER_H

#include "load/history.h"

/* Appends "schema"."name". */
void history_put_name(const struct history_names *names, const char *name, struct buf *sql);

/* Appends the statements that make the history, without comments. tablespace: NULL for the default.
 * distribution: the column by which the table, and so its history, is distributed; NULL: none. */
void history_put_create(const struct history_names *names, const char *tablespace, const char *distribution,
                        struct buf *sql);

/* Appends `add column …` for a column that the history lacks: a row of history_columns.sql. */
void history_put_added(const PGresult *columns, int row, struct buf *sql);

/* Appends the body of TABLE_as_of for the columns that table and history have now (history_columns.sql). */
void history_put_body(const struct history_names *names, const PGresult *columns, struct buf *body);

/* Runs `create or replace function TABLE_as_of`, unless the function already has this body (NULL: there is no
 * function). columns: a result of history_columns.sql. */
MUST_CHECK bool history_make_function(const struct history_names *names, const PGresult *columns,
                                      const char *body, struct pg *pg, struct err *err);

/* Lets those who may read the table read its history and call the function. */
MUST_CHECK bool history_grant(const struct history_names *names, struct pg *pg, struct err *err);

/* Under the lock for DDL: renames columns of the history as the owner has renamed those of the table; the
 * comments of the table's columns show this. Also renames columns of fields and metrics that only another job
 * of the table requests, which may load later. */
MUST_CHECK bool history_follow_renamed(const struct history_names *names, struct pg *pg, struct err *err);

/* Reads the columns of table and history with history_columns.sql. NULL on error. */
PGresult *history_read_columns(const struct history_names *names, struct pg *pg, struct err *err);

/* Reads what exists of a history, one row, with history_state.sql. NULL on error. */
PGresult *history_read_state(const struct history_names *names, struct pg *pg, struct err *err);

/* To be called after a statement on the history or its function has failed: names the table. If the server
 * has refused the statement, the kind becomes ERR_CREATE; ERR_LATER, ERR_UNAVAILABLE, ERR_STOPPED and ERR_BUG
 * stay. Returns false. */
bool history_refuse(const struct history_names *names, struct err *err);

#endif
