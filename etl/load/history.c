#include "load/history.h"

#include "base/log.h"
#include "load/ddl_lock.h"
#include "load/history_inner.h"
#include "load/lost_rows.h"
#include "load/table_kind.h"
#include "load/value.h"
#include "sql/statements.h"

#include <stdio.h>
#include <string.h>

bool history_name(const char *schema, const char *table, struct history_names *names, struct err *err)
{
    *names = (struct history_names){.schema = schema, .table = table};
    snprintf(names->as_of, sizeof names->as_of, "%s" JOB_AS_OF_SUFFIX, table);
    return job_history_name(table, names->history) ||
           err_set(err, ERR_CONFIG,
                   "the table of old versions, %s" JOB_HISTORY_SUFFIX ", would pass PostgreSQL's 63 bytes",
                   table);
}

static struct target target_of_history(const struct history_names *names)
{
    return (struct target){.schema = names->schema, .table = names->history};
}

static const char *const own_columns[] = {"contract_number",  "window_start", "window_end",  "_row_key",
                                          "_run_id",          "_synced_at",   "_valid_from", "_valid_to",
                                          "_ended_by_run_id", "_operation"};

static const struct target_column *column_named(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->count; i++)
        if (text_equal(target->columns[i].name, name))
            return &target->columns[i];
    return NULL;
}

/* Whether the table and its history must have had the column before this load. */
static bool has_existed(const struct target *target, const char *name)
{
    const struct target_column *column = column_named(target, name);
    for (size_t i = 0; i < COUNT_OF(own_columns); i++)
        if (text_equal(own_columns[i], name))
            return true;
    return column && column->exists;
}

static bool refuse_missing(const struct history_names *names, const char *column, const char *type,
                           struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "alter table ");
    history_put_name(names, names->history, &sql);
    buf_put(&sql, " add column ");
    pg_put_identifier(&sql, column);
    buf_print(&sql, " %s", type);
    err_set(err, ERR_CONFIG,
            "table %s.%s lacks the column %s: it was dropped, and with it the values of old versions of rows",
            names->schema, names->history, column);
    return err_hint(
        err, "add the column again, without values: %s; or rename the table: the next run makes another",
        buf_text(&sql));
}

static void put_type(const char *name, const char *type, struct buf *sql)
{
    buf_put(sql, "alter column ");
    pg_put_identifier(sql, name);
    buf_print(sql, " type %s using ", type);
    pg_put_identifier(sql, name);
    buf_print(sql, "::%s", type);
}

/* Appends the change of a column's type. A column of the target is widened in the same way as in the table
 * itself. */
static void put_retyped(const struct target *target, const PGresult *columns, int row, struct buf *sql)
{
    enum column_type from;
    enum column_type to;
    const char *type = pg_value(columns, row, "table_type");
    const char *name = pg_value(columns, row, "name");
    const struct target_column *column = column_named(target, name);
    bool is_known = column && column_type_parse(pg_value(columns, row, "history_type"), &from) &&
                    column_type_parse(type, &to) && to == column->type;
    if (is_known)
        target_put_retype(column, from, sql);
    else
        put_type(name, type, sql);
}

/* Appends what a column of the table needs in the history, with `, ` between two changes. */
static bool put_change(const struct target *target, const struct history_names *names, bool is_complete,
                       const PGresult *columns, int row, struct buf *sql, struct err *err)
{
    const char *name = pg_value(columns, row, "name");
    const char *type = pg_value(columns, row, "table_type");
    if (pg_null(columns, row, "table_type"))
        return true;
    if (text_equal(type, pg_value(columns, row, "history_type")))
        return true;
    bool is_missing = pg_null(columns, row, "history_type");
    if (is_missing && is_complete && has_existed(target, name))
        return refuse_missing(names, name, type, err);
    buf_put(sql, sql->length ? ", " : "");
    if (is_missing)
        history_put_added(columns, row, sql);
    else
        put_retyped(target, columns, row, sql);
    return true;
}

/* The type of a column of the history; NULL: it has no such column. */
static const char *type_of(const PGresult *columns, const char *name)
{
    for (int row = 0; row < PQntuples(columns); row++)
        if (text_equal(pg_value(columns, row, "name"), name) && !pg_null(columns, row, "history_type"))
            return pg_value(columns, row, "history_type");
    return NULL;
}

/* Without the values of this column the old versions have no meaning, so an empty column would not help. */
static bool refuse_missing_own(const struct history_names *names, const char *column, struct err *err)
{
    char new_name[JOB_COLUMN_NAME];
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    snprintf(new_name, sizeof new_name, "%.50s_old", names->history);
    buf_put(&sql, "alter table ");
    history_put_name(names, names->history, &sql);
    buf_put(&sql, " rename to ");
    pg_put_identifier(&sql, new_name);
    err_set(err, ERR_CONFIG, "table %s.%s lacks the column %s, which says what its old versions are",
            names->schema, names->history, column);
    return err_hint(
        err,
        "rename the column back if it was renamed; if it was dropped, rename the table, and the next "
        "run makes another: %s",
        buf_text(&sql));
}

