#include "state/page_limit.h"

#include "sql/statements.h"

bool page_limit_known(struct pg *pg, const char *account, unsigned *rows, struct err *err)
{
    SCOPED(pg_result) PGresult *known = pg_query(pg, SQL_PAGE_LIMIT, PG_PARAMS(account), err);
    if (!known)
        return err_wrap(err, "cannot read the page size that the service grants");
    *rows = PQntuples(known) > 0 ? (unsigned)pg_count(known, 0, "max_page_size") : 0;
    return true;
}

bool page_limit_learn(struct pg *pg, const struct budget *budget, unsigned rows, struct err *err)
{
    char text[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *learnt =
        pg_query(pg, SQL_PAGE_LIMIT_LEARN,
                 PG_PARAMS(budget->account, pg_number(rows, text), budget->was_used ? "true" : "false"), err);
    if (!learnt)
        return err_wrap(err, "cannot remember the page size that the service grants");
    return pg_rows_affected(learnt) == 1 || budget_refuse_deleted(budget, err);
}
