#include "base/log.h"
#include "base/text.h"
#include "load/grain.h"
#include "load/rebuild/rebuild_inner.h"
#include "sql/statements.h"
#include "state/lock.h"
#include "state/target_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_NAME 63

/* The longest definition that is written into a log line. */
#define MAX_DEFINITION 3500

/* Appends a suffix to a name. A name that gets too long is cut, and gets a hash (FNV-1a) to distinguish it
 * from others with the same beginning. */
static const char *suffixed_name(const char *table, const char *suffix, char *out)
{
    char told[MAX_NAME] = "";
    uint32_t hash = 2166136261U;
    size_t room = MAX_NAME - strlen(suffix);
    for (const char *at = table; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619U;
    if (strlen(table) > room) {
        snprintf(told, sizeof told, "_%08" PRIx32, hash);
        room -= strlen(told);
    }
    snprintf(out, REBUILD_NAME, "%.*s%s%s", (int)room, table, told, suffix);
    return out;
}

const char *rebuild_successor_name(const char *table, char *out)
{
    return suffixed_name(table, "__rebuild", out);
}

const char *rebuild_replaced_name(const char *table, char *out)
{
    return suffixed_name(table, "__replaced", out);
}

const char *rebuild_index_name(const char *index, const char *table, const char *successor, char *out)
{
    size_t common = 0;
    while (index[common] && index[common] == successor[common])
        common++;
    /* The table's name may have been cut right before or within the suffix; the rest begins with `_`. */
    while (common > 0 && index[common] != '_')
        common--;
    bool begins_so = common >= strlen(table) && text_starts_with(successor, table);
    snprintf(out, REBUILD_NAME, "%s%s", begins_so ? table : "", begins_so ? index + common : index);
    return out;
}

void rebuild_put_name(const struct rebuild *rebuild, const char *name, struct buf *sql)
{
    pg_put_identifier(sql, rebuild->schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, name);
}

void rebuild_log_definition(const char *what, const char *definition)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    if (!*definition)
        return;
    pg_put_on_one_line(&line, definition);
    if (line.length > MAX_DEFINITION)
        log_warn("rebuild-definition", "%s; its definition is too long for the log: save it first", what);
    else
        log_warn("rebuild-definition", "%s; its definition: %s", what, buf_text(&line));
}

/* The error in the run table for runs of a rebuild whose process has ended. */
static const char died[] = "the run that rebuilt the table ended without finishing";

static void put_columns_of(const struct job *job, struct buf *names)
{
    char name[JOB_COLUMN_NAME];
    const struct text_list *lists[] = {&job->query.fields, &job->query.metrics};
    for (size_t list = 0; list < COUNT_OF(lists); list++)
        for (size_t i = 0; i < lists[list]->count; i++)
            buf_print(names, "\n%s", job_column_name(job, lists[list]->items[i], name));
}

/* Appends the columns that the new table will have, one per line: those of all its jobs. */
static void put_columns(const struct rebuild *rebuild, struct buf *names)
{
    bool windowed = rebuild->job->window.present && !job_rows_are_dated(rebuild->job);
    buf_print(names, "contract_number%s", windowed ? "\nwindow_start\nwindow_end" : "");
    for (size_t i = 0; i < rebuild->job_count; i++)
        put_columns_of(rebuild->jobs[i], names);
    buf_put(names, "\n_row_key\n_run_id\n_synced_at");
}

static bool keeps_vanished(const struct rebuild *rebuild)
{
    for (size_t i = 0; i < rebuild->job_count; i++)
        if (rebuild->jobs[i]->target.vanished == JOB_VANISHED_KEEP)
            return true;
    return false;
}

static bool check_record(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    bool may_forget;
    if (!target_record_may_forget(pg, &may_forget, err))
        return false;
    if (may_forget)
        return true;
    err_set(err, ERR_CREATE,
            "table %s.%s cannot be rebuilt: the role may not delete from each of tokenflex_etl.target, "
            "target_filter and target_window",
            rebuild->schema, rebuild->table);
    return err_hint(err, "grant it delete on tokenflex_etl.target, tokenflex_etl.target_filter and "
                         "tokenflex_etl.target_window");
}

bool rebuild_check_obstacles(const struct rebuild *rebuild, bool successor_is_loaded, struct pg *pg,
                             struct err *err)
{
    char replaced[REBUILD_NAME];
    SCOPED(buf) struct buf columns = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf problems = buf_make(BUF_OWN_TEXT);
    bool keeps_partitions;
    put_columns(rebuild, &columns);
    if (!rebuild_keeps_partitions(rebuild, pg, &keeps_partitions, err))
        return false;
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_REBUILD_OBSTACLES,
                               PG_PARAMS(rebuild->schema, rebuild->table, buf_text(&columns),
                                         rebuild_replaced_name(rebuild->table, replaced),
                                         successor_is_loaded ? NULL : rebuild->successor,
                                         keeps_partitions ? "true" : "false"),
                               err);
    if (!found)
        return false;
    if (PQntuples(found) == 0)
        return check_record(rebuild, pg, err);
    for (int row = 0; row < PQntuples(found); row++) {
        const char *problem = pg_value(found, row, "problem");
        buf_print(&problems, "%s%s", row ? "; " : "", problem);
        rebuild_log_definition(problem, pg_value(found, row, "definition"));
    }
    err_set(err, ERR_CREATE, "table %s.%s cannot be rebuilt: %s", rebuild->schema, rebuild->table,
            buf_text(&problems));
    return err_hint(err, "%s", pg_value(found, 0, "hint"));
}

