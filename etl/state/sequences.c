#include "state/sequences.h"

#include "base/log.h"
#include "base/text.h"
#include "sql/statements.h"

bool sequences_advance(struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *set = pg_query(pg, SQL_SEQUENCES_ADVANCE, PG_NO_PARAMS, err);
    if (!set)
        return err_wrap(err, "cannot compare the tool's tables with their sequences");
    for (int row = 0; row < PQntuples(set); row++)
        log_warn("sequence-behind",
                 "the sequence of tokenflex_etl.%s was behind the table's rows, as after a failover or a "
                 "restore of "
                 "data alone; it is set to %s now",
                 pg_value(set, row, "table_name"), pg_value(set, row, "set_to"));
    return true;
}

bool sequences_explain(struct err *err)
{
    if (!text_equal(err->sqlstate, "23505"))
        return err_wrap(err, "cannot write the run table");
    err_set(err, ERR_CREATE,
            "the sequence of tokenflex_etl.run is behind the table's rows, as after a failover or a "
            "restore of data alone");
    return err_hint(
        err, "let the owner of the table run: select setval(pg_get_serial_sequence('tokenflex_etl.run', "
             "'run_id'), max(run_id)) from tokenflex_etl.run");
}
