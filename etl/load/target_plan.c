#include "load/target_plan.h"

#include "load/partitions.h"

static void add_index(const struct target *target, struct arena *arena, struct text_list *statements)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    target_put_index(target, &sql);
    arena_add_text(arena, statements, arena_copy_text(arena, buf_text(&sql)));
}

/* Adds comments about an existing table: only a rebuild can partition or distribute it. */
static void add_placement(const struct target *target, struct arena *arena, struct text_list *statements)
{
    static const char *const periods[] = {
        [JOB_PARTITION_NONE] = "", [JOB_PARTITION_MONTH] = "month", [JOB_PARTITION_YEAR] = "year"};
    if (target->is_adopted)
        arena_add_text(arena, statements,
                       arena_print(arena,
                                   "-- %s.%s, which was not created by tokenflex-etl, is loaded from now on",
                                   target->schema, target->table));
    const char *column = job_distribute_column(target->job->target.distribute_by);
    if (column && target->exists && target->placement.distributed_by != target->job->target.distribute_by)
        arena_add_text(arena, statements,
                       arena_print(arena, "-- %s.%s is not distributed by %s; run --rebuild distributes it",
                                   target->schema, target->table, column));
    bool is_wanted = target->job->target.partition_by != JOB_PARTITION_NONE;
    if (is_wanted && target->exists && target->placement.kind == PLACEMENT_PLAIN)
        arena_add_text(arena, statements,
                       arena_print(arena, "-- %s.%s has no partitions; run --rebuild cuts it by %s",
                                   target->schema, target->table, periods[target->job->target.partition_by]));
}

void target_plan(const struct target *target, const struct window *window, struct arena *arena,
                 struct text_list *statements)
{
    target_ddl(target, arena, statements);
    partitions_plan(target, window, arena, statements);
    if (!target->exists)
        add_index(target, arena, statements);
    add_placement(target, arena, statements);
}
