#include "state/retention.h"

#include "sql/statements.h"

bool retention_apply(struct pg *pg, unsigned keep_days, uint64_t *deleted, struct err *err)
{
    char days[PG_NUMBER];
    char most[PG_NUMBER];
    *deleted = 0;
    SCOPED(pg_result)
    PGresult *due = pg_query(pg, SQL_RETENTION_DUE, PG_PARAMS(pg_number(keep_days, days)), err);
    if (!due)
        return err_wrap(err, "cannot read the run table");
    if (!pg_flag(due, 0, "is_due"))
        return true;
    SCOPED(pg_result)
    PGresult *pruned =
        pg_query(pg, SQL_RETENTION_APPLY, PG_PARAMS(days, pg_number(RETENTION_MAX, most)), err);
    if (!pruned)
        return err_wrap(err, "cannot delete old runs");
    *deleted = pg_rows_affected(pruned);
    SCOPED(pg_result)
    PGresult *compared = pg_query(pg, SQL_RECONCILIATION_PRUNE, PG_PARAMS(days), err);
    if (!compared)
        return err_wrap(err, "cannot delete old comparisons with the service's totals");
    return true;
}
