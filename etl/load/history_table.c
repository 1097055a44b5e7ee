/* history.h, the part that creates the table and the function. */
#include "base/log.h"
#include "load/history_inner.h"
#include "load/lost_rows.h"
#include "sql/statements.h"

void history_put_name(const struct history_names *names, const char *name, struct buf *sql)
{
    pg_put_identifier(sql, names->schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, name);
}

bool history_refuse(const struct history_names *names, struct err *err)
{
    bool refused = err->kind == ERR_AUTH || err->kind == ERR_CONFIG || err->kind == ERR_DATA;
    if (refused)
        err->kind = ERR_CREATE;
    return err_wrap(err, "cannot make or change table %s.%s", names->schema, names->history);
}

PGresult *history_read_columns(const struct history_names *names, struct pg *pg, struct err *err)
{
    return pg_query(pg, SQL_HISTORY_COLUMNS, PG_PARAMS(names->schema, names->table, names->history), err);
}

PGresult *history_read_state(const struct history_names *names, struct pg *pg, struct err *err)
{
    return pg_query(pg, SQL_HISTORY_STATE,
                    PG_PARAMS(names->schema, names->table, names->history, names->as_of), err);
}

/* Old versions are in the shards of their table's rows, so that the nodes keep them without asking each
 * other. */
static void put_distribute(const struct history_names *names, const char *distribution, struct buf *sql)
{
    SCOPED(buf) struct buf table = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf history = buf_make(BUF_OWN_TEXT);
    history_put_name(names, names->table, &table);
    history_put_name(names, names->history, &history);
    buf_put(sql, "; ");
    target_put_distribute(buf_text(&history), distribution, buf_text(&table), sql);
}

void history_put_create(const struct history_names *names, const char *tablespace, const char *distribution,
                        struct buf *sql)
{
    buf_put(sql, "create table ");
    history_put_name(names, names->history, sql);
    if (tablespace) {
        buf_put(sql, " tablespace ");
        pg_put_identifier(sql, tablespace);
    }
    buf_put(sql, " as select *, now() as _valid_from, now() as _valid_to, 0::bigint as _ended_by_run_id, "
                 "''::text as _operation from ");
    history_put_name(names, names->table, sql);
    buf_put(sql, " with no data; alter table ");
    history_put_name(names, names->history, sql);
    buf_put(sql, " alter column contract_number set not null, alter column _row_key set not null, "
                 "alter column _run_id set not null, alter column _synced_at set not null, "
                 "alter column _valid_from set not null, alter column _valid_to set not null, "
                 "alter column _ended_by_run_id set not null, alter column _operation set not null, "
                 "add check (_operation in ('update', 'delete')); create index on ");
    history_put_name(names, names->history, sql);
    buf_put(sql, " (_valid_to)");
    if (distribution)
        put_distribute(names, distribution, sql);
}

void history_put_added(const PGresult *columns, int row, struct buf *sql)
{
    buf_put(sql, "add column ");
    pg_put_identifier(sql, pg_value(columns, row, "name"));
    buf_print(sql, " %s", pg_value(columns, row, "table_type"));
    if (!pg_null(columns, row, "collation"))
        buf_print(sql, " collate %s", pg_value(columns, row, "collation"));
}

static void put_comment(const struct history_names *names, const char *column, const char *comment,
                        struct buf *sql)
{
    buf_print(sql, "; comment on %s ", column ? "column" : "table");
    history_put_name(names, names->history, sql);
    buf_print(sql, "%s%s is ", column ? "." : "", column ? column : "");
    pg_put_literal(sql, comment);
}

static void put_comments(const struct history_names *names, struct buf *sql)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    buf_print(&text,
              "Old versions of rows of %s, which loads have changed or deleted. Kept by tokenflex-etl; "
              "tokenflex_etl.target_history says since when they are complete.",
              names->table);
    put_comment(names, NULL, buf_text(&text), sql);
    put_comment(names, "_run_id", "The run that had written this version", sql);
    put_comment(names, "_valid_from", "When it was written: _synced_at of the row then", sql);
    put_comment(names, "_valid_to", "When a load has changed or deleted the row", sql);
    put_comment(names, "_ended_by_run_id", "The run that has done so", sql);
    put_comment(names, "_operation", "update: another version took its place; delete: the row was deleted",
                sql);
}