/* Appends what the columns need that only the history has. */
static bool put_own_changes(const struct history_names *names, const PGresult *columns, struct buf *sql,
                            struct err *err)
{
    static const char *const own[][2] = {{"_valid_from", "timestamp with time zone"},
                                         {"_valid_to", "timestamp with time zone"},
                                         {"_ended_by_run_id", "bigint"},
                                         {"_operation", "text"}};
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        const char *name = own[i][0];
        const char *type = type_of(columns, name);
        if (!type)
            return refuse_missing_own(names, name, err);
        if (text_equal(type, own[i][1]))
            continue;
        buf_put(sql, sql->length ? ", " : "");
        put_type(name, own[i][1], sql);
    }
    return true;
}

/* *changes: the actions for `alter table`; empty: none. */
static bool find_changes(const struct target *target, const struct history_names *names, bool is_complete,
                         const PGresult *columns, struct buf *changes, struct err *err)
{
    if (!put_own_changes(names, columns, changes, err))
        return false;
    for (int row = 0; row < PQntuples(columns); row++)
        if (!put_change(target, names, is_complete, columns, row, changes, err))
            return false;
    return true;
}

/* Whether history and function are as they should be, so that only grants may be missing. */
static bool is_current(const PGresult *look)
{
    return pg_flag(look, 0, "is_taken") && pg_flag(look, 0, "is_ours") && pg_flag(look, 0, "is_complete") &&
           pg_flag(look, 0, "has_grain") && !pg_null(look, 0, "body") &&
           !pg_flag(look, 0, "lacks_row_security");
}

static bool secure(const struct history_names *names, const PGresult *look, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (!pg_flag(look, 0, "lacks_row_security"))
        return true;
    buf_put(&sql, "alter table ");
    history_put_name(names, names->history, &sql);
    buf_put(&sql, " enable row level security");
    return pg_exec(pg, buf_text(&sql), err) || history_refuse(names, err);
}

static bool change_columns(const struct history_names *names, const struct buf *changes, struct pg *pg,
                           struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (changes->length == 0)
        return true;
    buf_put(&sql, "alter table ");
    history_put_name(names, names->history, &sql);
    buf_print(&sql, " %s", buf_text(changes));
    return pg_exec(pg, buf_text(&sql), err) || history_refuse(names, err);
}

/* Gives an existing history the columns, types and row security of its table, and a function that fits. */
static bool bring_up_to_date(const struct target *target, const struct history_names *names,
                             const PGresult *look, struct pg *pg, struct err *err)
{
    bool is_complete = pg_flag(look, 0, "is_complete");
    SCOPED(buf) struct buf changes = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *columns = history_read_columns(names, pg, err);
    if (!columns || !find_changes(target, names, is_complete, columns, &changes, err) ||
        !change_columns(names, &changes, pg, err) || !secure(names, look, pg, err))
        return false;
    SCOPED(pg_result) PGresult *now = history_read_columns(names, pg, err);
    if (!now || !history_make_function(names, now,
                                       pg_null(look, 0, "body") ? NULL : pg_value(look, 0, "body"), pg, err))
        return false;
    if (is_complete)
        return true;
    log_warn("history-begins", "table %s.%s has all versions of rows from now on: earlier ones are missing",
             names->schema, names->history);
    SCOPED(pg_result)
    PGresult *remembered =
        pg_query(pg, SQL_HISTORY_REMEMBER, PG_PARAMS(names->schema, names->table, names->history), err);
    return remembered != NULL;
}

/* Makes or changes the history under the lock for DDL. Everything is read again, because it may have
 * changed. */
static bool make_or_change(const struct target *target, const struct history_names *names, struct pg *pg,
                           struct err *err)
{
    if (!ddl_lock_for_load(names->schema, pg, err))
        return false;
    SCOPED(pg_result) PGresult *look = history_read_state(names, pg, err);
    if (!look)
        return false;
    bool is_ours = pg_flag(look, 0, "is_taken") && pg_flag(look, 0, "is_ours");
    bool is_past = is_ours && !pg_flag(look, 0, "has_grain");
    if (is_past && !history_rename_past(names, pg, err))
        return false;
    if (!is_ours || is_past)
        return history_make(names, pg, err);
    return history_follow_renamed(names, pg, err) && bring_up_to_date(target, names, look, pg, err);
}

/* *outdated: the history's columns are not those of the table, or its function does not return them. */
static bool is_outdated(const struct target *target, const struct history_names *names, const PGresult *look,
                        const PGresult *columns, bool *outdated, struct err *err)
{
    SCOPED(buf) struct buf changes = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    if (!find_changes(target, names, pg_flag(look, 0, "is_complete"), columns, &changes, err))
        return false;
    history_put_body(names, columns, &body);
    *outdated = changes.length > 0 || !text_equal(buf_text(&body), pg_value(look, 0, "body"));
    return true;
}

