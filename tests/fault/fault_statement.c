/*
 * Statements that the program sends to PostgreSQL, and the end of a COPY.
 */
#include "fault.h"

#include <libpq-fe.h>
#include <sys/socket.h>

static const char refused[] =
    "do $$begin raise exception 'no space left, by a test' using errcode = '53100'; end$$";

/* The server gets what was sent, and can answer to nobody. */
static void cut_behind(PGconn *conn)
{
    while (PQflush(conn) == 1)
        continue;
    shutdown(PQsocket(conn), SHUT_RDWR);
}

/* What becomes of a statement: *sql is another one where it is refused. */
static bool begin(PGconn *conn, const char **sql)
{
    if (fault_is_due("refused"))
        *sql = refused;
    if (fault_is_due("lost"))
        shutdown(PQsocket(conn), SHUT_RDWR);
    return fault_is_due("unanswered");
}

int PQsendQuery(PGconn *conn, const char *sql)
{
    REAL(PQsendQuery);
    bool is_cut = begin(conn, &sql);
    int sent = real(conn, sql);
    if (is_cut)
        cut_behind(conn);
    return sent;
}

int PQsendQueryParams(PGconn *conn, const char *sql, int count, const Oid *types, const char *const *values,
                      const int *lengths, const int *formats, int result_format)
{
    REAL(PQsendQueryParams);
    const char *chosen = sql;
    bool is_cut = begin(conn, &chosen);
    if (chosen != sql)
        count = 0;
    int sent = real(conn, chosen, count, types, values, lengths, formats, result_format);
    if (is_cut)
        cut_behind(conn);
    return sent;
}

int PQputCopyEnd(PGconn *conn, const char *reason)
{
    REAL(PQputCopyEnd);
    const char *chosen = reason;
    bool is_cut = begin(conn, &chosen);
    int sent = real(conn, chosen);
    if (is_cut)
        cut_behind(conn);
    return sent;
}
