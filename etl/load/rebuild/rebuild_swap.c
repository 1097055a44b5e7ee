/* rebuild.h, the transaction in which the new table replaces the old one. */
#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/text.h"
#include "load/ddl_lock.h"
#include "load/rebuild/rebuild_inner.h"
#include "sql/statements.h"
#include "state/target_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * A session that waits for a lock blocks all sessions that want the table later. So the locks that readers
 * wait for must be granted within this time; otherwise all are released for a while, in which those sessions
 * can proceed. The time is short at first, then longer, but always below deadlock_timeout (1 s): so a session
 * that holds the table and wants one of its views gets it before PostgreSQL detects a deadlock and cancels
 * one of the two.
 */
#define FIRST_WAIT_MS 200
#define LONGEST_WAIT_MS 800

struct swap {
    const struct rebuild *rebuild;
    struct pg *pg;
    char replaced[REBUILD_NAME]; /* rebuild_replaced_name() */
    struct buf sql;              /* the current statement */
    enum rebuild_history history;
    bool lock_timed_out; /* the last statement failed because a lock was not granted in time */
};

static bool run(struct swap *swap, struct err *err)
{
    bool ran = pg_exec(swap->pg, buf_text(&swap->sql), err);
    swap->lock_timed_out = !ran && err->kind == ERR_LATER;
    buf_clear(&swap->sql);
    return ran;
}

static void put_table(struct swap *swap, const char *name)
{
    rebuild_put_name(swap->rebuild, name, &swap->sql);
}

/* Whether the server has refused a statement, as opposed to a lock timeout or a lost connection. */
static bool is_refusal(const struct err *err)
{
    return err->kind == ERR_AUTH || err->kind == ERR_CREATE || err->kind == ERR_DATA;
}

static bool refuse(const struct swap *swap, const char *why, struct err *err)
{
    if (is_refusal(err))
        err->kind = ERR_CREATE;
    return err_wrap(err, "table %s.%s cannot be replaced: %s", swap->rebuild->schema, swap->rebuild->table,
                    why);
}

static PGresult *look(struct swap *swap, const char *sql, struct err *err)
{
    const struct rebuild *rebuild = swap->rebuild;
    return pg_query(swap->pg, sql, PG_PARAMS(rebuild->schema, rebuild->table, rebuild->successor), err);
}

static PGresult *find_views(struct swap *swap, struct err *err)
{
    return pg_query(swap->pg, SQL_REBUILD_VIEWS, PG_PARAMS(swap->rebuild->schema, swap->rebuild->table), err);
}

static void put_view(struct swap *swap, const PGresult *views, int row)
{
    pg_put_identifier(&swap->sql, pg_value(views, row, "schema"));
    buf_put(&swap->sql, ".");
    pg_put_identifier(&swap->sql, pg_value(views, row, "name"));
}

/* Runs the statement with a lock_timeout that ends at the deadline. */
static bool run_in_time(struct swap *swap, int64_t deadline_ms, struct err *err)
{
    char wait[PG_NUMBER];
    int64_t left_ms = deadline_ms - clock_now_ms();
    SCOPED(pg_result)
    PGresult *limited = pg_query(swap->pg, SQL_REBUILD_LOCK_TIMEOUT_SET,
                                 PG_PARAMS(pg_number(left_ms > 1 ? left_ms : 1, wait)), err);
    return limited && run(swap, err);
}

/* LOCK TABLE on a view would also lock all that it reads. Setting the owner that it already has locks only
 * the view. */
static bool lock_views(struct swap *swap, int64_t deadline_ms, struct err *err)
{
    SCOPED(pg_result) PGresult *views = find_views(swap, err);
    if (!views)
        return false;
    for (int row = 0; row < PQntuples(views); row++) {
        buf_put(&swap->sql, "alter view ");
        put_view(swap, views, row);
        buf_put(&swap->sql, " owner to ");
        pg_put_identifier(&swap->sql, pg_value(views, row, "owner"));
        if (!run_in_time(swap, deadline_ms, err))
            return false;
    }
    return true;
}

