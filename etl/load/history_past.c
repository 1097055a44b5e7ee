/* history.h: histories of tables that no longer exist, and the deletion of old versions. */
#include "base/log.h"
#include "load/history_inner.h"
#include "sql/statements.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Room after a name for a hash: `_0123abcd`. */
#define HASH_TEXT 10

/* The longest name of a distributed table, including room for a number (`_2`). The names of its shards are
 * longer, and in a load Citus does not rename a table if the names of its shards would have to be cut. */
#define DISTRIBUTED_NAME 52

/* FNV-1a. */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261U;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

static void put_grain(const char *grain, struct buf *name)
{
    char field[4 * JOB_COLUMN_NAME];
    char column[JOB_COLUMN_NAME];
    if (!*grain)
        buf_put(name, "_nothing");
    while (*grain) {
        size_t length = strcspn(grain, "\n");
        snprintf(field, sizeof field, "%.*s", (int)length, grain);
        if (!text_snake_case(field, column, sizeof column))
            snprintf(column, sizeof column, "%08" PRIx32, hash_of(field));
        buf_print(name, "_%s", column);
        grain += length + (grain[length] == '\n');
    }
}

const char *history_past_name(const char *table, const char *grain, bool is_distributed, char *out)
{
    size_t room = is_distributed ? DISTRIBUTED_NAME : JOB_COLUMN_NAME;
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    buf_print(&name, "%s" JOB_HISTORY_SUFFIX "_by", table);
    put_grain(grain, &name);
    snprintf(out, room, "%s", buf_text(&name));
    if (name.length < room)
        return out;
    out[room - HASH_TEXT] = '\0';
    text_trim_broken_utf8(out);
    size_t used = strlen(out);
    snprintf(out + used, room - used, "_%08" PRIx32, hash_of(buf_text(&name)));
    return out;
}

static bool is_taken(const struct history_names *names, const char *name, bool *taken, struct pg *pg,
                     struct err *err)
{
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_REBUILD_NAME_TAKEN, PG_PARAMS(names->schema, name), err);
    *taken = found && pg_flag(found, 0, "is_taken");
    return found != NULL;
}

/* Another history that was set aside may have the name: then `…_2` is tried, `…_3`, and so on. */
static bool find_free_name(const struct history_names *names, const char *grain, char *out, struct pg *pg,
                           struct err *err)
{
    bool taken;
    struct placement placement;
    SCOPED(arena) struct arena *arena = arena_make();
    if (!placement_read(names->schema, names->history, arena, pg, &placement, err))
        return false;
    char base[JOB_COLUMN_NAME];
    char tail[16] = "";
    history_past_name(names->table, grain, placement.kind == PLACEMENT_DISTRIBUTED, base);
    for (unsigned number = 2;; number++) {
        snprintf(out, JOB_COLUMN_NAME - strlen(tail), "%s", base);
        text_trim_broken_utf8(out);
        strcat(out, tail);
        if (!is_taken(names, out, &taken, pg, err))
            return false;
        if (!taken)
            return true;
        snprintf(tail, sizeof tail, "_%u", number);
    }
}

bool history_drop_function(const struct history_names *names, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "drop function if exists ");
    history_put_name(names, names->as_of, &sql);
    buf_put(&sql, "(timestamptz)");
    return pg_exec(pg, buf_text(&sql), err) || history_refuse(names, err);
}

static bool rename_history(const struct history_names *names, const char *name, struct pg *pg,
                           struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "alter table ");
    history_put_name(names, names->history, &sql);
    buf_put(&sql, " rename to ");
    pg_put_identifier(&sql, name);
    if (!history_drop_function(names, pg, err))
        return false;
    if (!pg_exec(pg, buf_text(&sql), err))
        return history_refuse(names, err);
    SCOPED(pg_result)
    PGresult *recorded =
        pg_query(pg, SQL_HISTORY_RENAME_PAST, PG_PARAMS(names->schema, names->history, name), err);
    if (recorded)
        log_warn("history-set-aside",
                 "table %s.%s was renamed to %s: its rows have other fields, columns or filters than the new "
                 "table",
                 names->schema, names->history, name);
    return recorded != NULL;
}

bool history_rename_past(const struct history_names *names, struct pg *pg, struct err *err)
{
    char name[JOB_COLUMN_NAME];
    SCOPED(pg_result)
    PGresult *record = pg_query(pg, SQL_HISTORY_RECORD, PG_PARAMS(names->schema, names->table), err);
    if (!record)
        return false;
    if (PQntuples(record) == 0 || !text_equal(pg_value(record, 0, "history_table"), names->history))
        return true;
    return find_free_name(names, pg_value(record, 0, "grain"), name, pg, err) &&
           rename_history(names, name, pg, err);
}

static bool prune_one(const PGresult *histories, int row, const char *days, struct pg *pg, uint64_t *deleted,
                      struct err *err)
{
    const struct history_names names = {.schema = pg_value(histories, row, "schema_name")};
    const char *history = pg_value(histories, row, "history_table");
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "delete from ");
    history_put_name(&names, history, &statement.sql);
    statement_put(&statement, " where _valid_to < now() - ");
    statement_put_value(&statement, days, "integer");
    statement_put(&statement, " * interval '1 day'");
    SCOPED(pg_result) PGresult *pruned = statement_run(&statement, pg, err);
    if (!pruned)
        return err_wrap(err, "cannot delete old versions from table %s.%s", names.schema, history);
    *deleted += pg_rows_affected(pruned);
    SCOPED(pg_result)
    PGresult *recorded = pg_query(pg, SQL_HISTORY_PRUNED, PG_PARAMS(names.schema, history, days), err);
    return recorded || err_wrap(err, "cannot write which versions were deleted");
}

bool history_prune(struct pg *pg, unsigned keep_days, uint64_t *deleted, struct err *err)
{
    char days[PG_NUMBER];
    *deleted = 0;
    pg_number(keep_days, days);
    SCOPED(pg_result) PGresult *histories = pg_query(pg, SQL_HISTORY_LIST, PG_NO_PARAMS, err);
    if (!histories)
        return err_wrap(err, "cannot read which tables keep old versions");
    for (int row = 0; row < PQntuples(histories); row++)
        if (!prune_one(histories, row, days, pg, deleted, err))
            return false;
    return true;
}
