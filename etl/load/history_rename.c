#include "load/ddl_lock.h"
#include "load/history_inner.h"
#include "load/places.h"
#include "sql/statements.h"
#include "state/target_record.h"

#include <stdio.h>

struct moves {
    struct moved_place *items;
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

/* Whether one of the moves renames a column to `name`; if takes: whether one renames the column `name`. */
static bool has_move(const struct moves *moves, const char *name, bool takes)
{
    for (size_t i = 0; i < moves->count; i++)
        if (text_equal(takes ? moves->items[i].column : moves->items[i].new_column, name))
            return true;
    return false;
}

/* Whether the history still has the old name, and the new one is free, or will be: columns may exchange their
 * names. */
static bool is_due(const struct moves *moves, const struct moved_place *move, const PGresult *columns)
{
    struct presence old = presence_of(columns, move->column);
    struct presence new = presence_of(columns, move->new_column);
    return old.in_history && (!old.in_table || has_move(moves, move->column, false)) &&
           (!new.in_history || has_move(moves, move->new_column, true));
}

static struct moves find_due(const struct moves *moves, const PGresult *columns, struct arena *arena)
{
    struct moves due = {0};
    for (size_t i = 0; i < moves->count; i++)
        if (is_due(moves, &moves->items[i], columns))
            *(struct moved_place *)arena_push(arena, &due.items, &due.count, sizeof *due.items) =
                moves->items[i];
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
static bool rename_all(const struct history_names *names, const struct moves *due, struct pg *pg,
                       struct err *err)
{
    for (int phase = 0; phase < 2; phase++)
        for (size_t i = 0; i < due->count; i++) {
            char between[32];
            const struct moved_place *move = &due->items[i];
            snprintf(between, sizeof between, "_renamed_%zu", i + 1);
            if (!rename_column(names, phase == 0 ? move->column : between,
                               phase == 0 ? between : move->new_column, pg, err))
                return false;
        }
    return true;
}

/* Under the lock for DDL everything is read again: loads of other contracts may have renamed the columns. */
static bool rename_due(const struct history_names *names, const struct moves *moves, struct pg *pg,
                       struct arena *arena, struct err *err)
{
    SCOPED(pg_result) PGresult *columns = history_read_columns(names, pg, err);
    if (!columns)
        return false;
    struct moves due = find_due(moves, columns, arena);
    return rename_all(names, &due, pg, err);
}

/* Adds each column only once: an older version of this tool could store a line twice. */
static void add_move(struct moves *moves, const struct moved_place *moved, struct arena *arena)
{
    if (!has_move(moves, moved->column, true))
        *(struct moved_place *)arena_push(arena, &moves->items, &moves->count, sizeof *moved) = *moved;
}

static struct moves list_moved(const char *before, const char *after, struct arena *arena)
{
    struct moves moves = {0};
    struct moved_place moved;
    for (const char *at = before; places_next_moved(&at, after, arena, &moved);)
        add_move(&moves, &moved, arena);
    return moves;
}

bool history_rename_columns(const struct target_name *table, const char *before, const char *after,
                            struct pg *pg, struct err *err)
{
    struct history_names names;
    struct err ignored;
    const struct target_record *record;
    SCOPED(arena) struct arena *arena = arena_make();
    if (list_moved(before, after, arena).count == 0 ||
        !history_name(table->schema, table->table, &names, &ignored))
        return true; /* nothing moved, or too long a name for a history */
    SCOPED(pg_result) PGresult *look = history_read_state(&names, pg, err);
    if (!look)
        return false;
    if (PQntuples(look) == 0 || !pg_flag(look, 0, "is_taken") || !pg_flag(look, 0, "is_ours"))
        return true;
    if (!ddl_lock_for_load(names.schema, pg, err) || !target_record_read(pg, table, arena, &record, err))
        return false;
    struct moves moves = list_moved(record ? record->columns : before, after, arena);
    return rename_due(&names, &moves, pg, arena, err);
}

bool history_follow_renamed(const struct history_names *names, struct pg *pg, struct err *err)
{
    struct moved_place moved;
    struct moves moves = {0};
    const struct target_record *record;
    struct target_name table = {names->schema, names->table};
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(names->schema, names->table), err);
    if (!columns || !target_record_read(pg, &table, arena, &record, err))
        return false;
    const char *remembered = record ? record->columns : "";
    for (const char *at = remembered; places_next_renamed(&at, remembered, columns, arena, &moved);)
        add_move(&moves, &moved, arena);
    return rename_due(names, &moves, pg, arena, err);
}
