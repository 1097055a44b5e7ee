/* Handles the old versions of a table's rows (load/history) when another table replaces it. */
#include "load/history.h"
#include "load/rebuild/rebuild_inner.h"

#include <stdlib.h>

/* The newest of some run ids, one a line. */
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

/* *history is NULL if the table has no history that continues. */
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

bool rebuild_keep_old_rows(const struct rebuild *rebuild, const char *run_ids, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct history *history;
    return find(rebuild, pg, arena, &history, err) &&
           (!history || keep_rows(rebuild, history, run_ids, pg, err));
}

bool rebuild_end_history(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct history *history;
    return find(rebuild, pg, arena, &history, err) &&
           (!history || history_rename_past(&history->names, pg, err));
}

bool rebuild_begin_history(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    struct history_names names;
    return !rebuild->job->target.history ||
           (history_name(rebuild->schema, rebuild->table, &names, err) && history_make(&names, pg, err));
}
