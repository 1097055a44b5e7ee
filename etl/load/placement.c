#include "load/placement.h"

#include "base/text.h"
#include "sql/statements.h"

#include <string.h>

/* A bound before the year 1 or after the year 9999 counts as no bound: no row is beyond it. */
static void add_partition(const PGresult *found, int row, struct arena *arena, struct placement *placement)
{
    struct partition_range range;
    placement->all_are_whole &= pg_flag(found, row, "is_whole");
    if (!pg_day(found, row, "first_day", &range.from))
        range.from = PARTITION_NO_BEGIN;
    if (!pg_day(found, row, "end_day", &range.to))
        range.to = PARTITION_NO_END;
    *(struct partition_range *)arena_push(arena, &placement->partitions.items, &placement->partitions.count,
                                          sizeof range) = range;
}

static bool read_partitions(const char *schema, const char *table, struct arena *arena, struct pg *pg,
                            struct placement *placement, struct err *err)
{
    placement->all_are_whole = true;
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_TARGET_PARTITIONS, PG_PARAMS(schema, table), err);
    if (!found)
        return err_wrap(err, "cannot read the partitions of table %s.%s", schema, table);
    for (int row = 0; row < PQntuples(found); row++)
        add_partition(found, row, arena, placement);
    return true;
}

/* One a line. */
static void split_names(const char *lines, struct arena *arena, struct text_list *names)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        arena_add_text(arena, names, arena_copy(arena, lines, length));
        lines += length + (lines[length] == '\n');
    }
}

enum job_distribute_by placement_distribution(const char *column)
{
    if (text_equal(column, job_distribute_column(JOB_DISTRIBUTE_BY_CONTRACT)))
        return JOB_DISTRIBUTE_BY_CONTRACT;
    return text_equal(column, job_distribute_column(JOB_DISTRIBUTE_BY_ROW_KEY)) ? JOB_DISTRIBUTE_BY_ROW_KEY
                                                                                : JOB_DISTRIBUTE_NONE;
}

/* Tables that Citus distributes in another way are refused before (load/table_kind). */
static bool read_distribution(const char *schema, const char *table, struct arena *arena, struct pg *pg,
                              struct placement *placement, struct err *err)
{
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_CITUS_TABLE, PG_PARAMS(schema, table), err);
    if (!found)
        return err_wrap(err, "cannot read how table %s.%s is distributed", schema, table);
    if (PQntuples(found) == 0)
        return true;
    placement->kind = PLACEMENT_DISTRIBUTED;
    placement->distributed_by = placement_distribution(pg_value(found, 0, "column"));
    placement->collation = pg_copy(found, 0, "collation", arena);
    return true;
}

bool placement_read(const char *schema, const char *table, struct arena *arena, struct pg *pg,
                    struct placement *placement, struct err *err)
{
    *placement = (struct placement){0};
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_TARGET_PLACEMENT, PG_PARAMS(schema, table), err);
    if (!found)
        return err_wrap(err, "cannot read where the rows of table %s.%s are", schema, table);
    if (PQntuples(found) == 0)
        return true;
    if (pg_flag(found, 0, "has_citus") && !read_distribution(schema, table, arena, pg, placement, err))
        return false;
    if (placement->kind == PLACEMENT_DISTRIBUTED)
        return true;
    placement->is_declared = pg_flag(found, 0, "is_declared");
    if (!placement->is_declared && !pg_flag(found, 0, "has_children"))
        return true;
    placement->kind = PLACEMENT_PARTITIONED;
    placement->key = pg_copy(found, 0, "key", arena);
    placement->column = pg_copy(found, 0, "column", arena);
    split_names(pg_value(found, 0, "key_columns"), arena, &placement->key_columns);
    placement->default_partition = pg_copy(found, 0, "default_partition", arena);
    placement->may_add = pg_flag(found, 0, "may_add");
    return !placement->column || read_partitions(schema, table, arena, pg, placement, err);
}

enum job_partition_by placement_new_period(const struct placement *placement, enum job_partition_by wanted)
{
    if (!placement->is_declared || !placement->column || !placement->all_are_whole)
        return JOB_PARTITION_NONE;
    return partition_ranges_new_period(&placement->partitions, wanted);
}
