/* stage.h, the part that drops the tables that killed sessions have left behind. */
#include "base/log.h"
#include "load/stage.h"
#include "sql/statements.h"

static bool drop_one(struct pg *pg, const char *name, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "drop table if exists %s", name);
    return pg_exec(pg, buf_text(&sql), err);
}

bool stage_drop_abandoned(struct pg *pg, const char *schema, struct err *err)
{
    SCOPED(pg_result) PGresult *left = pg_query(pg, SQL_STAGE_LEFT, PG_PARAMS(schema), err);
    for (int row = 0; left && row < PQntuples(left); row++) {
        const char *name = pg_value(left, row, "name");
        bool dropped = drop_one(pg, name, err);
        if (!dropped && (pg_is_lost(pg) || err->kind == ERR_STOPPED))
            return false;
        if (dropped)
            log_warn("stage-dropped", "a run that was killed had left the stage table %s; it was dropped",
                     name);
        else
            log_warn("stage-left", "%s; %s is left for another run", err->text, name);
        SCOPED(pg_result)
        PGresult *unlocked = pg_query(pg, SQL_STAGE_UNLOCK, PG_PARAMS(pg_value(left, row, "nonce")), err);
        if (!unlocked)
            return false;
    }
    return left || err_wrap(err, "cannot look for stage tables that were left behind");
}