static void put_owner(const struct history_names *names, const PGresult *look, struct buf *sql)
{
    if (pg_null(look, 0, "owner"))
        return;
    buf_put(sql, "; alter table ");
    history_put_name(names, names->history, sql);
    buf_put(sql, " owner to ");
    pg_put_identifier(sql, pg_value(look, 0, "owner"));
}

static void put_row_security(const struct history_names *names, const PGresult *look, struct buf *sql)
{
    if (!pg_flag(look, 0, "lacks_row_security"))
        return;
    buf_put(sql, "; alter table ");
    history_put_name(names, names->history, sql);
    buf_put(sql, " enable row level security");
}

static bool make_table(const struct history_names *names, const PGresult *look, const char *distribution,
                       struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    const struct target as_target = {.schema = names->schema, .table = names->history};
    bool has_tablespace = !pg_null(look, 0, "tablespace");
    history_put_create(names, has_tablespace ? pg_value(look, 0, "tablespace") : NULL, distribution, &sql);
    put_comments(names, &sql);
    put_row_security(names, look, &sql);
    put_owner(names, look, &sql);
    if (!pg_exec(pg, buf_text(&sql), err) || !target_set_replica_identity(&as_target, pg, err))
        return history_refuse(names, err);
    log_info("history-created", "table %s.%s was created", names->schema, names->history);
    return true;
}

static bool refuse_taken(const struct history_names *names, struct err *err)
{
    err_set(err, ERR_CREATE,
            "%s.%s, which is to keep old versions of rows of %s, exists and was not made by tokenflex-etl",
            names->schema, names->history, names->table);
    return err_hint(err, "rename it, or give the job another target.table");
}

bool history_make(const struct history_names *of_table, struct pg *pg, struct err *err)
{
    struct placement placement;
    struct history_names made = *of_table;
    const struct history_names *names = &made;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg_result) PGresult *look = history_read_state(names, pg, err);
    if (!look || !placement_read(names->schema, names->table, arena, pg, &placement, err))
        return false;
    made.is_distributed = placement.kind == PLACEMENT_DISTRIBUTED;
    if (pg_flag(look, 0, "is_taken"))
        return refuse_taken(names, err);
    if (!make_table(names, look, job_distribute_column(placement.distributed_by), pg, err))
        return false;
    if (pg_flag(look, 0, "is_ours"))
        log_warn("history-lost", "table %s.%s was dropped: the new one has no earlier versions",
                 names->schema, names->history);
    SCOPED(pg_result) PGresult *columns = history_read_columns(names, pg, err);
    SCOPED(pg_result)
    PGresult *remembered = columns ? pg_query(pg, SQL_HISTORY_REMEMBER,
                                              PG_PARAMS(names->schema, names->table, names->history), err)
                                   : NULL;
    return remembered && history_make_function(names, columns, NULL, pg, err) &&
           history_grant(names, pg, err);
}

/* Appends `select "a", …`; a column that the history lacks is null. */
static void put_columns(const PGresult *columns, bool of_history, struct buf *sql)
{
    bool is_first = true;
    for (int row = 0; row < PQntuples(columns); row++) {
        if (pg_null(columns, row, "table_type"))
            continue;
        buf_put(sql, is_first ? "select " : ", ");
        is_first = false;
        if (of_history && pg_null(columns, row, "history_type"))
            buf_print(sql, "null::%s", pg_value(columns, row, "table_type"));
        else
            pg_put_identifier(sql, pg_value(columns, row, "name"));
    }
}

/* Citus plans no SQL function with parameters: for a distributed table the query is that of a PL/pgSQL
 * function. */
