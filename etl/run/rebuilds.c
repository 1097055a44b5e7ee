#include "run/rebuilds.h"

#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/text.h"
#include "load/grain.h"

#include <inttypes.h>
#include <string.h>

/* After a stop there is so much time to drop what was loaded. */
#define SHUTDOWN_GRACE_MS 2000

bool rebuilds_lose_days(const struct window *held, const struct window *loaded, struct window *all)
{
    if (!held->bounded || !loaded->bounded)
        return false;
    *all = (struct window){
        .bounded = true,
        .from = held->from < loaded->from ? held->from : loaded->from,
        .to = held->to > loaded->to ? held->to : loaded->to,
    };
    return all->from < loaded->from || all->to > loaded->to;
}

static bool loads(const struct work_unit *unit, const struct table_rebuild *rebuild)
{
    return text_equal(unit->job->target.table, rebuild->what.table);
}

/* The days that the run loads of a contract; *any: whether it loads any. */
static struct window loaded_days(const struct schedule *schedule, const struct table_rebuild *rebuild,
                                 const char *contract, bool *any)
{
    struct window all = {0};
    *any = false;
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct work_unit *unit = &schedule->units[i];
        if (!loads(unit, rebuild) || !text_equal(unit->contract, contract))
            continue;
        const struct window *first = &unit->items[0].chunk.window;
        const struct window *last = &unit->items[unit->count - 1].chunk.window;
        struct window days = {first->bounded, first->from, last->to};
        if (!*any || !days.bounded)
            all = days;
        else if (all.bounded)
            rebuilds_lose_days(&days, &all, &all);
        *any = true;
    }
    return all;
}

static void warn_of_share(const struct schedule *schedule, const struct table_rebuild *rebuild,
                          const struct rebuild_share *share)
{
    bool any;
    char held[WINDOW_TEXT];
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    struct window all;
    const struct rebuild *what = &rebuild->what;
    struct window loaded = loaded_days(schedule, rebuild, share->contract, &any);
    window_format(&share->days, held);
    if (!any)
        log_warn("rebuild-loses",
                 "table %s.%s has %" PRIu64 " rows of contract %s, which is not loaded: the new table will "
                 "not have them",
                 what->schema, what->table, share->rows, share->contract);
    else if (rebuilds_lose_days(&share->days, &loaded, &all))
        log_warn("rebuild-loses",
                 "table %s.%s has the days %s of contract %s, more than are loaded: the new table will not "
                 "have the others; --from %s --to %s loads all of them",
                 what->schema, what->table, held, share->contract, date_format(all.from, from),
                 date_format(all.to, to));
}

static void warn_of_job(const struct schedule *schedule, const struct table_rebuild *rebuild, const char *job)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        if (loads(&schedule->units[i], rebuild) && text_equal(schedule->units[i].job->name, job))
            return;
    log_warn(
        "rebuild-loses",
        "table %s.%s was loaded by the job %s too, which is not part of this run: the new table will not "
        "have its rows",
        rebuild->what.schema, rebuild->what.table, job);
}

static bool warn_of_losses(const struct schedule *schedule, struct table_rebuild *rebuild,
                           struct arena *arena, struct err *err)
{
    struct rebuild_shares shares;
    if (!rebuild_measure(&rebuild->what, rebuild->session.pg, arena, &shares, err))
        return false;
    for (size_t i = 0; i < shares.count; i++) {
        rebuild->rows_before += shares.items[i].rows;
        warn_of_share(schedule, rebuild, &shares.items[i]);
    }
    for (size_t i = 0; i < shares.jobs.count; i++)
        warn_of_job(schedule, rebuild, shares.jobs.items[i]);
    return true;
}

static bool begin(const struct schedule *schedule, struct table_rebuild *rebuild, struct arena *arena,
                  struct err *err)
{
    struct session *session = &rebuild->session;
    return session_connect(session, err) && session_lock(session, rebuild->what.table, NULL, err) &&
           rebuild_begin(&rebuild->what, session->pg, err) && warn_of_losses(schedule, rebuild, arena, err);
}

static void divert(struct work_unit *unit, struct table_rebuild *rebuild)
{
    unit->rebuild = rebuild;
    rebuild->units_left++;
    rebuild->has_failed |= unit->refused.kind != ERR_NONE;
    for (size_t i = 0; i < unit->count; i++)
        unit->items[i].chunk.table = rebuild->what.successor;
}

static void prepare(const struct settings *settings, struct schedule *schedule, const struct job *job,
                    struct arena *arena, struct rebuilds *rebuilds)
{
    struct err err = {0};
    char successor[REBUILD_NAME];
    struct table_rebuild *rebuild = arena_alloc(arena, 1, sizeof *rebuild);
    *rebuild = (struct table_rebuild){
        .what = {.job = job,
                 .schema = settings->database.schema,
                 .table = job->target.table,
                 .successor = arena_copy_text(arena, rebuild_successor_name(job->target.table, successor)),
                 .readers = &settings->database.grant_select_to},
        .session = {.settings = settings},
    };
    bool begun = begin(schedule, rebuild, arena, &err);
    if (begun) {
        log_info("rebuild-begun", "table %s.%s holds rows by another grain and is loaded anew",
                 rebuild->what.schema, rebuild->what.table);
        *(struct table_rebuild **)arena_push(arena, &rebuilds->items, &rebuilds->count,
                                             sizeof(struct table_rebuild *)) = rebuild;
    } else {
        session_close(&rebuild->session);
    }
    for (size_t i = 0; i < schedule->unit_count; i++) {
        struct work_unit *unit = &schedule->units[i];
        if (!loads(unit, rebuild))
            continue;
        if (begun)
            divert(unit, rebuild);
        else if (unit->refused.kind == ERR_NONE)
            unit->refused = err;
    }
}

