#include "base/log.h"
#include "base/stop.h"
#include "base/text.h"
#include "wire/pg/pg_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Texts from the server, cut to what an error holds. */
#define MESSAGE_TEXT 1024

/* SQLSTATEs by their beginning; the first that fits. */
static const struct {
    const char *beginning;
    enum err_kind kind;
} sqlstate_kinds[] = {
    {"42501", ERR_AUTH},        /* insufficient_privilege */
    {"28", ERR_AUTH},           /* invalid authorization */
    {"40001", ERR_LATER},       /* serialization_failure */
    {"40P01", ERR_LATER},       /* deadlock_detected */
    {"55P03", ERR_LATER},       /* lock_not_available */
    {"25006", ERR_UNAVAILABLE}, /* read_only_sql_transaction: a standby */
    {"08", ERR_UNAVAILABLE},    /* connection */
    {"53", ERR_UNAVAILABLE},    /* insufficient resources */
    {"57", ERR_UNAVAILABLE},    /* operator intervention */
    {"58", ERR_UNAVAILABLE},    /* system error */
    {"22", ERR_DATA},           /* data exception */
    {"23", ERR_DATA},           /* integrity constraint */
    {"54", ERR_DATA},           /* program limit: too many columns, row too big */
};

static enum err_kind kind_of_sqlstate(const char *sqlstate)
{
    for (size_t i = 0; i < COUNT_OF(sqlstate_kinds); i++) {
        if (text_starts_with(sqlstate, sqlstate_kinds[i].beginning))
            return sqlstate_kinds[i].kind;
    }
    return ERR_BUG;
}

/* The text without blanks and line ends around it, on one line. */
static const char *one_line(const char *text, char out[static MESSAGE_TEXT])
{
    text += strspn(text, " \t\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        length--;
    return text_excerpt(text, length, out, MESSAGE_TEXT);
}

bool pg_error_lost(struct pg *pg, struct err *err)
{
    const char *message = PQerrorMessage(pg->conn);
    char text[MESSAGE_TEXT];
    text_excerpt(message, strcspn(message, "\n"), text, sizeof text); /* what follows is consolation */
    if (pg->cancelled)
        return stop_error(err);
    if (!pg_is_lost(pg)) {
        pg->lost = true;
        return err_set(err, ERR_BUG, "libpq: %s", text);
    }
    if (text[0] == '\0')
        return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
    return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost: %s", text);
}

static const char *field_of(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text == NULL ? "" : text;
}

/* Where in a COPY it happened: the line that begins the context. Of other statements the context helps
 * nobody. */
static void add_copy_place(const PGresult *result, struct err *err)
{
    const char *context = field_of(result, PG_DIAG_CONTEXT);
    if (!text_starts_with(context, "COPY "))
        return;
    char place[MESSAGE_TEXT];
    text_excerpt(context, strcspn(context, "\n"), place, sizeof place);
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, " (%s)", place);
    text_trim_broken_utf8(err->text);
}

static void add_detail_and_hint(const PGresult *result, struct err *err)
{
    char detail[MESSAGE_TEXT];
    char hint[MESSAGE_TEXT];
    one_line(field_of(result, PG_DIAG_MESSAGE_DETAIL), detail);
    one_line(field_of(result, PG_DIAG_MESSAGE_HINT), hint);
    if (detail[0] != '\0' || hint[0] != '\0')
        err_hint(err, "%s%s%s", detail, detail[0] != '\0' && hint[0] != '\0' ? " " : "", hint);
    else if (text_equal(field_of(result, PG_DIAG_SQLSTATE), "25006"))
        err_hint(err, "this server only reads: name the primary, or several hosts with "
                      "target_session_attrs=read-write");
}

bool pg_error_result(struct pg *pg, const PGresult *result, struct err *err)
{
    const char *sqlstate = field_of(result, PG_DIAG_SQLSTATE);
    if (sqlstate[0] == '\0') /* not from the server but from libpq, about the connection */
        return pg_error_lost(pg, err);
    if (pg->cancelled)
        return stop_error(err);
    char text[MESSAGE_TEXT];
    one_line(field_of(result, PG_DIAG_MESSAGE_PRIMARY), text);
    err_set(err, kind_of_sqlstate(sqlstate), "%s", text);
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    add_copy_place(result, err);
    add_detail_and_hint(result, err);
    return false;
}