static bool lock_table(struct swap *swap, const char *table, const char *mode, int64_t deadline_ms,
                       struct err *err)
{
    buf_put(&swap->sql, "lock table ");
    put_table(swap, table);
    buf_print(&swap->sql, " in %s mode", mode);
    return run_in_time(swap, deadline_ms, err) ||
           (text_equal(err->sqlstate, "42P01") &&
            err_set(err, ERR_LATER, "table %s.%s was dropped or renamed while it was rebuilt",
                    swap->rebuild->schema, table));
}

/*
 * First locks the successor, and takes a lock on the table that conflicts with vacuum and DDL, but with no
 * reader. It may wait for these until the deadline: PostgreSQL cancels an autovacuum after a second of
 * waiting. Then takes a lock that conflicts with everything: on the views before the table, in the order in
 * which readers of a view take them.
 */
static bool lock_all(struct swap *swap, int64_t deadline_ms, int64_t wait_ms, struct err *err)
{
    const struct rebuild *rebuild = swap->rebuild;
    if (!lock_table(swap, rebuild->successor, "access exclusive", deadline_ms, err) ||
        !lock_table(swap, rebuild->table, "share update exclusive", deadline_ms, err))
        return false;
    int64_t attempt_ends_ms = clock_deadline(wait_ms);
    return lock_views(swap, attempt_ends_ms, err) &&
           lock_table(swap, rebuild->table, "access exclusive", attempt_ends_ms, err);
}

static bool carry_owner_and_options(struct swap *swap, struct err *err)
{
    SCOPED(pg_result) PGresult *table = look(swap, SQL_REBUILD_TABLE, err);
    if (!table)
        return false;
    if (!pg_null(table, 0, "owner")) {
        buf_put(&swap->sql, "alter table ");
        put_table(swap, swap->rebuild->successor);
        buf_put(&swap->sql, " owner to ");
        pg_put_identifier(&swap->sql, pg_value(table, 0, "owner"));
        if (!run(swap, err))
            return false;
    }
    if (pg_null(table, 0, "options"))
        return true;
    buf_put(&swap->sql, "alter table ");
    put_table(swap, swap->rebuild->successor);
    buf_print(&swap->sql, " set (%s)", pg_value(table, 0, "options"));
    return run(swap, err);
}

/* Grants or revokes one privilege that only one of the two tables has: a row of rebuild_grants.sql. */
static bool change_privilege(struct swap *swap, const PGresult *changes, int row, struct err *err)
{
    bool is_granted = pg_flag(changes, row, "is_granted");
    bool on_column = !pg_null(changes, row, "column");
    buf_print(&swap->sql, "%s %s", is_granted ? "grant" : "revoke", pg_value(changes, row, "privilege"));
    if (on_column) {
        buf_put(&swap->sql, " (");
        pg_put_identifier(&swap->sql, pg_value(changes, row, "column"));
        buf_put(&swap->sql, ")");
    }
    buf_put(&swap->sql, " on table ");
    put_table(swap, swap->rebuild->successor);
    buf_put(&swap->sql, is_granted ? " to " : " from ");
    pg_put_identifier(&swap->sql, pg_value(changes, row, "role"));
    if (is_granted && pg_flag(changes, row, "with_grant_option"))
        buf_put(&swap->sql, " with grant option");
    return run(swap, err);
}

/* Gives the new table the privileges of the old one, and select to the readers of all tables. */
static bool carry_privileges(struct swap *swap, struct err *err)
{
    const struct text_list *readers = swap->rebuild->readers;
    SCOPED(pg_result) PGresult *changes = look(swap, SQL_REBUILD_GRANTS, err);
    if (!changes)
        return false;
    for (int row = 0; row < PQntuples(changes); row++)
        if (!change_privilege(swap, changes, row, err))
            return false;
    for (size_t i = 0; i < readers->count; i++) {
        buf_put(&swap->sql, "grant select on table ");
        put_table(swap, swap->rebuild->successor);
        buf_put(&swap->sql, " to ");
        pg_put_identifier(&swap->sql, readers->items[i]);
        if (!run(swap, err))
            return false;
    }
    return true;
}

