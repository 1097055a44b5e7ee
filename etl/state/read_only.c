#include "state/read_only.h"

#include "sql/statements.h"

bool read_only_query(struct pg *pg, struct arena *arena, struct read_only *found, struct err *err)
{
    SCOPED(pg_result) PGresult *row = pg_query(pg, SQL_READ_ONLY, PG_NO_PARAMS, err);
    if (!row)
        return err_wrap(err, "cannot find out whether the database can be written to");
    *found = (struct read_only){
        .is_read_only = pg_flag(row, 0, "is_read_only"),
        .is_standby = pg_flag(row, 0, "is_standby"),
        .is_by_connection = pg_flag(row, 0, "is_by_connection"),
        .role = arena_copy_text(arena, pg_value(row, 0, "role")),
        .database = arena_copy_text(arena, pg_value(row, 0, "database")),
    };
    return true;
}

static bool refuse_standby(const struct read_only *found, struct err *err)
{
    err_set(err, ERR_UNAVAILABLE, "database %s is read-only: its server is a standby", found->database);
    return err_hint(err, "name the primary server in database.dsn or PGHOST, or several servers with "
                         "target_session_attrs=read-write");
}

static bool refuse_connection(const struct read_only *found, struct err *err)
{
    err_set(err, ERR_CONFIG,
            "database %s is read-only: the connection's options set default_transaction_read_only",
            found->database);
    return err_hint(err, "remove it from options in database.dsn, in the service file, or from PGOPTIONS");
}

/* The setting of a role in a database comes before those of role, database and server. A session that only
 * reads may begin a transaction that writes. */
static bool refuse_default(const struct read_only *found, struct err *err)
{
    SCOPED(buf) struct buf role = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf database = buf_make(BUF_OWN_TEXT);
    pg_put_identifier(&role, found->role);
    pg_put_identifier(&database, found->database);
    err_set(err, ERR_CREATE, "database %s is read-only: default_transaction_read_only is on for the role %s",
            found->database, found->role);
    return err_hint(err,
                    "begin read write; alter role %s in database %s set default_transaction_read_only = "
                    "off; commit",
                    buf_text(&role), buf_text(&database));
}

bool read_only_judge(const struct read_only *found, struct err *err)
{
    if (found->is_standby)
        return refuse_standby(found, err);
    if (!found->is_read_only)
        return true;
    return found->is_by_connection ? refuse_connection(found, err) : refuse_default(found, err);
}

bool read_only_refuse(struct pg *pg, struct err *err)
{
    struct read_only found;
    SCOPED(arena) struct arena *arena = arena_make();
    return read_only_query(pg, arena, &found, err) && read_only_judge(&found, err);
}
