#include "run/rebuilds.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/readable.h"
#include "base/stop.h"
#include "base/text.h"
#include "load/grain.h"
#include "run/rebuild_coverage.h"

#include <inttypes.h>
#include <string.h>

/* The time after a stop or the timeout to drop what was loaded. */
#define SHUTDOWN_GRACE_MS 2000

static bool loads(const struct work_unit *unit, const char *table)
{
    return text_equal(unit->job->target.table, table);
}

static void refuse_units(struct schedule *schedule, const char *table, const struct err *err)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        if (loads(&schedule->units[i], table) && schedule->units[i].refused.kind == ERR_NONE)
            schedule->units[i].refused = *err;
}

static bool is_complete(const struct rebuilds_options *options, struct table_rebuild *rebuild,
                        struct arena *arena, struct err *err)
{
    struct table_contents contents;
    struct rebuild_coverage coverage = {options->schedule, options->run->defined, rebuild->what.schema,
                                        rebuild->what.table};
    struct table_contents_request table = {rebuild->what.job, rebuild->what.schema, rebuild->what.table};
    if (!table_contents_read(&table, rebuild->session.pg, arena, &contents, err))
        return false;
    for (size_t i = 0; i < contents.count; i++)
        rebuild->rows_before += contents.items[i].rows;
    return rebuild_coverage_check(&coverage, &contents, err);
}

static bool begin(const struct rebuilds_options *options, struct table_rebuild *rebuild, struct arena *arena,
                  struct err *err)
{
    return rebuild_begin(&rebuild->what, rebuild->session.pg, err) &&
           target_loads_mark(rebuild->session.pg, arena, &rebuild->loads, err) &&
           is_complete(options, rebuild, arena, err);
}

/* Takes the lock, and finds out under it whether there is still something to do. */
static bool lock(const struct rebuilds_options *options, struct table_rebuild *rebuild, bool *needed,
                 struct err *err)
{
    struct session *session = &rebuild->session;
    const struct job *job = rebuild->what.job;
    struct session_lock_of of = {rebuild->what.table, NULL};
    struct rebuilds_table table = {rebuild->what.schema, rebuild->what.table};
    session_set_deadline(session, clock_deadline(job->timeout_ms));
    if (!session_acquire(session, &of, run_wait_ms(options->run, job), err))
        return false;
    session_set_deadline(session, clock_deadline(job->timeout_ms));
    return rebuilds_find_change(options->schedule, &table, session->pg, needed, err);
}

static void load_into_successor(struct work_unit *unit, struct table_rebuild *rebuild)
{
    unit->rebuild = rebuild;
    rebuild->units_left++;
    rebuild->has_failed |= unit->refused.kind != ERR_NONE;
    for (size_t i = 0; i < unit->count; i++)
        unit->items[i].chunk.table = rebuild->what.successor;
}

static void log_not_needed(const char *schema, const char *table)
{
    log_info("rebuild-idle",
             "nothing needs rebuilding: table %s.%s has the fields, columns, filters and partitions of its "
             "jobs, or does not exist",
             schema, table);
}

static void prepare(const struct rebuilds_options *options, const struct job *job, struct arena *arena,
                    struct rebuilds *rebuilds)
{
    bool needed;
    struct err err = {0};
    char successor[REBUILD_NAME];
    struct schedule *schedule = options->schedule;
    const struct database_settings *database = &options->run->settings->database;
    struct table_rebuild *rebuild = arena_alloc(arena, 1, sizeof *rebuild);
    struct rebuilds_jobs jobs = rebuilds_jobs_of(schedule, job->target.table, arena);
    *rebuild = (struct table_rebuild){
        .what = {.job = job,
                 .jobs = jobs.items,
                 .job_count = jobs.count,
                 .loads = &rebuild->loads,
                 .schema = database->schema,
                 .table = job->target.table,
                 .successor = arena_copy_text(arena, rebuild_successor_name(job->target.table, successor)),
                 .readers = &database->grant_select_to,
                 .accept = options->run->accept},
        .session = {.settings = options->run->settings, .name = rebuild->session_name},
    };
    session_name("rebuild", options->run->host, rebuild->session_name);
    if (!lock(options, rebuild, &needed, &err) || (needed && !begin(options, rebuild, arena, &err))) {
        session_close(&rebuild->session);
        refuse_units(schedule, job->target.table, &err);
        return;
    }
    if (!needed) {
        session_close(&rebuild->session);
        log_not_needed(rebuild->what.schema, rebuild->what.table);
        return;
    }
    log_info("rebuild-begun",
             "table %s.%s has other fields, columns, filters or partitions than the job: it is loaded again",
             rebuild->what.schema, rebuild->what.table);
    *(struct table_rebuild **)arena_push(arena, &rebuilds->items, &rebuilds->count,
                                         sizeof(struct table_rebuild *)) = rebuild;
    for (size_t i = 0; i < schedule->unit_count; i++)
        if (loads(&schedule->units[i], job->target.table))
            load_into_successor(&schedule->units[i], rebuild);
}