static bool carry_comments(struct swap *swap, struct err *err)
{
    const struct rebuild *rebuild = swap->rebuild;
    const struct target_record *record;
    SCOPED(arena) struct arena *arena = arena_make();
    if (!target_record_read(swap->pg, &(struct target_name){rebuild->schema, rebuild->table}, arena, &record,
                            err))
        return false;
    SCOPED(pg_result)
    PGresult *comments = pg_query(
        swap->pg, SQL_REBUILD_COMMENTS,
        PG_PARAMS(rebuild->schema, rebuild->table, rebuild->successor, record ? record->comments : NULL),
        err);
    if (!comments)
        return false;
    for (int row = 0; row < PQntuples(comments); row++) {
        bool on_column = !pg_null(comments, row, "column");
        buf_print(&swap->sql, "comment on %s ", on_column ? "column" : "table");
        put_table(swap, swap->rebuild->successor);
        if (on_column) {
            buf_put(&swap->sql, ".");
            pg_put_identifier(&swap->sql, pg_value(comments, row, "column"));
        }
        buf_put(&swap->sql, " is ");
        pg_put_literal(&swap->sql, pg_value(comments, row, "comment"));
        if (!run(swap, err))
            return false;
    }
    return true;
}

static bool carry_over(struct swap *swap, struct err *err)
{
    return (carry_owner_and_options(swap, err) && carry_privileges(swap, err) && carry_comments(swap, err) &&
            rebuild_copy_partition_properties(swap->rebuild, swap->pg, err)) ||
           refuse(swap, "owner, privileges and comments cannot be carried over", err);
}

static bool rename_table(struct swap *swap, const char *from, const char *to, struct err *err)
{
    buf_put(&swap->sql, "alter table ");
    put_table(swap, from);
    buf_put(&swap->sql, " rename to ");
    pg_put_identifier(&swap->sql, to);
    return run(swap, err) || refuse(swap, "it cannot be renamed", err);
}

/* Keeps the view with its owner, its privileges and its dependents; it only reads another table. */
static bool replace_view(struct swap *swap, const PGresult *views, int row, struct err *err)
{
    char problem[2 * REBUILD_NAME + 64];
    const char *name = pg_value(views, row, "name");
    const char *options = pg_value(views, row, "options");
    const char *definition = pg_value(views, row, "definition");
    buf_put(&swap->sql, "create or replace view ");
    put_view(swap, views, row);
    if (*options)
        buf_print(&swap->sql, " with (%s)", options);
    buf_print(&swap->sql, " as %s", definition);
    if (run(swap, err))
        return true;
    snprintf(problem, sizeof problem, "the view %s.%s does not fit the new one",
             pg_value(views, row, "schema"), name);
    if (is_refusal(err)) {
        rebuild_log_definition(name, definition);
        err_hint(err, "drop the view, run with --rebuild again, then create it again so that it fits");
    }
    return refuse(swap, problem, err);
}

static bool replace_views(struct swap *swap, const PGresult *views, struct err *err)
{
    for (int row = 0; row < PQntuples(views); row++)
        if (!replace_view(swap, views, row, err))
            return false;
    return true;
}

static bool drop_old(struct swap *swap, struct err *err)
{
    buf_put(&swap->sql, "drop table ");
    put_table(swap, swap->replaced);
    return run(swap, err) || refuse(swap, "something else depends on it", err);
}

static bool tidy_index(struct swap *swap, const char *index, struct err *err)
{
    char name[REBUILD_NAME];
    const struct rebuild *rebuild = swap->rebuild;
    rebuild_index_name(index, rebuild->table, rebuild->successor, name);
    if (text_equal(index, name))
        return true;
    SCOPED(pg_result)
    PGresult *taken = pg_query(swap->pg, SQL_REBUILD_NAME_TAKEN, PG_PARAMS(rebuild->schema, name), err);
    if (!taken)
        return false;
    if (pg_flag(taken, 0, "is_taken"))
        return true; /* the index keeps its name */
    buf_put(&swap->sql, "alter index ");
    put_table(swap, index);
    buf_put(&swap->sql, " rename to ");
    pg_put_identifier(&swap->sql, name);
    return run(swap, err);
}

static bool tidy_indexes(struct swap *swap, struct err *err)
{
    SCOPED(pg_result)
    PGresult *indexes =
        pg_query(swap->pg, SQL_REBUILD_INDEXES, PG_PARAMS(swap->rebuild->schema, swap->rebuild->table), err);
    if (!indexes)
        return false;
    for (int row = 0; row < PQntuples(indexes); row++)
        if (!tidy_index(swap, pg_value(indexes, row, "name"), err))
            return false;
    return true;
}