static bool is_seen_before(const struct schedule *schedule, size_t unit)
{
    for (size_t i = 0; i < unit; i++)
        if (text_equal(schedule->units[i].job->target.table, schedule->units[unit].job->target.table))
            return true;
    return false;
}

static void refuse_units(struct schedule *schedule, const struct job *job, const struct err *err)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        if (schedule->units[i].job == job && schedule->units[i].refused.kind == ERR_NONE)
            schedule->units[i].refused = *err;
}

void rebuilds_begin(const struct settings *settings, struct schedule *schedule, struct pg *pg,
                    struct arena *arena, struct rebuilds *rebuilds)
{
    *rebuilds = (struct rebuilds){0};
    for (size_t i = 0; i < schedule->unit_count; i++) {
        struct err err = {0};
        bool changed;
        const struct job *job = schedule->units[i].job;
        if (is_seen_before(schedule, i))
            continue;
        SCOPED(log_scope) struct log_scope scope = log_enter(&(struct log_context){.job = job->name});
        if (!grain_has_changed(job, settings->database.schema, pg, &changed, &err))
            refuse_units(schedule, job, &err);
        else if (changed)
            prepare(settings, schedule, job, arena, rebuilds);
        else
            log_info("rebuild-idle", "nothing needs rebuilding: table %s.%s holds no rows by another grain",
                     settings->database.schema, job->target.table);
    }
}

/* The kind of the first failure among the rebuild's chunks; a stop where none has failed. */
static enum err_kind kind_of_failure(const struct table_rebuild *rebuild, const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        for (size_t chunk = 0; schedule->units[i].rebuild == rebuild && chunk < schedule->units[i].count;
             chunk++)
            if (schedule->units[i].items[chunk].result.status == CHUNK_FAILED)
                return schedule->units[i].items[chunk].result.err.kind;
    return ERR_STOPPED;
}

/* Chunks whose rows went with the new table. */
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

/* The runs that loaded the new table, one a line. */
static void put_run_ids(const struct table_rebuild *rebuild, const struct schedule *schedule, struct buf *ids)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        for (size_t chunk = 0; schedule->units[i].rebuild == rebuild && chunk < schedule->units[i].count;
             chunk++)
            buf_print(ids, "%s%" PRId64, ids->length > 0 ? "\n" : "",
                      schedule->units[i].items[chunk].result.run_id);
}

/* Where it cannot be dropped now, the next run finds it. */
static void give_up(struct table_rebuild *rebuild, struct schedule *schedule, const struct err *reason)
{
    struct err err;
    struct session *session = &rebuild->session;
    const struct rebuild *what = &rebuild->what;
    SCOPED(buf) struct buf run_ids = buf_make(BUF_OWN_TEXT);
    put_run_ids(rebuild, schedule, &run_ids);
    if (stop_requested() && session->pg)
        pg_outlive_stop(session->pg, SHUTDOWN_GRACE_MS);
    bool connected = session->pg && !pg_is_lost(session->pg);
    if (!connected)
        connected = !stop_requested() && session_renew(session, &err);
    if (!connected)
        log_warn("rebuild-left", "table %s.%s is left for the next run to drop", what->schema,
                 what->successor);
    else if (!rebuild_give_up(what, buf_text(&run_ids), reason->text, session->pg, &err))
        log_warn("rebuild-left", "%s; left for the next run", err.text);
    log_warn("rebuild-given-up", "table %s.%s stays as it was", what->schema, what->table);
    fail_chunks(rebuild, schedule, reason);
}

struct swap {
    const struct table_rebuild *rebuild;
    const char *run_ids;
    uint64_t rows; /* of the new table */
};

/* The connection may have gone away during the hours that the load took, or goes in the middle of the swap.
 */
static bool swap(void *context, struct err *err)
{
    struct swap *swap = context;
    return rebuild_swap(&swap->rebuild->what, swap->run_ids, swap->rebuild->session.pg, &swap->rows, err);
}

static void swap_or_give_up(struct table_rebuild *rebuild, struct schedule *schedule)
{
    struct err err = {0};
    const struct rebuild *what = &rebuild->what;
    SCOPED(buf) struct buf run_ids = buf_make(BUF_OWN_TEXT);
    put_run_ids(rebuild, schedule, &run_ids);
    struct swap of = {.rebuild = rebuild, .run_ids = buf_text(&run_ids)};
    if (session_survive(&rebuild->session, (struct session_work){swap, &of}, &err)) {
        log_info("rebuild-done",
                 "table %s.%s is replaced by the new one: %" PRIu64 " rows before, %" PRIu64 " now",
                 what->schema, what->table, rebuild->rows_before, of.rows);
        return;
    }
    err_require(&err);
    log_error("rebuild-failed", &err);
    give_up(rebuild, schedule, &err);
}

void rebuilds_conclude(struct table_rebuild *rebuild, struct schedule *schedule)
{
    struct err reason;
    SCOPED(log_scope)
    struct log_scope scope = log_enter(&(struct log_context){.job = rebuild->what.job->name});
    if (rebuild->has_failed) {
        err_set(&reason, kind_of_failure(rebuild, schedule),
                "not kept: the rebuild of table %s.%s was given up, since not all of it could be loaded",
                rebuild->what.schema, rebuild->what.table);
        give_up(rebuild, schedule, &reason);
    } else {
        progress_begin(rebuild->what.job->name, NULL);
        progress_phase("replacing the table");
        swap_or_give_up(rebuild, schedule);
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
            rebuilds_conclude(rebuild, schedule);
    }
}
