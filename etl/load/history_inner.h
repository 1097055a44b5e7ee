/* What the files of load/history share. */
#ifndef LOAD_HISTORY_INNER_H
#define LOAD_HISTORY_INNER_H

#include "load/history.h"

/* Appends "schema"."name". */
void history_put_name(const struct history_names *names, const char *name, struct buf *sql);

/* Appends what TABLE_as_of does, by the columns that table and history have now (history_columns.sql). */
void history_put_body(const struct history_names *names, const PGresult *columns, struct buf *body);

/* Composes and runs `create or replace function TABLE_as_of`, unless the body is the function's already
 * (NULL: there is none). columns: as history_columns.sql has them. */
MUST_CHECK bool history_make_function(const struct history_names *names, const PGresult *columns,
                                      const char *body, struct pg *pg, struct err *err);

/* Those who may read the table may read its history, and call the function. */
MUST_CHECK bool history_grant(const struct history_names *names, struct pg *pg, struct err *err);

/* The columns of table and history, as history_columns.sql has them. NULL on error. */
PGresult *history_read_columns(const struct history_names *names, struct pg *pg, struct err *err);

/* What there is of a history, as history_look.sql has it: a row. NULL on error. */
PGresult *history_look(const struct history_names *names, struct pg *pg, struct err *err);

/* After a statement of these was refused: ERR_CREATE, with the table named. Returns false. */
bool history_refuse(const struct history_names *names, struct err *err);

#endif
