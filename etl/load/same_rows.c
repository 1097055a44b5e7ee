#include "load/same_rows.h"

#include "sql/statements.h"

/* Whether the last load of contract and window has left these figures in the table. */
static bool had_figures(const struct load_scope *scope, const struct figures *received, struct pg *pg,
                        bool *had, struct err *err)
{
    const struct target *target = scope->target;
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    figures_put_lines(received, target, &lines);
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_RUN_HAS_FIGURES,
                               PG_PARAMS(target->schema, target->table, scope->contract, scope->days->from,
                                         scope->days->to, buf_text(&lines)),
                               err);
    *had = found && PQntuples(found) > 0 && pg_flag(found, 0, "has_figures");
    return found != NULL || err_wrap(err, "cannot read the run table");
}

/*
 * Appends the number of rows and the sum of their checksums. PostgreSQL's hash_record_extended() adds up the
 * hashes of a row's columns. If these were added up over the rows, values that are exchanged between rows
 * would not change the sum. So the hash of a row is hashed once more.
 */
static void put_sums(const struct load_scope *scope, const char *prefix, const char *run_id,
                     struct statement *statement)
{
    const struct target *target = scope->target;
    buf_print(&statement->sql,
              "select count(*) as rows, sum(hashtextextended(hash_record_extended(row(%s_row_key", prefix);
    for (size_t i = 0; i < target->count; i++) {
        buf_print(&statement->sql, ", %s", prefix);
        statement_put_identifier(statement, target->columns[i].name);
        statement_put(statement, target->columns[i].type == COLUMN_TEXT ? " collate \"C\"" : "");
    }
    statement_put(statement, "), ");
    statement_put_value(statement, run_id, "bigint");
    statement_put(statement, ")::text, 0)) as checksums from ");
}

static void put_comparison(const struct load_scope *scope, const char *run_id, struct statement *statement)
{
    statement_put(statement, "select stage.rows = scope.rows and "
                             "stage.checksums is not distinct from scope.checksums as are_same from (");
    put_sums(scope, "s.", run_id, statement);
    statement_put(statement, scope->stage);
    statement_put(statement, " s) stage, (");
    put_sums(scope, "t.", run_id, statement);
    scope_put_table(scope, statement);
    statement_put(statement, " where ");
    scope_put(scope, statement);
    statement_put(statement, ") scope");
}

bool same_rows_find(const struct load_scope *scope, const struct figures *received, const char *run_id,
                    struct pg *pg, bool *same, struct err *err)
{
    bool likely;
    const struct target *target = scope->target;
    *same = false;
    if (received->rows < SAME_ROWS_MIN || target_distribution(target))
        return true;
    if (!had_figures(scope, received, pg, &likely, err))
        return false;
    if (!likely)
        return true;
    SCOPED(statement) struct statement statement = statement_make();
    put_comparison(scope, run_id, &statement);
    SCOPED(pg_result) PGresult *compared = statement_run(&statement, pg, err);
    *same = compared && pg_flag(compared, 0, "are_same");
    return compared != NULL ||
           err_wrap(err, "cannot compare with table %s.%s", target->schema, target->table);
}
