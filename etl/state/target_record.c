#include "state/target_record.h"

#include "sql/statements.h"

#include <inttypes.h>
#include <stdio.h>

static struct target_record read_row(const PGresult *rows, int row, struct arena *arena)
{
    return (struct target_record){
        .name = {arena_copy_text(arena, pg_value(rows, row, "schema")),
                 arena_copy_text(arena, pg_value(rows, row, "table"))},
        .job = arena_copy_text(arena, pg_value(rows, row, "job")),
        .rebuilds = pg_copy(rows, row, "rebuilds", arena),
        .grain = arena_copy_text(arena, pg_value(rows, row, "grain")),
        .key = arena_copy_text(arena, pg_value(rows, row, "key")),
        .columns = arena_copy_text(arena, pg_value(rows, row, "columns")),
        .windowed = pg_flag(rows, row, "windowed"),
        .comments = pg_copy(rows, row, "comments", arena),
    };
}

static bool explain_read(struct err *err)
{
    return err_wrap(err, "cannot read tokenflex_etl.target");
}

static bool explain_write(struct err *err)
{
    return err_wrap(err, "cannot write tokenflex_etl.target");
}

bool target_record_read(struct pg *pg, const struct target_name *name, struct arena *arena,
                        const struct target_record **record, struct err *err)
{
    *record = NULL;
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_TARGET_RECORD_READ, PG_PARAMS(name->schema, name->table), err);
    if (!found)
        return explain_read(err);
    if (PQntuples(found) > 0) {
        struct target_record *read = arena_alloc(arena, 1, sizeof *read);
        *read = read_row(found, 0, arena);
        *record = read;
    }
    return true;
}

bool target_record_remember(struct pg *pg, const struct target_record *record, struct err *err)
{
    SCOPED(pg_result)
    PGresult *remembered =
        pg_query(pg, SQL_TARGET_RECORD_REMEMBER,
                 PG_PARAMS(record->name.schema, record->name.table, record->job, record->grain, record->key,
                           record->windowed ? "true" : "false", record->rebuilds, record->columns),
                 err);
    return remembered || explain_write(err);
}

bool target_record_set_columns(struct pg *pg, const struct target_name *name, const char *columns,
                               bool *was_known, struct err *err)
{
    SCOPED(pg_result)
    PGresult *set =
        pg_query(pg, SQL_TARGET_RECORD_COLUMNS, PG_PARAMS(name->schema, name->table, columns), err);
    if (!set)
        return explain_write(err);
    *was_known = pg_rows_affected(set) > 0;
    return true;
}

static bool forget(struct pg *pg, const struct target_name *name, struct err *err)
{
    SCOPED(pg_result)
    PGresult *forgotten = pg_query(pg, SQL_TARGET_RECORD_FORGET, PG_PARAMS(name->schema, name->table), err);
    return forgotten != NULL;
}

bool target_record_forget_column(struct pg *pg, const struct target_name *name, const char *line,
                                 struct err *err)
{
    SCOPED(pg_result)
    PGresult *forgotten =
        pg_query(pg, SQL_TARGET_RECORD_FORGET_COLUMN, PG_PARAMS(name->schema, name->table, line), err);
    return forgotten || err_wrap(err, "cannot write tokenflex_etl.target");
}

bool target_record_adopt(struct pg *pg, const struct target_name *successor, const char *table,
                         bool *was_known, struct err *err)
{
    if (!forget(pg, &(struct target_name){successor->schema, table}, err))
        return explain_write(err);
    SCOPED(pg_result)
    PGresult *renamed =
        pg_query(pg, SQL_TARGET_RECORD_RENAME, PG_PARAMS(successor->schema, successor->table, table), err);
    if (!renamed)
        return explain_write(err);
    *was_known = pg_rows_affected(renamed) > 0;
    return true;
}

bool target_record_may_forget(struct pg *pg, bool *may_forget, struct err *err)
{
    SCOPED(pg_result) PGresult *privilege = pg_query(pg, SQL_TARGET_RECORD_MAY_FORGET, PG_NO_PARAMS, err);
    if (privilege)
        *may_forget = pg_flag(privilege, 0, "may_forget");
    return privilege != NULL;
}

bool target_record_discard(struct pg *pg, const struct target_record_discard *discard, bool *was_known,
                           struct err *err)
{
    SCOPED(pg_result)
    PGresult *gone = pg_query(
        pg, SQL_TARGET_RECORD_DISCARD,
        PG_PARAMS(discard->successor.schema, discard->successor.table, discard->reason, discard->run_ids),
        err);
    if (!gone)
        return explain_write(err);
    *was_known = pg_flag(gone, 0, "was_known");
    return true;
}

bool target_record_successors(struct pg *pg, struct arena *arena, struct target_records *records,
                              struct err *err)
{
    *records = (struct target_records){0};
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_TARGET_RECORD_SUCCESSORS, PG_NO_PARAMS, err);
    if (!found)
        return explain_read(err);
    for (int row = 0; row < PQntuples(found); row++)
        *(struct target_record *)arena_push(arena, &records->items, &records->count, sizeof *records->items) =
            read_row(found, row, arena);
    return true;
}

bool target_record_loaders(struct pg *pg, const struct target_name *name, struct arena *arena,
                           struct text_list *jobs, struct err *err)
{
    *jobs = (struct text_list){0};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_TARGET_RECORD_LOADERS, PG_PARAMS(name->schema, name->table), err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    for (int row = 0; row < PQntuples(found); row++)
        arena_add_text(arena, jobs, arena_copy_text(arena, pg_value(found, row, "job")));
    return true;
}

bool target_loads_mark(struct pg *pg, struct arena *arena, struct target_loads *loads, struct err *err)
{
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_TARGET_LOADS_MARK, PG_NO_PARAMS, err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    *loads = (struct target_loads){pg_integer(found, 0, "last_run_id"), pg_copy(found, 0, "running", arena)};
    return true;
}

bool target_loads_find_since(struct pg *pg, const struct target_name *name, const struct target_loads *loads,
                             struct arena *arena, struct target_load *load, struct err *err)
{
    char last_run_id[24];
    snprintf(last_run_id, sizeof last_run_id, "%" PRId64, loads->last_run_id);
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_TARGET_LOADS_SINCE,
                               PG_PARAMS(name->schema, name->table, last_run_id, loads->running), err);
    *load = (struct target_load){0};
    if (!found)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(found) > 0)
        *load = (struct target_load){pg_integer(found, 0, "run_id"), pg_copy(found, 0, "job", arena),
                                     pg_copy(found, 0, "contract_number", arena)};
    return true;
}

bool target_record_find_rows(struct pg *pg, const char *run_ids, struct arena *arena,
                             struct target_record_rows *rows, struct err *err)
{
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_TARGET_RECORD_ROWS, PG_PARAMS(run_ids), err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    *rows = (struct target_record_rows){
        .tables = pg_count(found, 0, "tables"),
        .name = {arena_copy_text(arena, pg_value(found, 0, "schema")),
                 arena_copy_text(arena, pg_value(found, 0, "table"))},
        .rows_read = pg_count(found, 0, "rows_read"),
    };
    return true;
}
