#include "wire/pg/connect_error.h"

#include "base/buf.h"
#include "base/text.h"
#include "wire/pg/error.h"

#include <stdio.h>
#include <string.h>

/*
 * libpq reports the SQLSTATE of a failed connection only in its message, and only with PQERRORS_VERBOSE:
 * `connection to server on socket "…" failed: FATAL:  28P01: password authentication failed …`. Moves it from
 * the line to sqlstate. The rest of the line is as psql shows it.
 */
static void cut_sqlstate(char *line, char sqlstate[static ERR_SQLSTATE])
{
    for (char *at = line; (at = strstr(at, ":  ")) != NULL; at++) {
        char *code = at + 3;
        if (strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && code[5] == ':' && code[6] == ' ') {
            memcpy(sqlstate, code, 5);
            sqlstate[ERR_SQLSTATE - 1] = '\0';
            memmove(at + 2, code + 7, strlen(code + 7) + 1);
            return;
        }
    }
}

/* libpq's messages about all hosts that it tried, on one line, without its hints (lines that begin with a
 * tab) and the places in the server's source.
 */
static void connect_message(const char *message, char out[static PG_ERROR_TEXT],
                            char sqlstate[static ERR_SQLSTATE])
{
    size_t used = 0;
    out[0] = '\0';
    sqlstate[0] = '\0';
    for (const char *rest = message; *rest != '\0'; rest += strspn(rest, "\n")) {
        char line[PG_ERROR_TEXT];
        size_t length = strcspn(rest, "\n");
        bool is_message_line = *rest != '\t' && !text_starts_with(rest, "LOCATION:");
        text_excerpt(rest, length, line, sizeof line);
        rest += length;
        if (!is_message_line)
            continue;
        cut_sqlstate(line, sqlstate);
        int printed = snprintf(out + used, PG_ERROR_TEXT - used, "%s%s", used > 0 ? "; " : "", line);
        used += (size_t)printed;
        if (used >= PG_ERROR_TEXT)
            break;
    }
    text_trim_broken_utf8(out);
}

/* Whether libpq rejected the settings before it reached a server. */
static bool is_about_settings(const char *message)
{
    static const char *const beginnings[] = {"invalid ", "could not match ", "definition of service ",
                                             "syntax error in service file ", "missing "};
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        if (text_starts_with(message, beginnings[i]))
            return true;
    }
    return false;
}

/*
 * Whether the connection failed because of TLS settings: the server's name, certificate files, or what the
 * client requires. This is recognized by libpq's messages, which are in English, since the program sets no
 * locale but LC_CTYPE. A handshake that the server breaks off does not count.
 */
static bool is_about_tls(const char *text)
{
    static const char *const words[] = {
        "does not match host name",
        "could not get server's host name from server certificate",
        "certificate verify failed",
        "root certificate file",
        "certificate revocation list",
        "could not open certificate file",
        "could not read certificate file",
        "could not load private key file",
        "private key file",
        "certificate present, but not private key",
        "server does not support SSL, but SSL was required",
        "host name must be specified for a verified SSL connection",
        "SSL support is not compiled in",
        "weak sslmode",
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

static bool refuse_connection(const PGconn *conn, const char *text, const char *sqlstate, struct err *err)
{
    if (text_starts_with(sqlstate, "28") || PQconnectionNeedsPassword(conn)) {
        err_set(err, ERR_AUTH, "PostgreSQL refuses the user: %s", text);
        return err_hint(err, "see database.dsn, the PG* variables and the password file (~/.pgpass)");
    }
    if (text_equal(sqlstate, "3D000")) {
        err_set(err, ERR_AUTH, "PostgreSQL has no such database: %s", text);
        return err_hint(err, "create it (createdb %s), or name another one in database.dsn or PGDATABASE",
                        PQdb(conn));
    }
    if (text_equal(sqlstate, "42501"))
        return err_set(err, ERR_AUTH, "PostgreSQL refuses the database: %s", text);
    if (text_starts_with(sqlstate, "22") || text_starts_with(sqlstate, "42"))
        return err_set(err, ERR_CONFIG, "PostgreSQL refuses a setting of the connection: %s", text);
    if (sqlstate[0] == '\0' && is_about_tls(text)) {
        err_set(err, ERR_CONFIG, "cannot make the TLS connection to PostgreSQL that the settings require: %s",
                text);
        return err_hint(err, "see sslmode, sslrootcert and host in database.dsn, or PGSSLMODE, PGSSLROOTCERT "
                             "and PGHOST: the host must be a name in the server's certificate, and "
                             "sslrootcert must be the certificate that signed it");
    }
    err_set(err, ERR_UNAVAILABLE, "cannot connect to PostgreSQL: %s", text);
    if (sqlstate[0] == '\0')
        err_hint(
            err,
            "check that the server is running, and the host and port in database.dsn or PGHOST and PGPORT");
    return false;
}

bool pg_error_connect(const PGconn *conn, struct err *err)
{
    char text[PG_ERROR_TEXT];
    char sqlstate[ERR_SQLSTATE];
    const char *message = PQerrorMessage(conn);
    if (is_about_settings(message))
        return pg_error_dsn(message, err);
    connect_message(message, text, sqlstate);
    if (sqlstate[0] == '\0' && pg_error_is_memory(text))
        return pg_error_memory(err);
    refuse_connection(conn, text, sqlstate, err);
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    return false;
}

/* Whether this word, which libpq's message quotes, cannot be a secret: it is `=` or the name of a keyword. */
static bool may_be_shown(const char *word, size_t length)
{
    PQconninfoOption *options = PQconndefaults();
    bool found = length == 1 && *word == '=';
    for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
        found = found || (strlen(option->keyword) == length && memcmp(option->keyword, word, length) == 0);
    PQconninfoFree(options);
    return found;
}

bool pg_error_dsn(const char *complaint, struct err *err)
{
    char text[PG_ERROR_TEXT];
    SCOPED(buf) struct buf shown = buf_make(BUF_OWN_TEXT);
    for (const char *rest = pg_error_text(complaint, text); *rest != '\0';) {
        size_t plain = strcspn(rest, "\"");
        buf_print(&shown, "%.*s", (int)plain, rest);
        rest += plain;
        if (*rest == '\0')
            break;
        const char *word = rest + 1;
        const char *end = strchr(word, '"');
        size_t length = end == NULL ? strlen(word) : (size_t)(end - word);
        if (may_be_shown(word, length))
            buf_print(&shown, "\"%.*s\"", (int)length, word);
        else
            buf_put(&shown, "\"…\"");
        rest = word + length + (end != NULL);
    }
    err_set(err, ERR_CONFIG, "the connection string cannot be read: %s", buf_text(&shown));
    return err_hint(err, "write database.dsn as host=… dbname=… user=…, a value with blanks in '…', or as "
                         "postgresql://user@host/database with special characters as %%XX");
}
