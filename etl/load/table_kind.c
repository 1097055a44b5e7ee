#include "load/table_kind.h"

#include "sql/statements.h"

static bool refuse_kind(const char *schema, const char *table, const PGresult *found, struct err *err)
{
    const char *name = pg_value(found, 0, "name");
    const char *kind = pg_value(found, 0, "kind");
    const char *remedy = pg_value(found, 0, "remedy");
    if (pg_flag(found, 0, "is_no_table")) {
        err_set(err, ERR_CREATE, "a table %s.%s cannot be created: %s is %s", schema, table, name, kind);
        return err_hint(err, "rename it, or give the job another target.table");
    }
    if (pg_flag(found, 0, "is_root"))
        err_set(err, ERR_CONFIG, "table %s.%s is %s, which is not supported yet", schema, table, kind);
    else
        err_set(err, ERR_CONFIG, "%s, which is part of table %s.%s, is %s, which is not supported yet", name,
                schema, table, kind);
    return err_hint(err, "%s%sgive the job another target.table", remedy, *remedy ? "; or " : "");
}

static bool refuse_citus(const char *schema, const char *table, struct pg *pg, struct err *err)
{
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_TARGET_IS_DISTRIBUTED, PG_PARAMS(schema, table), err);
    if (!found)
        return false;
    if (!pg_flag(found, 0, "is_distributed"))
        return true;
    err_set(err, ERR_CONFIG, "table %s.%s is managed by Citus, which is not supported yet", schema, table);
    return err_hint(err, "select undistribute_table('%s.%s'); or give the job another target.table", schema,
                    table);
}

bool table_kind_check(const char *schema, const char *table, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_TARGET_KIND, PG_PARAMS(schema, table), err);
    SCOPED(pg_result) PGresult *citus = found ? pg_query(pg, SQL_TARGET_HAS_CITUS, PG_NO_PARAMS, err) : NULL;
    if (!citus)
        return false;
    if (PQntuples(found) > 0)
        return refuse_kind(schema, table, found, err);
    return !pg_flag(citus, 0, "has_citus") || refuse_citus(schema, table, pg, err);
}
