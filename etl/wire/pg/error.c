#include "wire/pg/error.h"

#include "base/text.h"
#include "wire/pg/connection_inner.h"
#include "wire/pg/quote.h"

#include <stdio.h>
#include <string.h>

/* SQLSTATEs by their beginning; the first that fits. A SQLSTATE that is not here is ERR_DATA: a value or a
 * constraint (22, 23), or an error that other code in the database, such as a trigger, has raised.
 */
static const struct {
    const char *beginning;
    enum err_kind kind;
} sqlstate_kinds[] = {
    {"42501", ERR_AUTH},        /* insufficient_privilege */
    {"0L", ERR_AUTH},           /* invalid grantor */
    {"28", ERR_AUTH},           /* invalid authorization */
    {"40001", ERR_LATER},       /* serialization_failure */
    {"40P01", ERR_LATER},       /* deadlock_detected */
    {"55P03", ERR_LATER},       /* lock_not_available */
    {"55006", ERR_LATER},       /* object_in_use */
    {"25006", ERR_UNAVAILABLE}, /* read_only_sql_transaction: a standby */
    {"25P03", ERR_UNAVAILABLE}, /* idle_in_transaction_session_timeout */
    {"08P01", ERR_BUG},         /* protocol_violation: parameters that do not fit a statement, for one */
    {"08", ERR_UNAVAILABLE},    /* connection */
    {"53", ERR_UNAVAILABLE},    /* insufficient resources */
    {"57", ERR_UNAVAILABLE},    /* operator intervention */
    {"58", ERR_UNAVAILABLE},    /* system error */
    {"F0", ERR_UNAVAILABLE},    /* configuration file */
    {"XX", ERR_UNAVAILABLE},    /* internal error of the server: corrupted data, an extension */
    {"3D", ERR_CONFIG},         /* invalid catalog name: no such database */
    {"42601", ERR_BUG},         /* syntax_error, of a statement of this program */
    {"25", ERR_BUG},            /* invalid transaction state */
    {"26", ERR_BUG},            /* invalid statement name */
    {"34", ERR_BUG},            /* invalid cursor name */
    {"3B", ERR_BUG},            /* savepoint */
    {"0A", ERR_CREATE},         /* feature not supported, by the table's kind for one */
    {"3F", ERR_CREATE},         /* invalid schema name */
    {"42", ERR_CREATE},         /* a table, column or function is not there, or is another than it was */
    {"55", ERR_CREATE},         /* object not in prerequisite state */
};

static enum err_kind kind_of_sqlstate(const char *sqlstate)
{
    for (size_t i = 0; i < COUNT_OF(sqlstate_kinds); i++) {
        if (text_starts_with(sqlstate, sqlstate_kinds[i].beginning))
            return sqlstate_kinds[i].kind;
    }
    return ERR_DATA;
}

/* Whether a server was lost. If it is another one than ours, such as a node of a cluster, what our session
 * had there is lost, too. If it is our own, the connection is about to end. */
static bool is_node_lost(const char *sqlstate)
{
    return (text_starts_with(sqlstate, "08") && !text_equal(sqlstate, "08P01")) ||
           text_starts_with(sqlstate, "57P0");
}

/* Whether the word is in the first line of the context, which describes where the error was raised. */
static bool begins_in(const char *context, const char *word)
{
    const char *found = strstr(context, word);
    return found && (size_t)(found - context) < strcspn(context, "\n");
}

/* Whether a user's function, such as a trigger's, raised the error with RAISE. Whatever SQLSTATE it chose,
 * the server has no fault. SQLSTATEs that mean ERR_LATER or insufficient resources (53) do not count: a
 * function may raise them rightly. An anonymous block (DO) does not count either: no table calls it. */
static bool is_raised(const struct pg_error_origin *origin)
{
    return text_equal(origin->source_function, "exec_stmt_raise") &&
           !begins_in(origin->context, "inline_code_block") && !text_starts_with(origin->sqlstate, "53") &&
           kind_of_sqlstate(origin->sqlstate) != ERR_LATER;
}

/* Whether the statement was one of a function. The words of the context depend on lc_messages, which the
 * program cannot set; the names of languages in it do not. The line of a COPY is skipped, since it shows
 * data.
 */
static bool is_in_function(const struct pg_error_origin *origin)
{
    const char *context = origin->context;
    if (*origin->internal_query)
        return true;
    if (text_starts_with(context, "COPY "))
        context += strcspn(context, "\n");
    return strstr(context, "PL/") || strstr(context, " function ") ||
           text_starts_with(context, "SQL statement ");
}

/* raise_exception */
#define RAISED "P0001"

const char *pg_error_sqlstate(const struct pg_error_origin *origin)
{
    return is_raised(origin) ? RAISED : origin->sqlstate;
}