static bool change_record(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    bool was_known;
    struct target_name successor = {rebuild->schema, rebuild->successor};
    if (!target_record_adopt(pg, &successor, rebuild->table, &was_known, err))
        return false;
    return was_known || err_set(err, ERR_LATER, "table %s.%s was dropped or renamed while it was loaded",
                                rebuild->schema, rebuild->successor);
}

/*
 * Called under the locks. Sessions that read the views meanwhile wait, and then read the new table. The
 * views' definitions are read after the old table's history was renamed, so that they have its new name.
 */
static bool exchange(struct swap *swap, struct err *err)
{
    const struct rebuild *rebuild = swap->rebuild;
    if (!rebuild_end_history(rebuild, swap->history, swap->pg, err))
        return false;
    SCOPED(pg_result) PGresult *views = find_views(swap, err);
    return views && carry_over(swap, err) && rename_table(swap, rebuild->table, swap->replaced, err) &&
           rename_table(swap, rebuild->successor, rebuild->table, err) && replace_views(swap, views, err) &&
           drop_old(swap, err) && tidy_indexes(swap, err) &&
           rebuild_rename_partitions(rebuild, swap->pg, err) && change_record(rebuild, swap->pg, err) &&
           rebuild_begin_history(rebuild, swap->history, swap->pg, err);
}

/* Finds where the rows of the runs are now. *done: the swap has already happened. */
static bool find_rows(const struct swap *swap, const char *run_ids, bool *done, struct err *err)
{
    const struct rebuild *rebuild = swap->rebuild;
    SCOPED(arena) struct arena *arena = arena_make();
    struct target_record_rows rows;
    if (!target_record_find_rows(swap->pg, run_ids, arena, &rows, err))
        return false;
    *done = text_equal(rows.name.table, rebuild->table);
    if (rows.rows_read == 0) {
        err_set(err, ERR_DATA, "table %s.%s is not replaced: there would be no row in the new one",
                rebuild->schema, rebuild->table);
        return err_hint(err, "drop the table, if that is right");
    }
    bool is_whole = rows.tables == 1 && text_equal(rows.name.schema, rebuild->schema) &&
                    (*done || text_equal(rows.name.table, rebuild->successor));
    return is_whole || err_set(err, ERR_LATER, "table %s.%s was dropped or renamed while it was loaded",
                               rebuild->schema, rebuild->successor);
}

/* Queries right after the swap need statistics for good plans. */
static bool analyze(struct swap *swap, struct err *err)
{
    buf_put(&swap->sql, "analyze ");
    put_table(swap, swap->rebuild->successor);
    return run(swap, err);
}

static bool count_rows(struct swap *swap, const char *table, uint64_t *rows, struct err *err)
{
    buf_put(&swap->sql, "select count(*) as rows from ");
    put_table(swap, table);
    SCOPED(pg_result) PGresult *count = pg_query(swap->pg, buf_text(&swap->sql), PG_NO_PARAMS, err);
    buf_clear(&swap->sql);
    if (count)
        *rows = pg_count(count, 0, "rows");
    return count != NULL;
}

/* Under the locks: rows that another run has loaded since the rebuild began are not in the new table. */
static bool check_loads(const struct swap *swap, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct rebuild *rebuild = swap->rebuild;
    const struct target_name name = {rebuild->schema, rebuild->table};
    struct target_load load;
    if (!rebuild->loads)
        return true;
    if (!target_loads_find_since(swap->pg, &name, rebuild->loads, arena, &load, err))
        return false;
    if (load.run_id == 0)
        return true;
    err_set(err, ERR_LATER,
            "table %s.%s is not replaced: meanwhile run %" PRId64
            " of job %s has loaded contract %s into it, "
            "which the new table may lack",
            rebuild->schema, rebuild->table, load.run_id, load.job, load.contract);
    return err_hint(err, "run with --rebuild again while no other run loads the table");
}

