#include "state/login_row.h"

#include "base/text.h"
#include "sql/statements.h"

#define MAX_KEY_ID ((size_t)64)

struct login_row login_row_make(void)
{
    return (struct login_row){.sealed = buf_make(LOGIN_ROW_MAX_DIGITS), .key_id = buf_make(MAX_KEY_ID)};
}

void login_row_cleanup(struct login_row *row)
{
    buf_release(&row->sealed);
    buf_release(&row->key_id);
}

/* undefined_table, invalid_schema_name */
static bool is_missing_table(const struct err *err)
{
    return text_equal(err->sqlstate, "42P01") || text_equal(err->sqlstate, "3F000");
}

static bool keep(const PGresult *found, struct login_row *row, struct err *err)
{
    row->exists = PQntuples(found) > 0;
    if (!row->exists)
        return true;
    return (buf_append_text(&row->sealed, pg_value(found, 0, "sealed")) &&
            buf_append_text(&row->key_id, pg_value(found, 0, "key_id"))) ||
           err_set(err, ERR_AUTH, "the row of tokenflex_etl.login is longer than any login");
}

/* A statement that fails aborts the transaction, so the clock is read only if the table exists. */
static bool read(struct pg *pg, const char *sql, const struct login_row_key *key, struct login_row *row,
                 struct err *err)
{
    buf_clear(&row->sealed);
    buf_clear(&row->key_id);
    SCOPED(pg_result) PGresult *found = pg_query(pg, sql, PG_PARAMS(key->account, key->client_id), err);
    row->has_table = found != NULL;
    row->exists = false;
    if (!found)
        return is_missing_table(err);
    SCOPED(pg_result) PGresult *clock = pg_query(pg, SQL_LOGIN_CLOCK, PG_NO_PARAMS, err);
    if (!clock)
        return false;
    row->now_ms = pg_integer(clock, 0, "now_ms");
    return keep(found, row, err);
}

static bool apply_settings(struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *set = pg_query(pg, SQL_LOGIN_SETTINGS, PG_NO_PARAMS, err);
    return set != NULL;
}

bool login_row_lock(struct pg *pg, const struct login_row_key *key, struct login_row *row, struct err *err)
{
    return (pg_begin(pg, err) && apply_settings(pg, err) && read(pg, SQL_LOGIN_LOCK, key, row, err)) ||
           err_wrap(err, "the lock of the login in tokenflex_etl.login");
}

bool login_row_read(struct pg *pg, const struct login_row_key *key, struct login_row *row, struct err *err)
{
    return read(pg, SQL_LOGIN_READ, key, row, err) || err_wrap(err, "cannot read tokenflex_etl.login");
}

/* A trigger, rule or policy of the table may keep a row as it is, without an error. */
static bool check_row(const PGresult *changed, struct err *err)
{
    if (pg_rows_affected(changed) == 1)
        return true;
    err_set(err, ERR_CREATE, "the database has left the row of the login as it was");
    return err_hint(err, "look for triggers, rules and policies of tokenflex_etl.login");
}

bool login_row_store(struct pg *pg, const struct login_row_key *key, const struct login_row_content *content,
                     struct err *err)
{
    SCOPED(pg_result)
    PGresult *stored = pg_query(
        pg, SQL_LOGIN_STORE, PG_PARAMS(key->account, key->client_id, content->sealed, content->key_id), err);
    return (stored && check_row(stored, err)) ||
           err_wrap(err, "cannot write the login into tokenflex_etl.login");
}

bool login_row_delete(struct pg *pg, const struct login_row_key *key, struct err *err)
{
    SCOPED(pg_result)
    PGresult *deleted = pg_query(pg, SQL_LOGIN_DELETE, PG_PARAMS(key->account, key->client_id), err);
    return (deleted && check_row(deleted, err)) ||
           err_wrap(err, "cannot delete the login from tokenflex_etl.login");
}
