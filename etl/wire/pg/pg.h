/*
 * PostgreSQL, over libpq.
 *
 * Every wait is on the socket and on stop_fd(): a stop cancels the statement at the server and returns
 * ERR_STOPPED, within two seconds or so even when the server does not answer. A statement that was done
 * before the cancel came is a success; the next one is not begun. Success is proved: a COMMIT must answer
 * COMMIT, a COPY is over when the server has said how many rows it took. Server messages keep their SQLSTATE,
 * detail and hint; a connection string's password never reaches one.
 */
#ifndef WIRE_PG_PG_H
#define WIRE_PG_PG_H

#include "base/buf.h"
#include "base/err.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct pg; /* a connection; used by one thread at a time */

struct pg_options {
    const char *dsn; /* libpq's connection string or URI; "" or NULL: libpq's own defaults (PG*) */
    const char *application_name; /* what the DBA sees in pg_stat_activity */
    int64_t limit_ms;             /* all of it has to be over by then, the connecting too; 0: no limit */
    bool outlives_stop;           /* pg_outlive_stop() from the start; with a limit */
};

/*
 * Connects. ERR_AUTH when the server refuses the user, the password or the database; ERR_CONFIG when the
 * connection string cannot be read; else ERR_UNAVAILABLE. Each host is given connect_timeout, or 10 s where
 * that is not set. Session settings that results depend on are fixed here: client_encoding UTF8, DateStyle
 * ISO, TimeZone UTC, standard_conforming_strings on.
 */
struct pg *pg_connect(const struct pg_options *options, struct err *err);
void pg_close(struct pg *pg);
void pg_cleanup(struct pg **pg);

/* 150004 for 15.4, as libpq counts. */
int pg_server_version(const struct pg *pg);

/* Whether the connection is gone: nothing but pg_close() helps then. */
bool pg_is_lost(const struct pg *pg);

/* Whether a transaction is open, be it a failed one. */
bool pg_in_transaction(const struct pg *pg);

/*
 * From now on a stop no longer cancels what this connection does; instead all of it has to be over in
 * limit_ms. For the last words after a stop: the run row that says so, the lock given back. pg_rollback()
 * needs it not.
 */
void pg_outlive_stop(struct pg *pg, int64_t limit_ms);

/* From now on no statement is waited for longer than limit_ms: past it the connection is given up, with
 * ERR_UNAVAILABLE. For looking at a server that may be ill. */
void pg_limit(struct pg *pg, int64_t limit_ms);

/* PQclear(), for SCOPED(pg_result) PGresult *. */
void pg_result_cleanup(PGresult **result);

/*
 * Runs SQL without parameters; may hold several statements. Their results are discarded.
 *
 * An error's kind comes from its SQLSTATE: 42501 and 28xxx ERR_AUTH; 40001 and 40P01 and 55P03 ERR_LATER;
 * 57xxx, 53xxx, 58xxx, 08xxx, 25006 (a server that only reads) and a lost connection ERR_UNAVAILABLE; 22xxx,
 * 23xxx and 54xxx ERR_DATA; everything else ERR_BUG. Callers that know more (a CREATE that is refused) set
 * the kind anew.
 */
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

/* The rows that the last pg_query() result inserted, updated, deleted or selected. */
uint64_t pg_rows_affected(const PGresult *result);

/*
 * A value of a result by its column's name: as text, "" for null; as a number, 0 where it is none; as a
 * count; whether it is true; whether it is null. A name that the result does not have is an error of the
 * program: a build with assertions ends, any other takes it for null.
 */
const char *pg_value(const PGresult *result, int row, const char *column);
int64_t pg_integer(const PGresult *result, int row, const char *column);
uint64_t pg_count(const PGresult *result, int row, const char *column);
bool pg_flag(const PGresult *result, int row, const char *column);
bool pg_null(const PGresult *result, int row, const char *column);

/* A value of a result, "" for null (PQgetvalue), and as a number; a value that is none is 0. */
const char *pg_text(const PGresult *result, int row, int column);
int64_t pg_int(const PGresult *result, int row, int column);
bool pg_is_null(const PGresult *result, int row, int column);

MUST_CHECK bool pg_begin(struct pg *pg, struct err *err);
/* True only when the server has said COMMIT. When the connection is lost instead, the outcome is not known.
 */
MUST_CHECK bool pg_commit(struct pg *pg, struct err *err);
/*
 * Leaves the transaction, if there is one, and a COPY in it, also after a stop. A failure to do so is no
 * news: the connection is lost then.
 */
void pg_rollback(struct pg *pg);

/*
 * COPY … FROM STDIN. Between begin and end only pg_copy_put() may be called. *rows is what the server says it
 * took. When put fails, the COPY is over and the error is the server's. A row that the server cannot read is
 * told by end, whatever was put after it: the server reads on, and the protocol has it say so no earlier.
 */
MUST_CHECK bool pg_copy_begin(struct pg *pg, const char *sql, struct err *err);
MUST_CHECK bool pg_copy_put(struct pg *pg, const char *bytes, size_t length, struct err *err);
MUST_CHECK bool pg_copy_end(struct pg *pg, uint64_t *rows, struct err *err);

/* Ends a COPY without its rows, told to the server as `reason`; nobody wants to know how that went. */
void pg_copy_abandon(struct pg *pg, const char *reason);

/* The one place where SQL identifiers and literals are quoted. */
void pg_put_identifier(struct buf *sql, const char *name);
void pg_put_literal(struct buf *sql, const char *text);

#endif
