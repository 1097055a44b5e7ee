#include "load/adoption.h"

#include "base/text.h"
#include "load/column_fit.h"
#include "sql/statements.h"

#include <string.h>

/* Whether the column has the same value in all rows of one key. */
static bool key_determines(const struct target *target, const char *name)
{
    bool is_window = text_equal(name, "window_start") || text_equal(name, "window_end");
    bool is_run = text_equal(name, "_run_id") && target->job->target.mode == JOB_APPEND;
    if (text_equal(name, "contract_number") || text_equal(name, "_row_key") || is_run ||
        (is_window && target->windowed))
        return true;
    for (size_t i = 0; i < target->count; i++)
        if (target->columns[i].in_key && text_equal(target->columns[i].name, name))
            return true;
    return false;
}

/* Whether the index has every column that makes up the key, or `_row_key`, which is the hash of the key. */
static bool has_whole_key(const struct target *target, const char *columns)
{
    if (text_has_line(columns, "_row_key"))
        return true;
    bool has = text_has_line(columns, "contract_number") &&
               (!target->windowed ||
                (text_has_line(columns, "window_start") && text_has_line(columns, "window_end")));
    for (size_t i = 0; i < target->count && has; i++)
        has = !target->columns[i].in_key || text_has_line(columns, target->columns[i].name);
    return has;
}

bool adoption_index_fits(const struct target *target, const char *columns)
{
    char name[JOB_COLUMN_NAME];
    if (target->job->target.mode == JOB_APPEND && !text_has_line(columns, "_run_id"))
        return false;
    for (const char *at = columns; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        if (length >= sizeof name)
            return false;
        memcpy(name, at, length);
        name[length] = '\0';
        if (!key_determines(target, name))
            return false;
    }
    return has_whole_key(target, columns);
}

void adoption_put_index(const struct target *target, struct buf *sql)
{
    const struct text_list *parts = &target->placement.key_columns;
    const char *lead = target_index_lead(target);
    buf_put(sql, "create unique index on ");
    target_put_name(target, sql);
    buf_put(sql, " (");
    for (size_t i = 0; i < parts->count; i++) {
        pg_put_identifier(sql, parts->items[i]);
        buf_put(sql, ", ");
    }
    if (lead && !text_list_has(parts, lead)) {
        pg_put_identifier(sql, lead);
        buf_put(sql, ", ");
    }
    buf_print(sql, "_row_key%s%s) nulls not distinct",
              target_is_distributed_by_contract(target) ? ", contract_number" : "",
              target->job->target.mode == JOB_APPEND ? ", _run_id" : "");
}

static bool has_index(const struct target *target, const PGresult *indexes)
{
    for (int row = 0; row < PQntuples(indexes); row++)
        if (pg_flag(indexes, row, "tell_all") &&
            adoption_index_fits(target, pg_value(indexes, row, "columns")))
            return true;
    return false;
}

bool adoption_find_index(const struct target *target, struct pg *pg, bool *found, struct err *err)
{
    SCOPED(pg_result)
    PGresult *indexes = pg_query(pg, SQL_ADOPTION_INDEXES, PG_PARAMS(target->schema, target->table), err);
    *found = indexes && has_index(target, indexes);
    return indexes != NULL;
}

static void check_indexes(struct misfit *misfit, const PGresult *indexes)
{
    if (has_index(misfit->target, indexes))
        return;
    misfit_begin(misfit);
    buf_put(&misfit->words, "it has no unique index on the key");
    adoption_put_index(misfit->target, &misfit->statements);
}

/* If the key does not determine a column of the partition key, no unique index prevents two rows with the
 * same key in two partitions. */
static bool check_partition_key(const struct target *target, struct err *err)
{
    const struct placement *placement = &target->placement;
    bool determines_all = placement->key_columns.count > 0;
    for (size_t i = 0; i < placement->key_columns.count; i++)
        determines_all &= key_determines(target, placement->key_columns.items[i]);
    if (determines_all || !placement->is_declared)
        return true;
    err_set(
        err, ERR_CONFIG,
        "table %s.%s, which was not made by tokenflex-etl, is partitioned by %s, which is not part of the "
        "key: two rows of one key could be in two partitions",
        target->schema, target->table, placement->key);
    return err_hint(err, "partition it by columns of the key, such as the window's date, or give the job "
                         "another target.table");
}

static bool has_rows(const struct target *target, struct pg *pg, bool *has, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    /* Not `exists`: the nodes of a cluster would send every row to the coordinator. */
    buf_put(&sql, "select 1 from ");
    target_put_name(target, &sql);
    buf_put(&sql, " limit 1");
    SCOPED(pg_result) PGresult *found = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    *has = found && PQntuples(found) > 0;
    return found || err_wrap(err, "cannot read table %s.%s", target->schema, target->table);
}

static bool refuse_rows(const struct target *target, struct err *err)
{
    err_set(err, ERR_CONFIG, "table %s.%s exists and was not made by tokenflex-etl, and it has rows",
            target->schema, target->table);
    return err_hint(
        err, "give the job another target.table, or rename the table that is there; only an empty "
             "table is taken over. If a backup was restored: restore the schema tokenflex_etl from the "
             "same backup");
}

static bool refuse(const struct misfit *misfit, struct err *err)
{
    const struct target *target = misfit->target;
    err_set(err, ERR_CONFIG, "table %s.%s exists and was not made by tokenflex-etl, and it does not fit: %s",
            target->schema, target->table, buf_text(&misfit->words));
    return err_hint(err, "%s; or give the job another target.table", buf_text(&misfit->statements));
}

static bool check_shape(const struct target *target, const PGresult *columns, struct pg *pg, struct err *err)
{
    SCOPED(misfit) struct misfit misfit = misfit_make(target);
    SCOPED(pg_result)
    PGresult *indexes = pg_query(pg, SQL_ADOPTION_INDEXES, PG_PARAMS(target->schema, target->table), err);
    if (!indexes)
        return err_wrap(err, "cannot read the indexes of table %s.%s", target->schema, target->table);
    column_fit_find(&misfit, columns);
    check_indexes(&misfit, indexes);
    return misfit.words.length == 0 || refuse(&misfit, err);
}

bool adoption_check(const struct target *target, const PGresult *columns, struct pg *pg, struct err *err)
{
    bool has;
    return has_rows(target, pg, &has, err) && (!has || refuse_rows(target, err)) &&
           check_partition_key(target, err) && check_shape(target, columns, pg, err);
}
