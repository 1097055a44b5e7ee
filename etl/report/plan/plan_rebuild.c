#include "report/plan/plan_rebuild.h"

#include "base/text.h"
#include "load/rebuild/rebuild.h"
#include "run/rebuild_coverage.h"
#include "run/rebuilds.h"

/* Whether the run would load all that the table holds. */
static bool check_coverage(const struct plan_rebuild *rebuild, const struct rebuild *what, struct err *err)
{
    struct table_contents contents;
    struct table_contents_request table = {what->job, what->schema, what->table};
    struct rebuild_coverage coverage = {rebuild->schedule, rebuild->options->defined, what->schema,
                                        what->table};
    return table_contents_read(&table, rebuild->pg, rebuild->arena, &contents, err) &&
           rebuild_coverage_check(&coverage, &contents, err);
}

static bool examine(const struct plan_rebuild *rebuild, const struct job *job,
                    struct plan_rebuild_table *table, struct err *err)
{
    char successor[REBUILD_NAME];
    const struct database_settings *database = &rebuild->options->settings->database;
    struct rebuilds_table name = {database->schema, job->target.table};
    struct rebuilds_jobs jobs = rebuilds_jobs_of(rebuild->schedule, job->target.table, rebuild->arena);
    struct rebuild what = {
        .job = job,
        .jobs = jobs.items,
        .job_count = jobs.count,
        .schema = database->schema,
        .table = job->target.table,
        .successor = arena_copy_text(rebuild->arena, rebuild_successor_name(job->target.table, successor)),
        .readers = &database->grant_select_to,
    };
    if (!rebuilds_find_change(rebuild->schedule, &name, rebuild->pg, &table->is_rebuilt, err))
        return false;
    table->successor = what.successor;
    return !table->is_rebuilt ||
           (rebuild_check(&what, rebuild->pg, err) && check_coverage(rebuild, &what, err));
}

const struct plan_rebuild_table *plan_rebuild_look(struct plan_rebuild *rebuild, const struct job *job)
{
    for (size_t i = 0; i < rebuild->count; i++)
        if (text_equal(rebuild->tables[i].name, job->target.table))
            return &rebuild->tables[i];
    struct plan_rebuild_table *table =
        arena_push(rebuild->arena, &rebuild->tables, &rebuild->count, sizeof *table);
    *table = (struct plan_rebuild_table){.name = job->target.table};
    struct err err = {0};
    if (!examine(rebuild, job, table, &err)) {
        err_require(&err);
        table->refused = err;
    }
    return table;
}
