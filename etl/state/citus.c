#include "state/citus.h"

#include "sql/statements.h"

static PGresult *look(struct pg *pg, struct err *err)
{
    PGresult *found = pg_query(pg, SQL_CITUS_LOOK, PG_NO_PARAMS, err);
    if (!found)
        (void)err_wrap(err, "cannot read whether the database has Citus");
    return found;
}

bool citus_is_there(struct pg *pg, bool *there, struct err *err)
{
    SCOPED(pg_result) PGresult *found = look(pg, err);
    *there = found && pg_flag(found, 0, "has_citus");
    return found != NULL;
}

bool citus_refuse_worker(struct pg *pg, struct err *err)
{
    bool there;
    if (!citus_is_there(pg, &there, err))
        return false;
    SCOPED(pg_result) PGresult *node = there ? pg_query(pg, SQL_CITUS_NODE, PG_NO_PARAMS, err) : NULL;
    if (!there || !node)
        return !there;
    if (!pg_flag(node, 0, "is_worker"))
        return true;
    err_set(err, ERR_CONFIG, "the database server is a worker of a Citus cluster");
    if (pg_null(node, 0, "coordinator"))
        return err_hint(err, "let database.dsn name the coordinator of the cluster");
    return err_hint(err, "let database.dsn name the coordinator of the cluster: %s",
                    pg_value(node, 0, "coordinator"));
}

bool citus_refuse_schema(const char *schema, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *found = look(pg, err);
    if (!found)
        return false;
    if (!pg_flag(found, 0, "has_schemas"))
        return true;
    SCOPED(pg_result) PGresult *distributed = pg_query(pg, SQL_CITUS_SCHEMA, PG_PARAMS(schema), err);
    if (!distributed)
        return false;
    if (!pg_flag(distributed, 0, "is_distributed"))
        return true;
    SCOPED(buf) struct buf literal = buf_make(BUF_OWN_TEXT);
    pg_put_literal(&literal, schema);
    err_set(err, ERR_CONFIG, "the schema %s is distributed by Citus as a whole, which is not supported",
            schema);
    return err_hint(err, "select citus_schema_undistribute(%s)", buf_text(&literal));
}
