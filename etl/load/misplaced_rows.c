#include "load/misplaced_rows.h"

#include "base/readable.h"
#include "load/difference.h"

#include <inttypes.h>

/* At most this many keys are in the statement, so that the whole of it is in the message; the next load
 * reports further ones. */
#define MAX_KEYS "10"

static void put_is_dateless(const struct load_scope *scope, struct statement *statement)
{
    statement_put(statement, " and t.");
    statement_put_identifier(statement, scope->target->columns[scope->target->day].name);
    statement_put(statement, " is null");
}

static void put_search(const struct load_scope *scope, bool only_dateless, struct statement *statement)
{
    statement_put(statement, "select t.contract_number, t._row_key, count(*) over () as rows from ");
    scope_put_table(scope, statement);
    statement_put(statement, " join ");
    statement_put(statement, scope->difference);
    statement_put(statement, " d on d._row_key = t._row_key where d.change = '" DIFFERENCE_NEW "' and (");
    scope_put(scope, statement);
    statement_put(statement, ") is not true");
    if (only_dateless)
        put_is_dateless(scope, statement);
    statement_put(statement, " limit " MAX_KEYS);
}

static void put_deletion(const struct target *target, const PGresult *found, struct buf *sql)
{
    buf_put(sql, "delete from ");
    target_put_name(target, sql);
    buf_put(sql, " where _row_key in (");
    for (int row = 0; row < PQntuples(found); row++)
        buf_print(sql, "%s'%s'", row ? ", " : "", pg_value(found, row, "_row_key"));
    buf_put(sql, ")");
}

/* The condition of the scope's rows, as text that a user can execute. */
static void put_rows_of_scope(const struct load_scope *scope, struct buf *sql)
{
    const struct target *target = scope->target;
    buf_put(sql, "contract_number = ");
    pg_put_literal(sql, scope->contract);
    if (!scope->days->from)
        return;
    buf_put(sql, " and ");
    pg_put_identifier(sql, target->windowed ? "window_start" : target->columns[target->day].name);
    buf_print(sql, " >= '%s' and ", scope->days->from);
    pg_put_identifier(sql, target->windowed ? "window_end" : target->columns[target->day].name);
    buf_print(sql, " %s '%s'", target->windowed ? "<=" : "<", scope->days->to);
}

static void put_keyless_deletion(const struct load_scope *scope, struct buf *sql)
{
    buf_put(sql, "delete from ");
    target_put_name(scope->target, sql);
    buf_put(sql, " where _row_key is null and ");
    put_rows_of_scope(scope, sql);
}

/* All rows of the contract without a date. */
static void put_dateless_deletion(const struct load_scope *scope, struct buf *sql)
{
    const struct target *target = scope->target;
    buf_put(sql, "delete from ");
    target_put_name(target, sql);
    buf_put(sql, " where contract_number = ");
    pg_put_literal(sql, scope->contract);
    buf_put(sql, " and ");
    pg_put_identifier(sql, target->columns[target->day].name);
    buf_put(sql, " is null");
}

/* All rows of the scope whose key comes more than once. */
static void put_repeated_deletion(const struct load_scope *scope, struct buf *sql)
{
    buf_put(sql, "delete from ");
    target_put_name(scope->target, sql);
    buf_put(sql, " where ");
    put_rows_of_scope(scope, sql);
    buf_put(sql, " and _row_key in (select _row_key from ");
    target_put_name(scope->target, sql);
    buf_put(sql, " where ");
    put_rows_of_scope(scope, sql);
    buf_put(sql, " group by _row_key having count(*) > 1)");
}

bool misplaced_rows_refuse_keyless(const struct load_scope *scope, uint64_t rows, struct err *err)
{
    const struct target *target = scope->target;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (rows == 0)
        return true;
    put_keyless_deletion(scope, &sql);
    err_set(err, ERR_DATA,
            "table %s.%s has %" PRIu64
            " row%s of contract %s whose _row_key is null, so that no load can find "
            "%s",
            target->schema, target->table, rows, readable_plural(rows), scope->contract,
            rows == 1 ? "it" : "them");
    buf_put(&sql, "; alter table ");
    target_put_name(target, &sql);
    return err_hint(err,
                    "they were changed by hand; after these statements the job loads them: %s alter column "
                    "_row_key set not null",
                    buf_text(&sql));
}

static bool refuse_found(const struct load_scope *scope, const PGresult *found, const struct buf *deletion,
                         struct err *err)
{
    const struct target *target = scope->target;
    uint64_t rows = pg_count(found, 0, "rows");
    err_set(err, ERR_DATA,
            "table %s.%s has %" PRIu64
            " row%s with the _row_key of a row of contract %s, but of another contract "
            "or window, or without a date (the first: contract_number '%s')",
            target->schema, target->table, rows, readable_plural(rows), scope->contract,
            pg_value(found, 0, "contract_number"));
    return err_hint(err,
                    "they were changed by hand: delete them with this statement, and the job loads the right "
                    "rows: %s",
                    buf_text(deletion));
}