struct rebuilds_jobs rebuilds_jobs_of(const struct schedule *schedule, const char *table, struct arena *arena)
{
    struct rebuilds_jobs jobs = {0};
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct job *job = schedule->units[i].job;
        bool is_new = loads(&schedule->units[i], table);
        for (size_t other = 0; other < jobs.count; other++)
            is_new &= jobs.items[other] != job;
        if (is_new)
            *(const struct job **)arena_push(arena, &jobs.items, &jobs.count, sizeof(struct job *)) = job;
    }
    return jobs;
}

static bool is_seen_before(const struct schedule *schedule, size_t unit)
{
    for (size_t i = 0; i < unit; i++)
        if (loads(&schedule->units[i], schedule->units[unit].job->target.table))
            return true;
    return false;
}

bool rebuilds_find_change(const struct schedule *schedule, const struct rebuilds_table *table, struct pg *pg,
                          bool *changed, struct err *err)
{
    *changed = false;
    for (size_t i = 0; i < schedule->unit_count && !*changed; i++) {
        const struct work_unit *unit = &schedule->units[i];
        struct contract_load load = {unit->job, table->schema, table->name, unit->contract};
        if (loads(unit, table->name) && !grain_needs_rebuild(&load, pg, changed, err))
            return false;
    }
    return true;
}

void rebuilds_begin(const struct rebuilds_options *options, struct pg *pg, struct arena *arena,
                    struct rebuilds *rebuilds)
{
    struct schedule *schedule = options->schedule;
    *rebuilds = (struct rebuilds){0};
    for (size_t i = 0; i < schedule->unit_count; i++) {
        struct err err = {0};
        bool changed;
        const struct job *job = schedule->units[i].job;
        struct rebuilds_table table = {options->run->settings->database.schema, job->target.table};
        if (is_seen_before(schedule, i))
            continue;
        SCOPED(log_scope) struct log_scope scope = log_enter(&(struct log_context){.job = job->name});
        if (!rebuilds_find_change(schedule, &table, pg, &changed, &err))
            refuse_units(schedule, table.name, &err);
        else if (changed)
            prepare(options, job, arena, rebuilds);
        else
            log_not_needed(table.schema, table.name);
    }
}

/* The kind of error of the first failed chunk of the rebuild; ERR_STOPPED if none has failed. */
static enum err_kind kind_of_failure(const struct table_rebuild *rebuild, const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        for (size_t chunk = 0; schedule->units[i].rebuild == rebuild && chunk < schedule->units[i].count;
             chunk++)
            if (schedule->units[i].items[chunk].result.status == CHUNK_FAILED)
                return schedule->units[i].items[chunk].result.err.kind;
    return ERR_STOPPED;
}

/* Marks the chunks whose rows were dropped with the new table as failed. */
static void fail_chunks(const struct table_rebuild *rebuild, struct schedule *schedule,
                        const struct err *reason)
{
    for (size_t i = 0; i < schedule->unit_count; i++) {
        struct work_unit *unit = &schedule->units[i];
        for (size_t chunk = 0; unit->rebuild == rebuild && chunk < unit->count; chunk++) {
            struct chunk_result *result = &unit->items[chunk].result;
            if (result->status != CHUNK_SUCCEEDED)
                continue;
            result->counts = (struct row_counts){0};
            result->err = *reason;
            chunk_fail(result);
        }
    }
}

/* Appends the ids of the runs that loaded the new table, one per line. */
static void put_run_ids(const struct table_rebuild *rebuild, const struct schedule *schedule, struct buf *ids)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        for (size_t chunk = 0; schedule->units[i].rebuild == rebuild && chunk < schedule->units[i].count;
             chunk++)
            buf_print(ids, "%s%" PRId64, ids->length > 0 ? "\n" : "",
                      schedule->units[i].items[chunk].result.run_id);
}

