/* rebuild.h, the part that handles partitions of both tables. */
#include "base/text.h"
#include "load/partitions.h"
#include "load/rebuild/rebuild_inner.h"
#include "sql/statements.h"

#include <stdio.h>
#include <string.h>

bool rebuild_keeps_partitions(const struct rebuild *rebuild, struct pg *pg, bool *keeps, struct err *err)
{
    struct placement placement;
    const struct job *job = rebuild->job;
    SCOPED(arena) struct arena *arena = arena_make();
    bool has_days = job_rows_are_dated(job) && text_list_has(&job->target.key, job->window.field);
    *keeps = false;
    if (!placement_read(rebuild->schema, rebuild->table, arena, pg, &placement, err))
        return false;
    *keeps = has_days && placement.is_declared &&
             (job->target.partition_by != JOB_PARTITION_NONE ||
              placement_new_period(&placement, JOB_PARTITION_NONE) != JOB_PARTITION_NONE);
    return true;
}

static PGresult *read_partitions(const struct rebuild *rebuild, const char *table, struct pg *pg,
                                 struct err *err)
{
    return pg_query(pg, SQL_REBUILD_PARTITIONS, PG_PARAMS(rebuild->schema, table), err);
}

bool rebuild_copy_partition_properties(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *parts = read_partitions(rebuild, rebuild->successor, pg, err);
    for (int row = 0; parts && row < PQntuples(parts); row++) {
        const struct partition_name name = {rebuild->schema, rebuild->successor,
                                            pg_value(parts, row, "name")};
        if (!partition_copy_properties(&name, pg, err))
            return false;
    }
    return parts != NULL;
}

static bool rename_to(const struct rebuild *rebuild, const char *kind, const char *from, const char *to,
                      struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "alter %s ", kind);
    rebuild_put_name(rebuild, from, &sql);
    buf_put(&sql, " rename to ");
    pg_put_identifier(&sql, to);
    return pg_exec(pg, buf_text(&sql), err);
}

static bool rename_index(const struct rebuild *rebuild, const char *index, const char *from, const char *to,
                         struct pg *pg, struct err *err)
{
    char name[REBUILD_NAME];
    /* An index whose name PostgreSQL has cut keeps that name. */
    if (!text_starts_with(index, from))
        return true;
    snprintf(name, sizeof name, "%s%s", to, index + strlen(from));
    SCOPED(pg_result)
    PGresult *taken = pg_query(pg, SQL_REBUILD_NAME_TAKEN, PG_PARAMS(rebuild->schema, name), err);
    if (!taken)
        return false;
    return pg_flag(taken, 0, "is_taken") || rename_to(rebuild, "index", index, name, pg, err);
}

static bool rename_indexes(const struct rebuild *rebuild, const char *from, const char *to, struct pg *pg,
                           struct err *err)
{
    SCOPED(pg_result)
    PGresult *indexes = pg_query(pg, SQL_REBUILD_INDEXES, PG_PARAMS(rebuild->schema, to), err);
    for (int row = 0; indexes && row < PQntuples(indexes); row++)
        if (!rename_index(rebuild, pg_value(indexes, row, "name"), from, to, pg, err))
            return false;
    return indexes != NULL;
}

static bool rename_partition(const struct rebuild *rebuild, const PGresult *parts, int row, struct pg *pg,
                             struct err *err)
{
    char name[JOB_COLUMN_NAME];
    struct partition_range range;
    const char *from = pg_value(parts, row, "name");
    const struct target table = {.schema = rebuild->schema, .table = rebuild->table};
    if (!pg_day(parts, row, "first_day", &range.from) || !pg_day(parts, row, "end_day", &range.to))
        return true;
    return partition_find_free_name(&table, range, name, pg, err) &&
           rename_to(rebuild, "table", from, name, pg, err) && rename_indexes(rebuild, from, name, pg, err);
}

bool rebuild_rename_partitions(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *parts = read_partitions(rebuild, rebuild->table, pg, err);
    for (int row = 0; parts && row < PQntuples(parts); row++)
        if (!rename_partition(rebuild, parts, row, pg, err))
            return false;
    return parts != NULL;
}
