#include "wire/pg/server_session.h"

#include "base/random.h"
#include "base/text.h"
#include "wire/pg/connection_inner.h"
#include "wire/pg/statement.h"

#include <stdio.h>

static const char identity[] = "select pg_backend_pid() as pid,"
                               " coalesce(current_setting('tokenflex_etl.nonce', true), '') as nonce";

/*
 * client_connection_check_interval makes a session that is at work on a statement notice that its client is
 * gone; a server on another system than Linux may refuse it. search_path is changed only where it puts
 * something in front of pg_catalog, which is searched first where the path does not name it.
 */
static const char settings[] =
    "select set_config('tokenflex_etl.nonce', $1, false) as set_to union all "
    "select set_config(name, value, false) from (values"
    " ('client_encoding', 'UTF8'),"
    " ('datestyle', 'ISO, YMD'),"
    " ('intervalstyle', 'postgres'),"
    " ('timezone', 'UTC'),"
    " ('bytea_output', 'hex'),"
    " ('extra_float_digits', '1'),"
    " ('standard_conforming_strings', 'on'),"
    " ('quote_all_identifiers', 'off'),"
    " ('search_path', case when 'pg_catalog' = any (current_schemas(false)) then 'pg_catalog, ' else '' end"
    "                 || current_setting('search_path')),"
    " ('row_security', 'on'),"
    " ('default_transaction_isolation', 'read committed'),"
    " ('default_transaction_deferrable', 'off'),"
    " ('default_table_access_method', 'heap'),"
    " ('statement_timeout', '0'),"
    " ('idle_in_transaction_session_timeout', '0'),"
    " ('idle_session_timeout', '0'),"
    " ('transaction_timeout', '0'),"
    " ('tcp_keepalives_idle', '30'),"
    " ('tcp_keepalives_interval', '10'),"
    " ('tcp_keepalives_count', '3'),"
    " ('tcp_user_timeout', '60000'),"
    " ('citus.enable_schema_based_sharding', 'off'),"
    " ('client_connection_check_interval', case when version() like '%linux%' then '10000' end)"
    ") as setting (name, value) where value is not null and current_setting(name, true) is not null";

/* The process id and the nonce of the session that answers now; nonce holds PG_NONCE bytes. */
static bool identify(struct pg *pg, int64_t *pid, char *nonce, struct err *err)
{
    SCOPED(pg_result) PGresult *found = pg_query(pg, identity, PG_NO_PARAMS, err);
    if (!found)
        return false;
    *pid = pg_integer(found, 0, "pid");
    snprintf(nonce, PG_NONCE, "%s", pg_value(found, 0, "nonce"));
    return true;
}

/* A UUID without its dashes: it becomes part of names. */
static bool make_nonce(char *nonce, struct err *err)
{
    char uuid[UUID_TEXT];
    size_t used = 0;
    if (!random_uuid(uuid, err))
        return false;
    for (const char *at = uuid; *at != '\0'; at++)
        if (*at != '-')
            nonce[used++] = *at;
    nonce[used] = '\0';
    return true;
}

bool server_session_begin(struct pg *pg, struct err *err)
{
    if (!make_nonce(pg->nonce, err) || !identify(pg, &pg->server_pid, pg->nonce_before, err))
        return false;
    SCOPED(pg_result) PGresult *set = pg_query(pg, settings, PG_PARAMS(pg->nonce), err);
    return set != NULL;
}

const char *pg_nonce(const struct pg *pg)
{
    return pg->nonce;
}

bool pg_session_is_same(struct pg *pg, bool *same, struct err *err)
{
    int64_t pid;
    char nonce[PG_NONCE];
    if (!identify(pg, &pid, nonce, err))
        return false;
    *same = pid == pg->server_pid && text_equal(nonce, pg->nonce);
    return true;
}
