/* stage.h, the part that handles the staging table. */
#include "base/text.h"
#include "load/event_trigger.h"
#include "load/proof.h"
#include "load/row_copy.h"
#include "load/stage_inner.h"
#include "sql/statements.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy_statement(const struct stage *stage)
{
    const struct target *target = stage->target;
    struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "copy %s (", stage->name);
    for (size_t i = 0; i < target->count; i++) {
        pg_put_identifier(&sql, target->columns[i].name);
        buf_put(&sql, ", ");
    }
    buf_put(&sql, "_row_key) from stdin (format binary)");
    return buf_take(&sql);
}

/* Takes the lock that shows that the session of a distributed stage is alive: see stage_abandoned.c. */
static bool take_alive_lock(const struct stage *stage, struct err *err)
{
    SCOPED(pg_result)
    PGresult *taken = pg_query(stage->pg, SQL_STAGE_LOCK, PG_PARAMS(pg_nonce(stage->pg)), err);
    return taken != NULL;
}

static void put_name(const struct stage *stage, const char *kind, char out[static STAGE_NAME])
{
    SCOPED(buf) struct buf schema = buf_make(BUF_OWN_TEXT);
    pg_put_identifier(&schema, stage->target->schema);
    snprintf(out, STAGE_NAME, "%s.tokenflex_%s_%s", buf_text(&schema), kind, pg_nonce(stage->pg));
}

/* A target that does not exist yet is not joined with the stage, so the stage need not be distributed. */
static const char *wanted_distribution(const struct stage *stage)
{
    return stage->target->exists ? target_distribution(stage->target) : NULL;
}

static void choose_names(struct stage *stage)
{
    stage->distribution = wanted_distribution(stage);
    if (stage->distribution) {
        put_name(stage, "stage", stage->name);
        put_name(stage, "difference", stage->difference);
        return;
    }
    snprintf(stage->name, sizeof stage->name, "pg_temp.tokenflex_stage_%s", pg_nonce(stage->pg));
    snprintf(stage->difference, sizeof stage->difference, "pg_temp.tokenflex_difference");
}

/* The contract is the same in every row, so the column has a default and rows are sent without it. Its
 * collation is the target's, since Citus compares collations too. */
static void put_contract(const struct stage *stage, struct buf *sql)
{
    const char *collation = stage->target->placement.collation;
    buf_put(sql, ", contract_number text");
    if (collation)
        buf_print(sql, " collate %s", collation);
    buf_put(sql, " not null default ");
    pg_put_literal(sql, stage->contract);
}

/* The key is the first column: most reads of the stage need only the key. */
static void put_create(const struct stage *stage, struct buf *sql)
{
    const struct target *target = stage->target;
    buf_print(sql, "create %stable %s (_row_key uuid", stage->distribution ? "unlogged " : "", stage->name);
    if (stage->distribution && target_is_distributed_by_contract(target))
        put_contract(stage, sql);
    for (size_t i = 0; i < target->count; i++) {
        buf_put(sql, ", ");
        pg_put_identifier(sql, target->columns[i].name);
        buf_print(sql, " %s", column_type_name(stage->types[i]));
    }
    buf_put(sql, ")");
}

static bool distribute(const struct stage *stage, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    target_put_name(stage->target, &name);
    target_put_distribute(stage->name, stage->distribution, buf_text(&name), &sql);
    return pg_exec(stage->pg, buf_text(&sql), err);
}

bool stage_create_table(struct stage *stage, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    choose_names(stage);
    buf_print(&sql, "drop table if exists %s; ", stage->name);
    put_create(stage, &sql);
    if ((stage->distribution && !take_alive_lock(stage, err)) || !pg_exec(stage->pg, buf_text(&sql), err)) {
        (void)event_trigger_explain(buf_text(&sql), err);
        return err_wrap(err, "cannot create the %sstage table", stage->distribution ? "" : "temporary ");
    }
    free(stage->copy_sql);
    stage->copy_sql = copy_statement(stage);
    return !stage->distribution || distribute(stage, err) ||
           err_wrap(err, "cannot distribute the stage table");
}

void stage_drop_table(const struct stage *stage)
{
    struct err ignored;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "drop table if exists %s", stage->name);
    if (stage->copy_sql && !pg_is_lost(stage->pg) && !pg_exec(stage->pg, buf_text(&sql), &ignored))
        err_clear(&ignored); /* the session's end drops it, or a later run */
}

static bool has_all_rows(const struct stage *stage, bool *has, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "select count(*) as rows from %s", stage->name);
    SCOPED(pg_result) PGresult *counted = pg_query(stage->pg, buf_text(&sql), PG_NO_PARAMS, err);
    *has = counted && pg_count(counted, 0, "rows") == stage->rows_confirmed;
    return counted != NULL;
}

static bool has_shards_of_target(const struct stage *stage, bool *has, struct err *err)
{
    const struct target *target = stage->target;
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    target_put_name(target, &name);
    SCOPED(pg_result)
    PGresult *found = pg_query(stage->pg, SQL_CITUS_COLOCATED, PG_PARAMS(buf_text(&name), stage->name), err);
    *has = found && pg_flag(found, 0, "are_colocated");
    return found != NULL;
}

static bool move_rows(const struct stage *stage, const char *from, struct err *err)
{
    const struct target *target = stage->target;
    SCOPED(buf) struct buf columns = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&columns, "_row_key");
    for (size_t i = 0; i < target->count; i++) {
        buf_put(&columns, ", ");
        pg_put_identifier(&columns, target->columns[i].name);
    }
    buf_print(&sql, "insert into %s (%s) select %s from %s; drop table %s", stage->name, buf_text(&columns),
              buf_text(&columns), from, from);
    return pg_exec(stage->pg, buf_text(&sql), err) || err_wrap(err, "cannot move the staged rows");
}