static bool swap_in_transaction(struct swap *swap, const char *run_ids, int64_t deadline_ms, int64_t wait_ms,
                                struct err *err)
{
    bool done;
    SCOPED(pg_result)
    PGresult *settings = pg_query(swap->pg, SQL_REBUILD_SETTINGS, PG_PARAMS("60000"), err);
    /* While the lock for DDL is held, no other session can create another successor. */
    return settings && ddl_lock_for_load(swap->rebuild->schema, swap->pg, err) &&
           find_rows(swap, run_ids, &done, err) &&
           rebuild_keep_old_rows(swap->rebuild, run_ids, swap->pg, &swap->history, err) &&
           lock_all(swap, deadline_ms, wait_ms, err) && check_loads(swap, err) &&
           rebuild_check_obstacles(swap->rebuild, true, swap->pg, err) && exchange(swap, err) &&
           pg_commit(swap->pg, err);
}

/* The time, even past the deadline, to find out which sessions use the table. */
#define EXPLAIN_MS 1000

/* The wait ends a second before the connection's deadline, to leave time to report which sessions use the
 * table. */
static bool read_lock_timeout(struct pg *pg, int64_t *timeout_ms, struct err *err)
{
    SCOPED(pg_result) PGresult *setting = pg_query(pg, SQL_REBUILD_LOCK_TIMEOUT, PG_NO_PARAMS, err);
    if (!setting)
        return false;
    int64_t left_ms = pg_time_left_ms(pg);
    *timeout_ms = pg_integer(setting, 0, "lock_timeout_ms");
    if (left_ms > 0 && *timeout_ms > left_ms - 1000)
        *timeout_ms = left_ms > 1000 ? left_ms - 1000 : 0;
    return true;
}

static bool refuse_to_wait(const struct swap *swap, int64_t timeout_ms, struct err *err)
{
    const struct rebuild *rebuild = swap->rebuild;
    pg_extend_deadline(swap->pg, EXPLAIN_MS);
    SCOPED(pg_result)
    PGresult *users = pg_query(swap->pg, SQL_LOCK_USERS, PG_PARAMS(rebuild->schema, rebuild->table), err);
    if (!users)
        return false;
    err_set(err, ERR_LATER, "table %s.%s is not replaced: it was in use for more than %.0f s%s%s",
            rebuild->schema, rebuild->table, (double)timeout_ms / 1000,
            pg_null(users, 0, "users") ? "" : ", now by ", pg_value(users, 0, "users"));
    return err_hint(err, "run with --rebuild again when they are done");
}

static bool swap_within_lock_timeout(struct swap *swap, const char *run_ids, struct err *err)
{
    int64_t timeout_ms;
    if (!read_lock_timeout(swap->pg, &timeout_ms, err))
        return false;
    int64_t deadline_ms = clock_deadline(timeout_ms);
    for (int64_t wait_ms = FIRST_WAIT_MS;;) {
        swap->lock_timed_out = false;
        if (!pg_begin(swap->pg, err))
            return false;
        if (swap_in_transaction(swap, run_ids, deadline_ms, wait_ms, err))
            return true;
        pg_rollback(swap->pg);
        /* 55P03: lock_not_available, also of a statement on the history. */
        if (!swap->lock_timed_out && !text_equal(err->sqlstate, "55P03"))
            return false;
        int64_t left_ms = deadline_ms - clock_now_ms();
        if (left_ms <= 0)
            return refuse_to_wait(swap, timeout_ms, err);
        log_debug("rebuild-waits", "%s", err->text);
        if (!stop_sleep(wait_ms < left_ms ? wait_ms : left_ms, err))
            return false;
        wait_ms = 2 * wait_ms < LONGEST_WAIT_MS ? 2 * wait_ms : LONGEST_WAIT_MS;
    }
}

bool rebuild_swap(const struct rebuild *rebuild, const char *run_ids, struct pg *pg, uint64_t *rows,
                  struct err *err)
{
    bool done;
    struct swap swap = {.rebuild = rebuild, .pg = pg, .sql = buf_make(BUF_OWN_TEXT)};
    rebuild_replaced_name(rebuild->table, swap.replaced);
    bool swapped = find_rows(&swap, run_ids, &done, err) &&
                   count_rows(&swap, done ? rebuild->table : rebuild->successor, rows, err) &&
                   (done || (rebuild_check_vanished(rebuild, run_ids, pg, err) && analyze(&swap, err) &&
                             swap_within_lock_timeout(&swap, run_ids, err)));
    buf_release(&swap.sql);
    return swapped;
}
