#include "load/grain.h"

#include "base/text.h"
#include "load/column_map.h"
#include "load/history.h"
#include "load/lost_rows.h"
#include "load/table_kind.h"
#include "sql/statements.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The column that distinguishes the rows of runs: the first of the key if the rows of every run are kept. */
#define RUN_COLUMN "_run_id"

/* Appends the names in sorted order. */
static void put_names(const struct text_list *names, struct buf *text)
{
    const char *last = NULL;
    for (size_t done = 0; done < names->count; done++) {
        const char *least = NULL;
        for (size_t i = 0; i < names->count; i++) {
            const char *name = names->items[i];
            bool comes_next = (!last || strcmp(name, last) > 0) && (!least || strcmp(name, least) < 0);
            if (comes_next)
                least = name;
        }
        buf_print(text, "%s%s", done ? "\n" : "", least ? least : "");
        last = least;
    }
}

/* Makes the record of a table that the job creates. If the rows of every run are kept, the run is part of the
 * key. */
static struct target_record record_of(const struct job *job, struct arena *arena)
{
    struct buf fields = buf_make(BUF_OWN_TEXT);
    struct buf key = buf_make(BUF_OWN_TEXT);
    put_names(&job->query.fields, &fields);
    if (job->target.mode == JOB_APPEND)
        buf_put(&key, job->target.key.count ? RUN_COLUMN "\n" : RUN_COLUMN);
    put_names(&job->target.key, &key);
    struct target_record record = {
        .job = job->name,
        .grain = arena_copy_text(arena, buf_text(&fields)),
        .key = arena_copy_text(arena, buf_text(&key)),
        .columns = column_map_merge("", job, arena),
        .windowed = job->window.present && !job_rows_are_dated(job),
    };
    buf_release(&fields);
    buf_release(&key);
    return record;
}

/* One name a line → `a, b, c`. */
static const char *in_words(const char *lines, struct arena *arena)
{
    struct buf words = buf_make(BUF_OWN_TEXT);
    for (const char *at = lines; *at; at++)
        buf_print(&words, *at == '\n' ? ", " : "%c", *at);
    const char *copy = arena_copy_text(arena, buf_text(&words));
    buf_release(&words);
    return *copy ? copy : "no fields at all";
}

static const char *window_in_words(bool windowed)
{
    return windowed ? "snapshots of a window" : "rows by date";
}

/* The part that differs between two grains, and both sides of it in words; NULL: they are the same. */
static const char *differing_part(const struct target_record *theirs, const struct target_record *ours,
                                  struct arena *arena, const char **their_words, const char **our_words)
{
    if (strcmp(theirs->grain, ours->grain) != 0) {
        *their_words = in_words(theirs->grain, arena);
        *our_words = in_words(ours->grain, arena);
        return "grain";
    }
    if (strcmp(theirs->key, ours->key) != 0) {
        *their_words = in_words(theirs->key, arena);
        *our_words = in_words(ours->key, arena);
        return "key";
    }
    if (theirs->windowed != ours->windowed) {
        *their_words = window_in_words(theirs->windowed);
        *our_words = window_in_words(ours->windowed);
        return "window";
    }
    return NULL;
}

static struct contract_load load_of(const struct target *target)
{
    return (struct contract_load){target->job, target->schema, target->table, target->contract};
}

static bool refuse_other_grain(const struct target *target, const struct target_record *theirs,
                               struct arena *arena, struct err *err)
{
    struct target_record ours = record_of(target->job, arena);
    const char *their_words;
    const char *our_words;
    const char *what = differing_part(theirs, &ours, arena, &their_words, &our_words);
    if (!what)
        return true;
    err_set(err, ERR_CONFIG, "table %s.%s has rows of another %s: it has [%s], the job requests [%s]",
            target->schema, target->table, what, their_words, our_words);
    return err_hint(err, "give the job another target.table, or load the table again in its new form with "
                         "run --rebuild");
}

static bool has_values(const struct target *target, const char *column, struct pg *pg, bool *has,
                       struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "select exists (select from ");
    target_put_name(target, &sql);
    buf_put(&sql, " where ");
    pg_put_identifier(&sql, column);
    buf_put(&sql, " is not null) as has");
    SCOPED(pg_result) PGresult *found = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    if (!found)
        return err_wrap(err, "cannot read table %s.%s", target->schema, target->table);
    *has = pg_flag(found, 0, "has");
    return true;
}

/* Refuses a column with values that the owner has added and whose name is now that of a new metric: a load
 * would overwrite the values. */
static bool check_added(const struct target *target, const struct target_record *theirs,
                        const PGresult *columns, struct pg *pg, struct err *err)
{
    struct misplaced_column added;
    bool has = false;
    size_t next = 0;
    while (column_map_find_added(target->job, theirs->columns, columns, &next, &added))
        if (!has_values(target, added.wanted, pg, &has, err) ||
            (has && !column_map_refuse_added(target->schema, target->table, &added, err)))
            return false;
    return true;
}

/* Checks that fields and metrics are in the columns where the job expects them. */
static bool check_columns(const struct target *target, const struct target_record *theirs, struct pg *pg,
                          struct err *err)
{
    struct misplaced_column misplaced;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(target->schema, target->table), err);
    if (!columns)
        return false;
    if (column_map_find_misplaced(target->job, theirs->columns, columns, &misplaced))
        return column_map_refuse_misplaced(target->schema, target->table, &misplaced, err);
    return check_added(target, theirs, columns, pg, err);
}

