#include "load/column_map.h"
#include "load/ddl_lock.h"
#include "load/history_inner.h"
#include "sql/statements.h"
#include "state/target_record.h"

#include <stdio.h>

/* Columns that the owner has renamed. */
struct renames {
    struct renamed_column *items;
    size_t count;
};

/* Which of the two has a column: the table, its history. */
struct presence {
    bool in_table;
    bool in_history;
};

static struct presence presence_of(const PGresult *columns, const char *name)
{
    struct presence presence = {0};
    for (int row = 0; row < PQntuples(columns); row++) {
        if (!text_equal(pg_value(columns, row, "name"), name))
            continue;
        presence.in_table = !pg_null(columns, row, "table_type");
        presence.in_history = !pg_null(columns, row, "history_type");
    }
    return presence;
}

/* Whether `name` is the new name of one of these columns; is_old: whether it is the old name of one. */
static bool has_rename(const struct renames *renames, const char *name, bool is_old)
{
    for (size_t i = 0; i < renames->count; i++)
        if (text_equal(is_old ? renames->items[i].column : renames->items[i].new_column, name))
            return true;
    return false;
}

/* Whether the history still has the old name, and the new one is free, or will be: columns may exchange their
 * names. */
static bool is_due(const struct renames *renames, const struct renamed_column *item, const PGresult *columns)
{
    struct presence old = presence_of(columns, item->column);
    struct presence new = presence_of(columns, item->new_column);
    return old.in_history && (!old.in_table || has_rename(renames, item->column, false)) &&
           (!new.in_history || has_rename(renames, item->new_column, true));
}

static struct renames find_due(const struct renames *renames, const PGresult *columns, struct arena *arena)
{
    struct renames due = {0};
    for (size_t i = 0; i < renames->count; i++)
        if (is_due(renames, &renames->items[i], columns))
            *(struct renamed_column *)arena_push(arena, &due.items, &due.count, sizeof *due.items) =
                renames->items[i];
    return due;
}

static bool rename_column(const struct history_names *names, const char *column, const char *new_name,
                          struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "alter table ");
    history_put_name(names, names->history, &sql);
    buf_put(&sql, " rename column ");
    pg_put_identifier(&sql, column);
    buf_put(&sql, " to ");
    pg_put_identifier(&sql, new_name);
    return pg_exec(pg, buf_text(&sql), err) || history_refuse(names, err);
}

/* Renames in two phases, first to names that no column has, so that columns can exchange their names. */
static bool rename_all(const struct history_names *names, const struct renames *due, struct pg *pg,
                       struct err *err)
{
    for (int phase = 0; phase < 2; phase++)
        for (size_t i = 0; i < due->count; i++) {
            char between[32];
            const struct renamed_column *item = &due->items[i];
            snprintf(between, sizeof between, "_renamed_%zu", i + 1);
            if (!rename_column(names, phase == 0 ? item->column : between,
                               phase == 0 ? between : item->new_column, pg, err))
                return false;
        }
    return true;
}

/* Under the lock for DDL everything is read again: loads of other contracts may have renamed the columns. */
static bool rename_due(const struct history_names *names, const struct renames *renames, struct pg *pg,
                       struct arena *arena, struct err *err)
{
    SCOPED(pg_result) PGresult *columns = history_read_columns(names, pg, err);
    if (!columns)
        return false;
    struct renames due = find_due(renames, columns, arena);
    return rename_all(names, &due, pg, err);
}

/* Adds each column only once: an older version of this tool could store a line twice. */
static void add_rename(struct renames *renames, const struct renamed_column *renamed, struct arena *arena)
{
    if (!has_rename(renames, renamed->column, true))
        *(struct renamed_column *)arena_push(arena, &renames->items, &renames->count, sizeof *renamed) =
            *renamed;
}

static struct renames list_renames(const char *before, const char *after, struct arena *arena)
{
    struct renames renames = {0};
    struct renamed_column renamed;
    for (const char *at = before; column_map_next_changed(&at, after, arena, &renamed);)
        add_rename(&renames, &renamed, arena);
    return renames;
}

bool history_rename_columns(const struct target_name *table, const char *before, const char *after,
                            struct pg *pg, struct err *err)
{
    struct history_names names;
    struct err ignored;
    const struct target_record *record;
    SCOPED(arena) struct arena *arena = arena_make();
    if (list_renames(before, after, arena).count == 0 ||
        !history_name(table->schema, table->table, &names, &ignored))
        return true; /* nothing was renamed, or too long a name for a history */
    SCOPED(pg_result) PGresult *look = history_read_state(&names, pg, err);
    if (!look)
        return false;
    if (PQntuples(look) == 0 || !pg_flag(look, 0, "is_taken") || !pg_flag(look, 0, "is_ours"))
        return true;
    if (!ddl_lock_for_load(names.schema, pg, err) || !target_record_read(pg, table, arena, &record, err))
        return false;
    struct renames renames = list_renames(record ? record->columns : before, after, arena);
    return rename_due(&names, &renames, pg, arena, err);
}

bool history_follow_renamed(const struct history_names *names, struct pg *pg, struct err *err)
{
    struct renamed_column renamed;
    struct renames renames = {0};
    const struct target_record *record;
    struct target_name table = {names->schema, names->table};
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(names->schema, names->table), err);
    if (!columns || !target_record_read(pg, &table, arena, &record, err))
        return false;
    const char *remembered = record ? record->columns : "";
    for (const char *at = remembered; column_map_next_renamed(&at, remembered, columns, arena, &renamed);)
        add_rename(&renames, &renamed, arena);
    return rename_due(names, &renames, pg, arena, err);
}