/* Drops the new table. If that fails now, the next run drops it. */
static void drop_successor(struct table_rebuild *rebuild, struct schedule *schedule, const struct err *reason)
{
    struct err err;
    struct session *session = &rebuild->session;
    const struct rebuild *what = &rebuild->what;
    SCOPED(buf) struct buf run_ids = buf_make(BUF_OWN_TEXT);
    put_run_ids(rebuild, schedule, &run_ids);
    if (stop_requested() && session->pg)
        pg_ignore_stop(session->pg, SHUTDOWN_GRACE_MS);
    if (session->pg)
        pg_extend_deadline(session->pg, SHUTDOWN_GRACE_MS);
    bool connected = session->pg && !pg_is_lost(session->pg);
    if (!connected)
        connected = !stop_requested() && session_reconnect(session, &err);
    if (!connected)
        log_warn("rebuild-left", "table %s.%s is left for the next run to drop", what->schema,
                 what->successor);
    else if (!rebuild_abandon(what, buf_text(&run_ids), reason->text, session->pg, &err))
        log_warn("rebuild-left", "%s; left for the next run", err.text);
    log_warn("rebuild-given-up", "table %s.%s stays as it was", what->schema, what->table);
    fail_chunks(rebuild, schedule, reason);
}

struct swap {
    const struct table_rebuild *rebuild;
    const char *run_ids;
    uint64_t rows; /* rows of the new table */
};

/* Runs in session_run_with_reconnect(), because the connection may be lost during a load of hours, or in the
 * middle of the swap. */
static bool swap(void *context, struct err *err)
{
    struct swap *swap = context;
    return rebuild_swap(&swap->rebuild->what, swap->run_ids, swap->rebuild->session.pg, &swap->rows, err);
}

static void swap_or_drop(struct table_rebuild *rebuild, struct schedule *schedule)
{
    struct err err = {0};
    const struct rebuild *what = &rebuild->what;
    SCOPED(buf) struct buf run_ids = buf_make(BUF_OWN_TEXT);
    put_run_ids(rebuild, schedule, &run_ids);
    struct swap of = {.rebuild = rebuild, .run_ids = buf_text(&run_ids)};
    if (session_run_with_reconnect(&rebuild->session, (struct session_work){swap, &of}, &err)) {
        log_info("rebuild-done",
                 "table %s.%s is replaced by the new one: %" PRIu64 " row%s before, %" PRIu64 " now",
                 what->schema, what->table, rebuild->rows_before, readable_plural(rebuild->rows_before),
                 of.rows);
        return;
    }
    err_require(&err);
    log_error("rebuild-failed", &err);
    drop_successor(rebuild, schedule, &err);
}

/* The least time for the swap, even if the jobs that load the table have used up their timeouts. */
#define MIN_MS 5000

void rebuilds_finish(struct table_rebuild *rebuild, struct schedule *schedule, int64_t deadline_ms)
{
    struct err reason;
    int64_t min_ms = clock_deadline(MIN_MS);
    session_set_deadline(&rebuild->session, deadline_ms > min_ms ? deadline_ms : min_ms);
    SCOPED(log_scope)
    struct log_scope scope = log_enter(&(struct log_context){.job = rebuild->what.job->name});
    if (rebuild->has_failed) {
        err_set(&reason, kind_of_failure(rebuild, schedule),
                "the loaded rows were dropped: the rebuild of table %s.%s was given up, because some of its "
                "chunks could not be loaded",
                rebuild->what.schema, rebuild->what.table);
        drop_successor(rebuild, schedule, &reason);
    } else {
        progress_begin(rebuild->what.job->name, NULL);
        progress_phase("replacing the table");
        swap_or_drop(rebuild, schedule);
        progress_leave();
    }
    session_unlock(&rebuild->session);
    session_close(&rebuild->session);
    rebuild->is_over = true;
}

void rebuilds_end(struct rebuilds *rebuilds, struct schedule *schedule)
{
    for (size_t i = 0; i < rebuilds->count; i++) {
        struct table_rebuild *rebuild = rebuilds->items[i];
        rebuild->has_failed |= rebuild->units_left > 0;
        if (!rebuild->is_over)
            rebuilds_finish(rebuild, schedule, clock_now_ms());
    }
}