static void log_loss(const struct rebuild *rebuild, const char *loss, const char *definition)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    pg_put_on_one_line(&line, definition);
    log_warn("rebuild-loses", "the rebuild of table %s.%s loses %s%s%.*s", rebuild->schema, rebuild->table,
             loss, *definition ? ": " : "", MAX_DEFINITION, buf_text(&line));
}

static bool log_losses(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf columns = buf_make(BUF_OWN_TEXT);
    const struct target_record *record;
    struct target_name name = {rebuild->schema, rebuild->table};
    put_columns(rebuild, &columns);
    SCOPED(pg_result)
    PGresult *lost =
        pg_query(pg, SQL_REBUILD_LOSSES, PG_PARAMS(rebuild->schema, rebuild->table, buf_text(&columns)), err);
    if (!lost || !target_record_read(pg, &name, arena, &record, err))
        return false;
    if (record && grain_keeps_every_run(record))
        log_loss(rebuild, "the rows that earlier runs have kept", "");
    else if (keeps_vanished(rebuild))
        log_loss(rebuild, "the vanished rows", "");
    for (int row = 0; row < PQntuples(lost); row++)
        log_loss(rebuild, pg_value(lost, row, "loss"), pg_value(lost, row, "definition"));
    return true;
}

static bool check(const struct rebuild *rebuild, bool has_successor, struct pg *pg, struct err *err)
{
    if (!pg_begin(pg, err))
        return false;
    SCOPED(pg_result) PGresult *settings = pg_query(pg, SQL_REBUILD_SETTINGS, PG_PARAMS("60000"), err);
    bool may_be_replaced =
        settings && rebuild_check_obstacles(rebuild, has_successor, pg, err) && log_losses(rebuild, pg, err);
    pg_rollback(pg);
    return may_be_replaced;
}

bool rebuild_begin(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    return rebuild_abandon(rebuild, "", died, pg, err) && check(rebuild, false, pg, err);
}

bool rebuild_check(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_record *left;
    struct target_name name = {rebuild->schema, rebuild->successor};
    /* A successor that a dead runner has left is not in the way: the next runner drops it. */
    return target_record_read(pg, &name, arena, &left, err) &&
           check(rebuild, left && left->rebuilds, pg, err);
}

static bool drop_in_transaction(const struct rebuild *rebuild, const char *run_ids, const char *reason,
                                struct pg *pg, struct err *err)
{
    bool is_ours;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    struct target_record_discard discard = {
        .successor = {rebuild->schema, rebuild->successor}, .reason = reason, .run_ids = run_ids};
    SCOPED(pg_result) PGresult *settings = pg_query(pg, SQL_LOAD_SETTINGS, PG_PARAMS("0"), err);
    if (!settings || !target_record_discard(pg, &discard, &is_ours, err))
        return false;
    /* A table that is not recorded as a successor is not dropped: this program has not created it. */
    buf_put(&sql, "drop table if exists ");
    rebuild_put_name(rebuild, rebuild->successor, &sql);
    return (!is_ours || pg_exec(pg, buf_text(&sql), err)) && pg_commit(pg, err);
}

bool rebuild_abandon(const struct rebuild *rebuild, const char *run_ids, const char *reason, struct pg *pg,
                     struct err *err)
{
    if (pg_begin(pg, err) && drop_in_transaction(rebuild, run_ids, reason, pg, err))
        return true;
    pg_rollback(pg);
    return err_wrap(err, "cannot drop table %s.%s", rebuild->schema, rebuild->successor);
}

/* Drops a successor if no session holds the table's lock for rebuilds, so that no rebuild is running. */
static bool drop_abandoned_one(const struct rebuild *left, struct pg *pg, struct err *err)
{
    bool taken;
    if (!lock_try(pg, left->schema, left->table, NULL, &taken, err))
        return false;
    if (!taken)
        return true;
    bool dropped = rebuild_abandon(left, "", died, pg, err);
    lock_release(pg, left->schema, left->table, NULL);
    if (dropped)
        log_warn("rebuild-died", "the rebuild of table %s.%s ended without finishing; dropped %s",
                 left->schema, left->table, left->successor);
    return dropped;
}

bool rebuild_drop_abandoned(struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct target_records left;
    if (!target_record_successors(pg, arena, &left, err))
        return false;
    for (size_t i = 0; i < left.count; i++) {
        struct rebuild one = {
            .schema = left.items[i].name.schema,
            .successor = left.items[i].name.table,
            .table = left.items[i].rebuilds,
        };
        if (drop_abandoned_one(&one, pg, err))
            continue;
        if (pg_is_lost(pg) || err->kind == ERR_STOPPED)
            return false;
        log_warn("rebuild-left", "%s; left for another run", err->text);
    }
    return true;
}
