#include "wire/pg/error.h"

#include "base/text.h"
#include "wire/pg/connection_inner.h"

#include <stdio.h>
#include <string.h>

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

const char *pg_error_text(const char *text, char out[static PG_ERROR_TEXT])
{
    text += strspn(text, " \t\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        length--;
    return text_excerpt(text, length, out, PG_ERROR_TEXT);
}

bool pg_error_lost(struct pg *pg, struct err *err)
{
    const char *message = PQerrorMessage(pg->conn);
    char text[PG_ERROR_TEXT];
    text_excerpt(message, strcspn(message, "\n"), text, sizeof text); /* what follows is advice */
    if (pg->cancelled)
        return pg_cancel_error(pg, err);
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
    char place[PG_ERROR_TEXT];
    text_excerpt(context, strcspn(context, "\n"), place, sizeof place);
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, " (%s)", place);
    text_trim_broken_utf8(err->text);
}

static void add_detail_and_hint(const PGresult *result, struct err *err)
{
    char detail[PG_ERROR_TEXT];
    char hint[PG_ERROR_TEXT];
    pg_error_text(field_of(result, PG_DIAG_MESSAGE_DETAIL), detail);
    pg_error_text(field_of(result, PG_DIAG_MESSAGE_HINT), hint);
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
        return pg_cancel_error(pg, err);
    char text[PG_ERROR_TEXT];
    pg_error_text(field_of(result, PG_DIAG_MESSAGE_PRIMARY), text);
    err_set(err, kind_of_sqlstate(sqlstate), "%s", text);
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    add_copy_place(result, err);
    add_detail_and_hint(result, err);
    return false;
}
