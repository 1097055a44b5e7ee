#include "load/written.h"

#include "load/lost_rows.h"

#include <inttypes.h>
#include <stdio.h>

/* Counts the rows that differ, and for each column in how many rows it differs. */
static void put_comparison(const struct load_scope *scope, const char *run_id, struct statement *statement)
{
    const struct target *target = scope->target;
    statement_put(statement, "select count(*) as rows");
    for (size_t i = 0; i < target->count; i++) {
        statement_put(statement, ", count(*) filter (where ");
        scope_put_compared(&target->columns[i], statement);
        statement_put(statement, " is distinct from s.");
        statement_put_identifier(statement, target->columns[i].name);
        buf_print(&statement->sql, ") as differs_%zu", i);
    }
    statement_put(statement, " from ");
    scope_put_table(scope, statement);
    statement_put(statement, " join ");
    statement_put(statement, scope->stage);
    statement_put(statement, " s on ");
    scope_put_same_key(scope, "s", "t", statement);
    statement_put(statement, " where ");
    scope_put(scope, statement);
    if (target->job->target.mode == JOB_APPEND) {
        statement_put(statement, " and t._run_id = ");
        statement_put_value(statement, run_id, "bigint");
    }
    statement_put(statement, " and ");
    scope_put_is_distinct(scope, statement);
}

static bool refuse(const struct target *target, const PGresult *found, struct err *err)
{
    char name[32];
    SCOPED(buf) struct buf columns = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < target->count; i++) {
        snprintf(name, sizeof name, "differs_%zu", i);
        if (pg_count(found, 0, name) > 0)
            buf_print(&columns, "%s%s", columns.length ? ", " : "", target->columns[i].name);
    }
    err_set(err, ERR_DATA,
            "table %s.%s would not hold what the service has answered: rows that have other values than were "
            "written: %" PRIu64 ", in %s",
            target->schema, target->table, pg_count(found, 0, "rows"), buf_text(&columns));
    return err_hint(err, "nothing was loaded");
}

bool written_check(const struct load_scope *scope, const char *run_id, struct pg *pg, struct err *err)
{
    bool has_triggers;
    const struct target *target = scope->target;
    SCOPED(statement) struct statement statement = statement_make();
    if (!target_has_triggers(target, pg, &has_triggers, err))
        return false;
    if (!has_triggers)
        return true;
    put_comparison(scope, run_id, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    if (!found)
        return err_wrap(err, "cannot read table %s.%s", target->schema, target->table);
    return pg_count(found, 0, "rows") == 0 || refuse(target, found, err);
}
