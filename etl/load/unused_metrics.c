#include "load/unused_metrics.h"

#include "base/log.h"
#include "base/text.h"
#include "load/grain.h"
#include "load/places.h"
#include "sql/statements.h"

static bool has_column(const PGresult *columns, const char *name)
{
    for (int row = 0; row < PQntuples(columns); row++)
        if (text_equal(pg_value(columns, row, "name"), name))
            return true;
    return false;
}

bool unused_metrics_warn(const struct target_name *table, const struct jobs *defined, struct pg *pg,
                         struct arena *arena, struct err *err)
{
    const struct target_record *record;
    struct text_list unused;
    char column[JOB_COLUMN_NAME];
    if (!target_record_read(pg, table, arena, &record, err))
        return false;
    if (!record || grain_keeps_every_run(record))
        return true;
    unused = places_list_unused(record->columns, defined, table->table, arena);
    if (unused.count == 0)
        return true;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(table->schema, table->table), err);
    for (size_t i = 0; columns && i < unused.count; i++)
        if (places_find_column(record->columns, unused.items[i], column) && has_column(columns, column))
            log_warn("metric-unused",
                     "no job of table %s.%s requests %s any more: new rows have no value in column %s, and "
                     "other rows keep the value of an earlier load; request it again, or drop the column",
                     table->schema, table->table, unused.items[i], column);
    return columns != NULL;
}