static void list_columns(const PGresult *columns, struct arena *arena, struct text_list *list)
{
    *list = (struct text_list){0};
    for (int row = 0; row < PQntuples(columns); row++)
        if (!pg_null(columns, row, "table_type") && !pg_null(columns, row, "history_type"))
            arena_add_text(arena, list, arena_copy_text(arena, pg_value(columns, row, "name")));
}

static bool prepare(const struct target *target, struct history *history, struct pg *pg, struct arena *arena,
                    struct err *err)
{
    const struct history_names *names = &history->names;
    const struct target history_target = target_of_history(names);
    bool outdated = false;
    SCOPED(pg_result) PGresult *look = history_read_state(names, pg, err);
    if (!look)
        return false;
    if (pg_flag(look, 0, "is_taken") && !table_kind_check(names->schema, names->history, pg, err))
        return false;
    SCOPED(pg_result) PGresult *before = history_read_columns(names, pg, err);
    if (!before || (is_current(look) && !is_outdated(target, names, look, before, &outdated, err)))
        return false;
    if ((outdated || !is_current(look)) && !make_or_change(target, names, pg, err))
        return false;
    SCOPED(pg_result) PGresult *columns = history_read_columns(names, pg, err);
    if (!columns)
        return false;
    list_columns(columns, arena, &history->columns);
    return history_grant(names, pg, err) && target_check_row_triggers(&history_target, pg, err);
}

bool history_find(const struct history_names *names, struct pg *pg, struct arena *arena,
                  struct history **history, struct err *err)
{
    *history = NULL;
    SCOPED(pg_result) PGresult *look = history_read_state(names, pg, err);
    if (!look)
        return false;
    if (PQntuples(look) == 0 || !pg_flag(look, 0, "is_taken") || !pg_flag(look, 0, "is_ours"))
        return true;
    SCOPED(pg_result) PGresult *columns = history_read_columns(names, pg, err);
    if (!columns)
        return false;
    *history = arena_alloc(arena, 1, sizeof **history);
    (*history)->names = *names;
    list_columns(columns, arena, &(*history)->columns);
    return true;
}

/* Whether the job keeps a history. A successor that will replace another table has none. */
static bool is_wanted(const struct target *target)
{
    const struct job_target *how = &target->job->target;
    return how->history && how->mode == JOB_UPSERT && text_equal(target->table, how->table);
}

bool history_plan(const struct target *target, struct pg *pg, struct arena *arena,
                  struct text_list *statements, struct err *err)
{
    struct history_names names;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (!is_wanted(target))
        return true;
    if (!history_name(target->schema, target->table, &names, err))
        return false;
    SCOPED(pg_result) PGresult *look = pg && target->exists ? history_read_state(&names, pg, err) : NULL;
    if (!look && pg && target->exists)
        return false;
    if (look && PQntuples(look) > 0 && pg_flag(look, 0, "is_taken"))
        return true;
    history_put_create(&names, NULL, target_distribution(target), &sql);
    arena_add_text(arena, statements, arena_copy_text(arena, buf_text(&sql)));
    return true;
}

bool history_prepare(const struct target *target, struct pg *pg, struct arena *arena,
                     struct history **history, struct err *err)
{
    *history = NULL;
    if (!is_wanted(target))
        return true;
    *history = arena_alloc(arena, 1, sizeof **history);
    if (!history_name(target->schema, target->table, &(*history)->names, err))
        return false;
    (*history)->names.is_distributed = target_distribution(target) != NULL;
    return prepare(target, *history, pg, arena, err);
}

static void put_columns(const struct history *history, const char *prefix, struct statement *statement)
{
    for (size_t i = 0; i < history->columns.count; i++) {
        statement_put(statement, prefix);
        statement_put_identifier(statement, history->columns.items[i]);
        statement_put(statement, ", ");
    }
}

void history_put_insert(const struct history *history, const char *run_id, const char *operation,
                        struct statement *statement)
{
    statement_put(statement, "insert into ");
    history_put_name(&history->names, history->names.history, &statement->sql);
    statement_put(statement, " (");
    put_columns(history, "", statement);
    statement_put(statement, "_valid_from, _valid_to, _ended_by_run_id, _operation) select ");
    put_columns(history, "t.", statement);
    statement_put(statement, "t._synced_at, now(), ");
    statement_put_value(statement, run_id, "bigint");
    buf_print(&statement->sql, ", '%s'", operation);
}

bool history_explain_lost_rows(const struct history *history, const struct target *target, struct pg *pg,
                               struct err *err)
{
    const struct target history_target = target_of_history(&history->names);
    if (target_explain_lost_rows(target, pg, err) || err->kind != ERR_LATER)
        return false;
    err_clear(err);
    return target_explain_lost_rows(&history_target, pg, err);
}

bool history_interrupt(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(pg_result)
    PGresult *interrupted =
        pg_query(pg, SQL_HISTORY_INTERRUPT, PG_PARAMS(target->schema, target->table), err);
    return interrupted || err_wrap(err, "cannot record that old versions of rows are missing");
}
