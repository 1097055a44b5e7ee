#include "load/table_kind.h"

#include "load/placement.h"
#include "sql/statements.h"
#include "state/citus.h"

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

/* The statements that help with a table that Citus does not distribute by one of our columns. */
static const char *remedy_of(const char *schema, const char *table, const PGresult *found, struct buf *remedy)
{
    const char *column = pg_value(found, 0, "may_be_by");
    if (!pg_null(found, 0, "kind"))
        buf_print(remedy,
                  "select undistribute_table('%s.%s'); and, to have it on all nodes, select "
                  "create_distributed_table('%s.%s', '%s')",
                  schema, table, schema, table, column);
    else
        buf_print(remedy, "select alter_distributed_table('%s.%s', distribution_column => '%s')", schema,
                  table, column);
    return buf_text(remedy);
}

static bool judge_citus(const char *schema, const char *table, const PGresult *found, struct err *err)
{
    SCOPED(buf) struct buf remedy = buf_make(BUF_OWN_TEXT);
    if (pg_flag(found, 0, "has_parts")) {
        err_set(err, ERR_CONFIG,
                "table %s.%s is partitioned and distributed by Citus, which is not supported", schema, table);
        return err_hint(err, "give the job another target.table: one that is partitioned or distributed");
    }
    if (!pg_null(found, 0, "kind"))
        err_set(err, ERR_CONFIG, "table %s.%s is %s, which is not supported", schema, table,
                pg_value(found, 0, "kind"));
    else if (placement_distribution(pg_value(found, 0, "column")) == JOB_DISTRIBUTE_NONE)
        err_set(
            err, ERR_CONFIG,
            "table %s.%s is distributed by %s; only tables distributed by contract_number or _row_key can "
            "be loaded",
            schema, table, pg_value(found, 0, "column"));
    else
        return true;
    return err_hint(err, "%s; or give the job another target.table",
                    remedy_of(schema, table, found, &remedy));
}

bool table_kind_check(const char *schema, const char *table, struct pg *pg, struct err *err)
{
    bool has_citus;
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_TARGET_KIND, PG_PARAMS(schema, table), err);
    if (!found || (PQntuples(found) > 0 && !refuse_kind(schema, table, found, err)) ||
        !citus_is_there(pg, &has_citus, err))
        return false;
    SCOPED(pg_result)
    PGresult *citus = has_citus ? pg_query(pg, SQL_CITUS_TABLE, PG_PARAMS(schema, table), err) : NULL;
    if (!has_citus || !citus)
        return !has_citus;
    return PQntuples(citus) == 0 || judge_citus(schema, table, citus, err);
}