bool stage_change_placement(struct stage *stage, struct err *err)
{
    char from[STAGE_NAME];
    /* Both are NULL or constants of the same table, so it is enough to compare their addresses. */
    if (stage->file || stage->distribution == wanted_distribution(stage))
        return true;
    if (!stage_change_types(stage, err))
        return false;
    for (size_t i = 0; i < stage->target->count; i++)
        stage->types[i] = stage->target->columns[i].type;
    snprintf(from, sizeof from, "%s", stage->name);
    return stage_create_table(stage, err) && move_rows(stage, from, err);
}

bool stage_check_nodes(const struct stage *stage, struct err *err)
{
    bool has;
    const struct target *target = stage->target;
    if (!stage->distribution)
        return true;
    if (!has_shards_of_target(stage, &has, err))
        return false;
    if (!has)
        return err_set(err, ERR_LATER, "table %s.%s was distributed in another way while it was being loaded",
                       target->schema, target->table);
    if (!has_all_rows(stage, &has, err))
        return false;
    return has || pg_give_up(stage->pg, "a node of the cluster has lost rows that were staged", err);
}

static bool copy_out_of_file(struct stage *stage, struct err *err)
{
    uint64_t rows;
    SCOPED(row_frame) struct row_frame frame = row_frame_make();
    if (!row_copy(stage->file, &frame, stage->copy_sql, stage->pg, &rows, err))
        return err_wrap(err, "cannot copy into the stage table");
    return rows == stage->rows_filed ||
           err_set(err, ERR_BUG, "%" PRIu64 " rows were kept in a file, %" PRIu64 " came out of it",
                   stage->rows_filed, rows);
}

bool stage_move_to_table(struct stage *stage, struct err *err)
{
    if (!stage->file)
        return true;
    if (!stage_create_table(stage, err) || !copy_out_of_file(stage, err))
        return false;
    row_file_release(stage->file);
    stage->file = NULL;
    stage->rows_confirmed = stage->rows_filed;
    return true;
}

bool stage_fits(const struct stage *stage)
{
    for (size_t i = 0; stage->file && i < stage->target->count; i++)
        if (stage->types[i] != stage->target->columns[i].type)
            return false;
    return stage->file != NULL;
}

/* Appends the change of a column whose type in the stage differs from the target's. The stage's type is read
 * from the database, because a rollback may have undone an earlier change. */
static bool retype(struct stage *stage, const char *name, const char *type_name, struct buf *sql,
                   struct err *err)
{
    const struct target *target = stage->target;
    for (size_t i = 0; i < target->count; i++) {
        const struct target_column *column = &target->columns[i];
        enum column_type type;
        if (strcmp(column->name, name) != 0)
            continue;
        if (!column_type_parse(type_name, &type))
            return err_set(err, ERR_BUG, "the stage has a column %s of type %s", name, type_name);
        if (type == column->type)
            continue;
        if (sql->length > 0)
            buf_put(sql, ", ");
        else
            buf_print(sql, "alter table %s ", stage->name);
        target_put_retype(column, type, sql);
    }
    return true;
}

bool stage_change_types(struct stage *stage, struct err *err)
{
    if (stage_fits(stage))
        return true;
    if (!stage_move_to_table(stage, err))
        return false;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(pg_result) PGresult *columns = pg_query(stage->pg, SQL_STAGE_COLUMNS, PG_PARAMS(stage->name), err);
    if (!columns)
        return false;
    for (int row = 0; row < PQntuples(columns); row++)
        if (!retype(stage, pg_value(columns, row, "name"), pg_value(columns, row, "type"), &sql, err))
            return false;
    return sql.length == 0 || pg_exec(stage->pg, buf_text(&sql), err) ||
           err_wrap(err, "cannot widen the stage table");
}

static const struct target_column *column_of(const struct target *target, const char *api_name)
{
    for (size_t i = 0; i < target->count; i++)
        if (text_same_name(target->columns[i].api_name, api_name))
            return &target->columns[i];
    return NULL;
}

bool stage_remove_part(struct stage *stage, const char *date_name, const struct window *part, uint64_t keep,
                       struct err *err)
{
    struct window_days days;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    const struct target_column *column = column_of(stage->target, date_name);
    window_put_days(part, &days);
    if (!stage_move_to_table(stage, err))
        return false;
    if (!column)
        return err_set(err, ERR_DATA, "the result has no column %s, which was requested", date_name);
    buf_print(&sql, "delete from %s where ", stage->name);
    pg_put_identifier(&sql, column->name);
    buf_put(&sql, " >= $1::date and ");
    pg_put_identifier(&sql, column->name);
    buf_put(&sql, " < $2::date");
    SCOPED(pg_result)
    PGresult *deleted = pg_query(stage->pg, buf_text(&sql), PG_PARAMS(days.from, days.to), err);
    if (!deleted)
        return err_wrap(err, "cannot take rows back from the stage table");
    stage->rows_confirmed -= pg_rows_affected(deleted);
    stage->rows_added = stage->rows_confirmed;
    proof_restore(stage->proof);
    return stage->rows_confirmed == keep ||
           err_set(err, ERR_DATA, "a result has rows of other days than %s to %s, which were requested",
                   days.from, days.to);
}
