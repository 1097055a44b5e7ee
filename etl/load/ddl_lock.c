#include "load/ddl_lock.h"

#include "sql/statements.h"

static bool lock(const char *schema, const char *is_load, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *locked = pg_query(pg, SQL_DDL_LOCK, PG_PARAMS(schema, is_load), err);
    return locked != NULL;
}

bool ddl_lock(const char *schema, struct pg *pg, struct err *err)
{
    return lock(schema, "false", pg, err);
}

bool ddl_lock_for_load(const char *schema, struct pg *pg, struct err *err)
{
    return lock(schema, "true", pg, err);
}
