/* Handles the old versions of a table's rows (load/history) when another table replaces it. */
#include "load/history.h"
#include "load/rebuild/rebuild_inner.h"
#include "sql/statements.h"

#include <stdlib.h>

/* The newest of some run ids, one per line. */
static int64_t newest_of(const char *lines)
{
    int64_t newest = 0;
    while (*lines) {
        char *end;
        int64_t run_id = strtoll(lines, &end, 10);
        newest = run_id > newest ? run_id : newest;
        lines = *end ? end + 1 : end;
    }
    return newest;
}

/* *history is NULL if the table has no history. */
static bool find(const struct rebuild *rebuild, struct pg *pg, struct arena *arena, struct history **history,
                 struct err *err)
{
    struct history_names names;
    *history = NULL;
    if (history_name(rebuild->schema, rebuild->table, &names, err))
        return history_find(&names, pg, arena, history, err);
    err_clear(err); /* a name too long for a history: it never had one */
    return true;
}

static bool keep_rows(const struct rebuild *rebuild, const struct history *history, const char *run_ids,
                      struct pg *pg, struct err *err)
{
    char run_id[PG_NUMBER];
    SCOPED(statement) struct statement statement = statement_make();
    pg_number(newest_of(run_ids), run_id);
    history_put_insert(history, run_id, "delete", &statement);
    statement_put(&statement, " from ");
    rebuild_put_name(rebuild, rebuild->table, &statement.sql);
    statement_put(&statement, " t");
    SCOPED(pg_result) PGresult *kept = statement_run(&statement, pg, err);
    return kept || err_wrap(err, "cannot keep the rows of table %s.%s in its history", rebuild->schema,
                            rebuild->table);
}

static bool find_outcome(const struct rebuild *rebuild, const struct history *history, struct pg *pg,
                         enum rebuild_history *outcome, struct err *err)
{
    SCOPED(pg_result)
    PGresult *compared =
        pg_query(pg, SQL_REBUILD_SAME_GRAIN,
                 PG_PARAMS(rebuild->schema, rebuild->table, rebuild->successor, history->names.history), err);
    if (!compared)
        return false;
    *outcome = pg_flag(compared, 0, "is_same") ? REBUILD_HISTORY_CONTINUES : REBUILD_HISTORY_ENDS;
    return true;
}

/* Otherwise TABLE_as_of would return both the old row and the new one for a time between the new row's load
 * and the swap. */
static bool date_new_rows(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "update ");
    rebuild_put_name(rebuild, rebuild->successor, &sql);
    buf_put(&sql, " set _synced_at = now()");
    return pg_exec(pg, buf_text(&sql), err) ||
           err_wrap(err, "cannot write when the rows of table %s.%s took the place of the old ones",
                    rebuild->schema, rebuild->successor);
}

bool rebuild_keep_old_rows(const struct rebuild *rebuild, const char *run_ids, struct pg *pg,
                           enum rebuild_history *outcome, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct history *history;
    *outcome = REBUILD_HISTORY_NONE;
    if (!find(rebuild, pg, arena, &history, err))
        return false;
    return !history || (find_outcome(rebuild, history, pg, outcome, err) &&
                        keep_rows(rebuild, history, run_ids, pg, err) &&
                        (*outcome != REBUILD_HISTORY_CONTINUES || date_new_rows(rebuild, pg, err)));
}

bool rebuild_end_history(const struct rebuild *rebuild, enum rebuild_history outcome, struct pg *pg,
                         struct err *err)
{
    struct history_names names;
    switch (outcome) {
    case REBUILD_HISTORY_NONE:
        return true;
    case REBUILD_HISTORY_ENDS:
        return history_name(rebuild->schema, rebuild->table, &names, err) &&
               history_rename_past(&names, pg, err);
    case REBUILD_HISTORY_CONTINUES:
        return history_name(rebuild->schema, rebuild->table, &names, err) &&
               history_drop_function(&names, pg, err);
    }
    return err_set(err, ERR_BUG, "no such outcome of a history");
}

bool rebuild_begin_history(const struct rebuild *rebuild, enum rebuild_history outcome, struct pg *pg,
                           struct err *err)
{
    struct history_names names;
    bool continues = outcome == REBUILD_HISTORY_CONTINUES;
    if (!continues && !rebuild->job->target.history)
        return true;
    return history_name(rebuild->schema, rebuild->table, &names, err) &&
           (continues ? history_continue(&names, pg, err) : history_make(&names, pg, err));
}
