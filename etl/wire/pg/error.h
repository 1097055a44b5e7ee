/*
 * Makes errors from the messages of libpq and the server. Only for the files of wire/pg.
 *
 * The kind comes from the SQLSTATE, which the error keeps (err->sqlstate): wire/pg/statement.h lists them.
 * Detail and hint of the server become the hint.
 */
#ifndef WIRE_PG_ERROR_H
#define WIRE_PG_ERROR_H

#include "base/err.h"
#include "wire/pg/connection.h"

#include <libpq-fe.h>

/*
 * Sets the error of a broken connection, and marks it as lost: ERR_UNAVAILABLE with libpq's message;
 * ERR_STOPPED if a stop had cancelled the statement; ERR_LATER if libpq has no memory; ERR_BUG if libpq
 * reports that the connection is good. Returns false.
 */
bool pg_error_lost(struct pg *pg, struct err *err);

/* Whether libpq reports that it is out of memory. NULL: it had no memory for the text either. */
bool pg_error_is_memory(const char *text);

/* ERR_LATER. Returns false. */
bool pg_error_memory(struct err *err);

/* A statement that the server refused, or, where the result is libpq's own, pg_error_lost(). Returns false.
 */
bool pg_error_result(struct pg *pg, const PGresult *result, struct err *err);

/* A text of libpq or the server without blanks and line ends around it, on one line, printable, and cut to
 * PG_ERROR_TEXT bytes. Returns out. */
#define PG_ERROR_TEXT 1024
const char *pg_error_text(const char *text, char out[static PG_ERROR_TEXT]);

#endif
