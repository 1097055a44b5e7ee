#include "state/run_measures.h"

#include "sql/statements.h"

bool run_measures_read(struct pg *pg, struct arena *arena, struct run_measure **measures, size_t *count,
                       struct err *err)
{
    if (!pg_exec(pg, SQL_RUN_MEASURES_SETTINGS, err))
        return false;
    SCOPED(pg_result) PGresult *rows = pg_query(pg, SQL_RUN_MEASURES, PG_NO_PARAMS, err);
    if (!rows)
        return err_wrap(err, "cannot read the run table");
    *count = (size_t)PQntuples(rows);
    *measures = arena_alloc(arena, *count, sizeof **measures);
    for (int row = 0; row < PQntuples(rows); row++)
        (*measures)[row] = (struct run_measure){
            .job = arena_copy_text(arena, pg_text(rows, row, 0)),
            .contract = arena_copy_text(arena, pg_text(rows, row, 1)),
            .success_ms = pg_int(rows, row, 2),
            .failures = pg_int(rows, row, 3),
            .ended_ms = pg_int(rows, row, 4),
            .elapsed_ms = pg_int(rows, row, 5),
            .succeeded = pg_int(rows, row, 6),
            .requests = pg_int(rows, row, 7),
            .rows_read = pg_int(rows, row, 8),
            .rows_inserted = pg_int(rows, row, 9),
            .rows_updated = pg_int(rows, row, 10),
            .rows_unchanged = pg_int(rows, row, 11),
            .rows_deleted = pg_int(rows, row, 12),
        };
    return true;
}
