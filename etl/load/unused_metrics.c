#include "load/unused_metrics.h"

#include "base/log.h"
#include "base/text.h"
#include "load/column_map.h"
#include "load/grain.h"
#include "sql/statements.h"

static bool note(const struct target_name *table, const PGresult *columns, const char *remembered,
                 const char *metric, struct pg *pg, struct err *err)
{
    char column[JOB_COLUMN_NAME];
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    if (column_map_find_present(remembered, columns, metric, column)) {
        log_warn("metric-unused",
                 "no job of table %s.%s requests %s any more: new rows have no value in column %s, and other "
                 "rows keep the value of an earlier load; request it again, or drop the column",
                 table->schema, table->table, metric, column);
        return true;
    }
    if (!column_map_find_column(remembered, metric, column))
        return true;
    buf_print(&line, "%s %s", metric, column);
    return target_record_forget_column(pg, table, buf_text(&line), err);
}

bool unused_metrics_note(const struct target_name *table, const struct jobs *defined, struct pg *pg,
                         struct arena *arena, struct err *err)
{
    const struct target_record *record;
    if (!target_record_read(pg, table, arena, &record, err))
        return false;
    if (!record || grain_keeps_every_run(record))
        return true;
    struct text_list unused = column_map_list_unused(record->columns, defined, table->table, arena);
    if (unused.count == 0)
        return true;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(table->schema, table->table), err);
    if (!columns)
        return false;
    for (size_t i = 0; i < unused.count; i++)
        if (!text_has_line(record->grain, unused.items[i]) &&
            !note(table, columns, record->columns, unused.items[i], pg, err))
            return false;
    return true;
}