void history_put_body(const struct history_names *names, const PGresult *columns, struct buf *body)
{
    buf_put(body, names->is_distributed ? "begin return query " : "");
    put_columns(columns, false, body);
    buf_put(body, " from ");
    history_put_name(names, names->table, body);
    buf_put(body, " where _synced_at <= $1 union all ");
    put_columns(columns, true, body);
    buf_put(body, " from ");
    history_put_name(names, names->history, body);
    buf_put(body, " where _valid_from <= $1 and _valid_to > $1");
    buf_put(body, names->is_distributed ? "; end" : "");
}

static void put_function(const struct history_names *names, struct buf *sql)
{
    history_put_name(names, names->as_of, sql);
    buf_put(sql, "(timestamptz)");
}

bool history_make_function(const struct history_names *names, const PGresult *columns, const char *body,
                           struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf wanted = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    history_put_body(names, columns, &wanted);
    if (body && text_equal(body, buf_text(&wanted)))
        return true;
    /* The function exists on the coordinator only: Citus would create it on all nodes, and refuses that in
     * the middle of a load. Not by SET: Citus would send the whole text, with the function, to the nodes. */
    if (names->is_distributed)
        buf_put(&sql, "select set_config('citus.enable_ddl_propagation', 'off', true); ");
    buf_put(&sql, "create or replace function ");
    put_function(names, &sql);
    buf_put(&sql, " returns setof ");
    history_put_name(names, names->table, &sql);
    buf_print(&sql, " language %s stable parallel safe as ", names->is_distributed ? "plpgsql" : "sql");
    pg_put_literal(&sql, buf_text(&wanted));
    buf_put(&sql, "; comment on function ");
    put_function(names, &sql);
    buf_put(&sql, " is ");
    pg_put_literal(
        &sql, "The table as it was at the given time. Exact from complete_since on (see "
              "tokenflex_etl.target_history). For earlier times, rows that were changed or deleted before "
              "complete_since are missing. Made by tokenflex-etl.");
    if (names->is_distributed)
        buf_put(&sql, "; select set_config('citus.enable_ddl_propagation', 'on', true)");
    if (pg_exec(pg, buf_text(&sql), err))
        return true;
    (void)history_refuse(names, err);
    return err_wrap(err, "cannot make the function %s.%s", names->schema, names->as_of);
}

bool history_grant(const struct history_names *names, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result)
    PGresult *readers = pg_query(pg, SQL_HISTORY_READERS,
                                 PG_PARAMS(names->schema, names->table, names->history, names->as_of), err);
    if (!readers)
        return false;
    for (int row = 0; row < PQntuples(readers); row++) {
        const char *role = pg_value(readers, row, "role"); /* quoted by the statement */
        if (pg_flag(readers, row, "lacks_history")) {
            buf_put(&sql, "grant select on ");
            history_put_name(names, names->history, &sql);
            buf_print(&sql, " to %s; ", role);
        }
        if (pg_flag(readers, row, "lacks_function")) {
            buf_put(&sql, "grant execute on function ");
            put_function(names, &sql);
            buf_print(&sql, " to %s; ", role);
        }
    }
    return sql.length == 0 || pg_exec(pg, buf_text(&sql), err) || history_refuse(names, err);
}

static bool add_columns(const struct history_names *names, const PGresult *columns, struct pg *pg,
                        struct err *err)
{
    bool lacks = false;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "alter table ");
    history_put_name(names, names->history, &sql);
    for (int row = 0; row < PQntuples(columns); row++) {
        if (pg_null(columns, row, "table_type") || !pg_null(columns, row, "history_type"))
            continue;
        buf_put(&sql, lacks ? ", " : " ");
        history_put_added(columns, row, &sql);
        lacks = true;
    }
    return !lacks || pg_exec(pg, buf_text(&sql), err) || history_refuse(names, err);
}

bool history_continue(const struct history_names *names, struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *before = history_read_columns(names, pg, err);
    if (!before || !add_columns(names, before, pg, err))
        return false;
    SCOPED(pg_result) PGresult *columns = history_read_columns(names, pg, err);
    return columns && history_make_function(names, columns, NULL, pg, err) && history_grant(names, pg, err);
}
