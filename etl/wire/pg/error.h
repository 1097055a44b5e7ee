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
 * Sets the error of a broken connection: ERR_UNAVAILABLE with libpq's message; as pg_cancel_error() if the
 * statement had been cancelled; ERR_LATER if libpq has no memory; ERR_BUG if libpq reports that the
 * connection is good. The last two also mark the connection as lost. Returns false.
 */
bool pg_error_lost(struct pg *pg, struct err *err);

/* Whether libpq reports that it is out of memory. NULL: it had no memory for the text either. */
bool pg_error_is_memory(const char *text);

/* ERR_LATER. Returns false. */
bool pg_error_memory(struct err *err);

/* Sets the error of a statement that the server refused. If the result is not the server's but libpq's own,
 * as pg_error_lost(). Returns false.
 */
bool pg_error_result(struct pg *pg, const PGresult *result, struct err *err);

/* Where the server raised an error: its fields of these names, "" where it has none. */
struct pg_error_origin {
    const char *sqlstate;
    const char *source_function; /* of the server's own source */
    const char *internal_query;
    const char *context; /* in the server's language */
};

/* The SQLSTATE to use: P0001 (raise_exception) in place of any that a user's function raises with RAISE,
 * except those that mean ERR_LATER or insufficient resources (53). Pure. */
const char *pg_error_sqlstate(const struct pg_error_origin *origin);

/* The kind by that SQLSTATE. A faulty statement in a user's function, such as a trigger's, is ERR_DATA
 * instead of ERR_BUG or ERR_CREATE: it is not a fault of this program's statement. Pure. */
enum err_kind pg_error_kind(const struct pg_error_origin *origin);

/* A text of libpq or the server without blanks and line ends around it, on one line, printable, and cut to
 * PG_ERROR_TEXT bytes. Returns out. */
#define PG_ERROR_TEXT 1024
const char *pg_error_text(const char *text, char out[static PG_ERROR_TEXT]);

#endif