bool misplaced_rows_explain(const struct load_scope *scope, struct pg *pg, struct err *err)
{
    SCOPED(statement) struct statement search = statement_make();
    put_search(scope, false, &search);
    SCOPED(pg_result) PGresult *found = statement_run(&search, pg, err);
    if (!found || PQntuples(found) == 0)
        return false;
    SCOPED(buf) struct buf deletion = buf_make(BUF_OWN_TEXT);
    put_deletion(scope->target, found, &deletion);
    return refuse_found(scope, found, &deletion, err);
}

bool misplaced_rows_has_dateless(const struct load_scope *scope, struct pg *pg, bool *has, struct err *err)
{
    const struct target *target = scope->target;
    SCOPED(statement) struct statement search = statement_make();
    *has = false;
    if (target->windowed || !scope->days->from || target->day == target->count || !target_key_has_day(target))
        return true;
    /* Not `exists`: the nodes of a cluster would send every row of it to the coordinator. */
    statement_put(&search, "select 1 from ");
    scope_put_table(scope, &search);
    statement_put(&search, " where t.contract_number = ");
    statement_put_value(&search, scope->contract, "text");
    put_is_dateless(scope, &search);
    statement_put(&search, " limit 1");
    SCOPED(pg_result) PGresult *found = statement_run(&search, pg, err);
    *has = found && PQntuples(found) > 0;
    return found || err_wrap(err, "cannot read table %s.%s", target->schema, target->table);
}

/* The rows of the contract without a date; another job may have loaded some of them. */
static bool count_dateless(const struct load_scope *scope, struct pg *pg, uint64_t *rows, struct err *err)
{
    SCOPED(statement) struct statement count = statement_make();
    statement_put(&count, "select count(*) as rows from ");
    scope_put_table(scope, &count);
    statement_put(&count, " where t.contract_number = ");
    statement_put_value(&count, scope->contract, "text");
    put_is_dateless(scope, &count);
    SCOPED(pg_result) PGresult *found = statement_run(&count, pg, err);
    *rows = found ? pg_count(found, 0, "rows") : 0;
    return found != NULL;
}

bool misplaced_rows_refuse_dateless(const struct load_scope *scope, struct pg *pg, struct err *err)
{
    bool has;
    if (!misplaced_rows_has_dateless(scope, pg, &has, err))
        return false;
    if (!has)
        return true;
    SCOPED(statement) struct statement search = statement_make();
    put_search(scope, true, &search);
    SCOPED(pg_result) PGresult *found = statement_run(&search, pg, err);
    if (!found || PQntuples(found) == 0)
        return found != NULL;
    SCOPED(buf) struct buf deletion = buf_make(BUF_OWN_TEXT);
    uint64_t dateless;
    if (!count_dateless(scope, pg, &dateless, err))
        return false;
    if (dateless == pg_count(found, 0, "rows"))
        put_dateless_deletion(scope, &deletion);
    else
        put_deletion(scope->target, found, &deletion);
    return refuse_found(scope, found, &deletion, err);
}

static void put_search_twice(const struct load_scope *scope, struct statement *statement)
{
    statement_put(statement, "select t._row_key, count(*) over () as keys from ");
    scope_put_table(scope, statement);
    statement_put(statement, " where ");
    scope_put(scope, statement);
    statement_put(statement, " group by t._row_key having count(*) > 1 limit 1");
}

bool misplaced_rows_explain_twice(const struct load_scope *scope, struct pg *pg, struct err *err)
{
    struct err none;
    const struct target *target = scope->target;
    SCOPED(buf) struct buf deletion = buf_make(BUF_OWN_TEXT);
    SCOPED(statement) struct statement search = statement_make();
    put_search_twice(scope, &search);
    SCOPED(pg_result) PGresult *found = statement_run(&search, pg, &none);
    if (!found || PQntuples(found) == 0)
        return false;
    uint64_t keys = pg_count(found, 0, "keys");
    put_repeated_deletion(scope, &deletion);
    err_set(err, ERR_DATA,
            "table %s.%s has more than one row of contract %s for %s%" PRIu64
            " key%s (the first: _row_key '%s'), and the job loads one row for each",
            target->schema, target->table, scope->contract, keys == 1 ? "" : "each of ", keys,
            readable_plural(keys), pg_value(found, 0, "_row_key"));
    err_hint(err,
             "rows were added by hand, or the table's unique index is gone; after this statement the job "
             "loads them once: %s",
             buf_text(&deletion));
    return true;
}