/*
 * libpq has no SQLSTATE of a connection that failed but in the text, where the connection is asked to be
 * verbose: `connection to server on socket "…" failed: FATAL:  28P01: password authentication failed …`.
 * Takes it out of the line; what is left reads as psql has it.
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

/* All that libpq has to say about the hosts it tried, on one line, without its questions and source places.
 */
static void connect_message(const char *message, char out[static MESSAGE_TEXT],
                            char sqlstate[static ERR_SQLSTATE])
{
    size_t used = 0;
    out[0] = '\0';
    sqlstate[0] = '\0';
    for (const char *rest = message; *rest != '\0'; rest += strspn(rest, "\n")) {
        char line[MESSAGE_TEXT];
        size_t length = strcspn(rest, "\n");
        bool is_told = *rest != '\t' && !text_starts_with(rest, "LOCATION:");
        text_excerpt(rest, length, line, sizeof line);
        rest += length;
        if (!is_told)
            continue;
        cut_sqlstate(line, sqlstate);
        int printed = snprintf(out + used, MESSAGE_TEXT - used, "%s%s", used > 0 ? "; " : "", line);
        used += (size_t)printed;
        if (used >= MESSAGE_TEXT)
            break;
    }
    text_trim_broken_utf8(out);
}

/* Whether libpq never got as far as a server: the settings make no sense to it. */
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

static bool refuse_connection(const struct pg *pg, const char *text, const char *sqlstate, struct err *err)
{
    if (text_starts_with(sqlstate, "28") || PQconnectionNeedsPassword(pg->conn)) {
        err_set(err, ERR_AUTH, "PostgreSQL refuses the user: %s", text);
        return err_hint(err, "see database.dsn, the PG* variables and the password file (~/.pgpass)");
    }
    if (text_equal(sqlstate, "3D000")) {
        err_set(err, ERR_AUTH, "PostgreSQL has no such database: %s", text);
        return err_hint(err, "create it (createdb %s), or name another one in database.dsn or PGDATABASE",
                        PQdb(pg->conn));
    }
    if (text_equal(sqlstate, "42501"))
        return err_set(err, ERR_AUTH, "PostgreSQL refuses the database: %s", text);
    if (text_starts_with(sqlstate, "22") || text_starts_with(sqlstate, "42"))
        return err_set(err, ERR_CONFIG, "PostgreSQL refuses a setting of the connection: %s", text);
    err_set(err, ERR_UNAVAILABLE, "cannot connect to PostgreSQL: %s", text);
    if (sqlstate[0] == '\0')
        err_hint(err,
                 "is the server running, and is it the one that database.dsn or PGHOST and PGPORT name?");
    return false;
}

bool pg_error_connect(struct pg *pg, struct err *err)
{
    char text[MESSAGE_TEXT];
    char sqlstate[ERR_SQLSTATE];
    const char *message = PQerrorMessage(pg->conn);
    if (is_about_settings(message))
        return pg_error_dsn(message, err);
    connect_message(message, text, sqlstate);
    refuse_connection(pg, text, sqlstate, err);
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    return false;
}

/* Whether this word of libpq's complaint is not from the string, or a name that anybody may read. */
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
    char text[MESSAGE_TEXT];
    SCOPED(buf) struct buf shown = buf_make(BUF_OWN_TEXT);
    for (const char *rest = one_line(complaint, text); *rest != '\0';) {
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

void pg_notice(void *unused, const PGresult *notice)
{
    (void)unused;
    if (!log_wanted(LOG_DEBUG))
        return;
    char text[MESSAGE_TEXT];
    log_debug("postgres-notice", "%s: %s", field_of(notice, PG_DIAG_SEVERITY),
              one_line(field_of(notice, PG_DIAG_MESSAGE_PRIMARY), text));
}