static bool refuse_old_record(const struct target *target, struct err *err)
{
    err_set(
        err, ERR_CONFIG,
        "table %s.%s was made by an older version of tokenflex-etl, which did not remember the columns of "
        "all fields and metrics",
        target->schema, target->table);
    return err_hint(err, "load the table again with run --rebuild");
}

static bool check_record(const struct target *target, const struct target_record *theirs, struct pg *pg,
                         struct arena *arena, struct err *err)
{
    struct contract_load load = load_of(target);
    if (!refuse_other_grain(target, theirs, arena, err))
        return false;
    if (!*theirs->columns)
        return refuse_old_record(target, err);
    return check_columns(target, theirs, pg, err) &&
           (!target->contract || contract_filter_check(&load, pg, err));
}

bool grain_check(const struct target *target, struct pg *pg, bool *known, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_record *theirs;
    struct target_name name = {target->schema, target->table};
    if (!target_record_read(pg, &name, arena, &theirs, err))
        return false;
    *known = theirs != NULL;
    return !theirs || check_record(target, theirs, pg, arena, err);
}

/* Whether the job wants other partitions than the table has, or another distribution. */
static bool placement_has_changed(const struct contract_load *load, struct pg *pg, struct arena *arena,
                                  bool *changed, struct err *err)
{
    struct placement placement;
    enum job_partition_by wanted = load->job->target.partition_by;
    enum job_distribute_by distributed_by = load->job->target.distribute_by;
    bool is_distributed = job_distribute_column(distributed_by) != NULL;
    if (wanted == JOB_PARTITION_NONE && !is_distributed)
        return true;
    if (!placement_read(load->schema, load->table, arena, pg, &placement, err))
        return false;
    *changed = is_distributed ? placement.distributed_by != distributed_by
                              : placement_new_period(&placement, wanted) != wanted;
    return true;
}

bool grain_needs_rebuild(const struct contract_load *load, struct pg *pg, bool *needed, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_record *theirs;
    const struct job *job = load->job;
    struct target_record ours = record_of(job, arena);
    struct target_name name = {load->schema, load->table};
    const char *ignored;
    struct misplaced_column misplaced;
    if (!table_kind_check(load->schema, load->table, pg, err))
        return false;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(load->schema, load->table), err);
    if (!columns || !target_record_read(pg, &name, arena, &theirs, err))
        return false;
    *needed = false;
    if (PQntuples(columns) == 0 || !theirs)
        return true;
    *needed = !*theirs->columns || differing_part(theirs, &ours, arena, &ignored, &ignored) ||
              column_map_find_misplaced(job, theirs->columns, columns, &misplaced);
    return *needed || (contract_filter_has_changed(load, pg, needed, err) &&
                       (*needed || placement_has_changed(load, pg, arena, needed, err)));
}

static bool explain_lock(const struct target *target, struct err *err)
{
    bool is_gone = text_equal(err->sqlstate, "42P01") || text_equal(err->sqlstate, "3F000");
    return is_gone && err_set(err, ERR_CREATE, "table %s.%s was dropped or renamed while it was being loaded",
                              target->schema, target->table);
}

/* Stores the columns that the load has added, or that the owner has renamed to the job's names: these are
 * renamed in the history, too. */
static bool follow_columns(const struct target *target, const struct target_record *theirs, struct pg *pg,
                           struct arena *arena, struct err *err)
{
    bool was_known;
    const char *columns = column_map_merge(theirs->columns, target->job, arena);
    return text_equal(columns, theirs->columns) ||
           (history_rename_columns(&theirs->name, theirs->columns, columns, pg, err) &&
            target_record_set_columns(pg, &theirs->name, columns, &was_known, err));
}

/* As grain_check(), for a table that existed before the load and is now locked. */
static bool check_held(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_record *theirs;
    struct target_name name = {target->schema, target->table};
    if (!table_kind_check(target->schema, target->table, pg, err) ||
        !target_record_read(pg, &name, arena, &theirs, err))
        return false;
    if (!theirs)
        return err_set(err, ERR_LATER,
                       "the row of table %s.%s in tokenflex_etl.target was deleted while the table was being "
                       "loaded",
                       target->schema, target->table);
    /* While the lock is held, no other session can add a rule or policy that would hide rows from the
     * comparison and the proof. */
    return target_check_interceptors(target, pg, err) && check_record(target, theirs, pg, arena, err) &&
           follow_columns(target, theirs, pg, arena, err);
}

static bool hold_existing(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "lock table ");
    target_put_name(target, &sql);
    buf_put(&sql, " in row exclusive mode");
    return (pg_exec(pg, buf_text(&sql), err) || explain_lock(target, err)) && check_held(target, pg, err);
}

bool grain_lock(const struct target *target, struct pg *pg, struct err *err)
{
    struct contract_load load = load_of(target);
    /* A table that did not exist before was created in this transaction. */
    if (target->exists && !hold_existing(target, pg, err))
        return false;
    return !target->contract || contract_filter_remember(&load, pg, err);
}

bool grain_remember(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const char *own_table = target->job->target.table;
    struct target_record record = record_of(target->job, arena);
    record.name = (struct target_name){target->schema, target->table};
    record.rebuilds = text_equal(target->table, own_table) ? NULL : own_table;
    return target_record_remember(pg, &record, err);
}

bool grain_keeps_every_run(const struct target_record *record)
{
    return text_equal(record->key, RUN_COLUMN) || text_starts_with(record->key, RUN_COLUMN "\n");
}
