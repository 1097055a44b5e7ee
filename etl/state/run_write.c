#include "state/run_write.h"

bool run_write_refuse_deleted(const char *run_id, struct err *err)
{
    err_set(err, ERR_LATER, "the row of run %s in tokenflex_etl.run was deleted while the run loaded",
            run_id);
    return err_hint(err,
                    "nothing was loaded; run the job again, and delete only rows of runs that have finished");
}

static PGresult *write_rows(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    PGresult *written = pg_query(pg, sql, params, err);
    if (!written)
        err_wrap(err, "cannot write the run table");
    return written;
}

bool run_write(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    SCOPED(pg_result) PGresult *written = write_rows(pg, sql, params, err);
    return written && (pg_rows_affected(written) > 0 || run_write_refuse_deleted(params.values[0], err));
}

bool run_write_any(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    SCOPED(pg_result) PGresult *written = write_rows(pg, sql, params, err);
    return written != NULL;
}