enum err_kind pg_error_kind(const struct pg_error_origin *origin)
{
    enum err_kind kind = kind_of_sqlstate(pg_error_sqlstate(origin));
    bool is_ours = (kind != ERR_BUG && kind != ERR_CREATE) || !is_in_function(origin);
    return is_ours ? kind : ERR_DATA;
}

const char *pg_error_text(const char *text, char out[static PG_ERROR_TEXT])
{
    text += strspn(text, " \t\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        length--;
    return text_excerpt(text, length, out, PG_ERROR_TEXT);
}

bool pg_error_is_memory(const char *text)
{
    return text == NULL || strstr(text, "out of memory") != NULL || strstr(text, "no memory") != NULL ||
           strstr(text, "Memory allocation failure") != NULL; /* of getaddrinfo() */
}

bool pg_error_memory(struct err *err)
{
    return err_set(err, ERR_LATER, "this host has too little memory for the connection to PostgreSQL");
}

bool pg_error_lost(struct pg *pg, struct err *err)
{
    const char *message = PQerrorMessage(pg->conn);
    char text[PG_ERROR_TEXT];
    text_excerpt(message, strcspn(message, "\n"), text, sizeof text); /* what follows is advice */
    if (pg->cancelled)
        return pg_cancel_error(pg, err);
    if (pg_error_is_memory(text)) {
        pg->lost = true;
        return pg_error_memory(err);
    }
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

/* Where in a COPY it happened: the line that begins the context. The context of other statements is not
 * useful.
 */
static void add_copy_place(const PGresult *result, struct err *err)
{
    const char *context = field_of(result, PG_DIAG_CONTEXT);
    if (!text_starts_with(context, "COPY "))
        return;
    char place[PG_ERROR_TEXT];
    text_excerpt(context, strcspn(context, "\n"), place, sizeof place);
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, " (%s)", place);
    text_trim_broken_utf8(err->text);
}

/* Hints for errors for which the server sends no hint. */
static const struct {
    const char *sqlstate;
    const char *advice;
    const char *after_role; /* where the advice names the role: what follows it; else NULL */
} advices[] = {
    {"22P05",
     "the encoding of the database lacks a character of the service's texts: load into a database that was "
     "created "
     "with encoding UTF8, from template0",
     NULL},
    {"25006",
     "this server is read-only: name the primary, or several hosts with target_session_attrs=read-write",
     NULL},
    {"53100", "free space on the database server's disk", NULL},
    {"53400",
     "a limit of the server or the role is too low for this load: if it is temp_file_limit, let a superuser "
     "run alter role ",
     " set temp_file_limit = -1"},
};

static void add_advice(const struct pg *pg, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(advices); i++) {
        SCOPED(buf) struct buf advice = buf_make(BUF_OWN_TEXT);
        if (!text_equal(err->sqlstate, advices[i].sqlstate))
            continue;
        buf_put(&advice, advices[i].advice);
        if (advices[i].after_role) {
            pg_put_identifier(&advice, PQuser(pg->conn));
            buf_put(&advice, advices[i].after_role);
        }
        err_hint(err, "%s", buf_text(&advice));
    }
}

static void add_detail_and_hint(const struct pg *pg, const PGresult *result, struct err *err)
{
    char detail[PG_ERROR_TEXT];
    char hint[PG_ERROR_TEXT];
    pg_error_text(field_of(result, PG_DIAG_MESSAGE_DETAIL), detail);
    pg_error_text(field_of(result, PG_DIAG_MESSAGE_HINT), hint);
    if (detail[0] != '\0' || hint[0] != '\0')
        err_hint(err, "%s%s%s", detail, detail[0] != '\0' && hint[0] != '\0' ? " " : "", hint);
    else
        add_advice(pg, err);
}

bool pg_error_result(struct pg *pg, const PGresult *result, struct err *err)
{
    const char *sqlstate = field_of(result, PG_DIAG_SQLSTATE);
    if (sqlstate[0] == '\0') /* not from the server but from libpq, about the connection */
        return pg_error_lost(pg, err);
    if (pg->cancelled)
        return pg_cancel_error(pg, err);
    struct pg_error_origin origin = {
        .sqlstate = sqlstate,
        .source_function = field_of(result, PG_DIAG_SOURCE_FUNCTION),
        .internal_query = field_of(result, PG_DIAG_INTERNAL_QUERY),
        .context = field_of(result, PG_DIAG_CONTEXT),
    };
    char text[PG_ERROR_TEXT];
    pg_error_text(field_of(result, PG_DIAG_MESSAGE_PRIMARY), text);
    err_set(err, pg_error_kind(&origin), "%s", text);
    sqlstate = pg_error_sqlstate(&origin);
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    err->is_of_constraint = field_of(result, PG_DIAG_CONSTRAINT_NAME)[0] != '\0';
    pg->given_up |= is_node_lost(sqlstate);
    add_copy_place(result, err);
    add_detail_and_hint(pg, result, err);
    return false;
}
