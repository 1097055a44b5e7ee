#include "state/run_write.h"

bool run_write(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    SCOPED(pg_result) PGresult *written = pg_query(pg, sql, params, err);
    return written != NULL || err_wrap(err, "cannot write the run table");
}
