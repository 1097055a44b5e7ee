#include "load/difference.h"

#include "sql/statements.h"

/* The savepoint to which a second comparison returns, and the new name of the first difference. */
#define SAVEPOINT "tokenflex_compared"
#define FIRST_DIFFERENCE "tokenflex_first_difference"

/* A column of the counts: whether a changed row of the table has no value in the column that leads the
 * index. */
#define SOME_LEAD_IS_NULL "count(*) filter (where lead is null and change = '" DIFFERENCE_CHANGED "') > 0"

/* If fewer than one in this many rows are needed, they are found by the index. */
#define MIN_ROWS_TO_COMPARE 50

static bool has_lead(const struct target *target)
{
    return target->lead < target->count;
}

static void put_lead(struct statement *statement, const struct target *target)
{
    if (!has_lead(target))
        return;
    const char *lead = target->columns[target->lead].name;
    statement_put(statement, ", case when t._row_key is null then s.");
    statement_put_identifier(statement, lead);
    statement_put(statement, " else t.");
    statement_put_identifier(statement, lead);
    statement_put(statement, " end as lead");
}

/* For a row that both sides have: the stage's values. */
static void put_values(struct statement *statement, const struct target *target)
{
    for (size_t i = 0; i < target->count; i++) {
        statement_put(statement, ", case when t._row_key is not null then s.");
        statement_put_identifier(statement, target->columns[i].name);
        buf_print(&statement->sql, " end as value_%zu", i);
    }
}

void difference_put_values(const struct load_scope *scope, struct statement *statement)
{
    for (size_t i = 0; i < scope->target->count; i++)
        buf_print(&statement->sql, "%sd.value_%zu", i ? ", " : "", i);
}

/* The table's rows that may match rows of the stage, or may have vanished. */
static void put_scope_rows(struct statement *statement, const struct load_scope *scope)
{
    const struct target *target = scope->target;
    statement_put(statement, "(select * from ");
    scope_put_table(scope, statement);
    statement_put(statement, " where (");
    scope_put(scope, statement);
    statement_put(statement, ")");
    if (!target_key_has_day(target)) {
        statement_put(statement, " or (t.contract_number = ");
        statement_put_value(statement, scope->contract, "text");
        statement_put(statement, " and t._row_key in (select _row_key from ");
        statement_put(statement, scope->stage);
        statement_put(statement, "))");
    }
    statement_put(statement, ") t");
}

static void put_comparison(struct statement *statement, const struct load_scope *scope,
                           const struct comparable *comparable, const struct restatement *restatement)
{
    const struct target *target = scope->target;
    statement_put(statement, "create temporary table " DIFFERENCE_TABLE " on commit drop as "
                             "select coalesce(s._row_key, t._row_key) as _row_key");
    put_lead(statement, target);
    put_values(statement, target);
    if (comparable->by_day)
        comparable_put_column(comparable, target, statement);
    if (restatement->is_possible)
        restatement_put_columns(restatement, scope, statement);
    statement_put(statement, ", case when t._row_key is null then '" DIFFERENCE_NEW
                             "' when s._row_key is null then '" DIFFERENCE_VANISHED
                             "' else '" DIFFERENCE_CHANGED "' end::\"char\" as change from ");
    statement_put(statement, scope->stage);
    statement_put(statement, " s full join ");
    put_scope_rows(statement, scope);
    statement_put(statement,
                  " on t._row_key = s._row_key where t._row_key is null or s._row_key is null or (");
    scope_put_columns(scope, "t.", statement);
    statement_put(statement, ") is distinct from (");
    scope_put_columns(scope, "s.", statement);
    statement_put(statement, ")");
}

static bool count_changes(const struct load_scope *scope, const struct comparable *comparable,
                          const struct restatement *restatement, struct pg *pg, struct difference *difference,
                          struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    const char *also = comparable->by_day ? " and comparable" : "";
    const char *some_lead_is_null = has_lead(scope->target) ? SOME_LEAD_IS_NULL : "false";
    *difference = (struct difference){0};
    buf_put(&sql, "select count(*) filter (where change = '" DIFFERENCE_NEW "') as new, "
                  "count(*) filter (where change = '" DIFFERENCE_CHANGED "') as changed, "
                  "count(*) filter (where change = '" DIFFERENCE_VANISHED "') as vanished, ");
    buf_print(&sql,
              "count(*) filter (where change = '" DIFFERENCE_NEW "'%s) as comparable_new, "
              "count(*) filter (where change = '" DIFFERENCE_VANISHED "'%s) as comparable_vanished, "
              "%s as some_lead_is_null, %s as restated from pg_temp." DIFFERENCE_TABLE,
              also, also, some_lead_is_null,
              restatement->is_possible ? "count(*) filter (where was or is_now)" : "0");
    SCOPED(pg_result) PGresult *counts = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    if (!counts)
        return false;
    difference->rows_new = pg_count(counts, 0, "new");
    difference->rows_changed = pg_count(counts, 0, "changed");
    difference->rows_vanished = pg_count(counts, 0, "vanished");
    difference->comparable_new = pg_count(counts, 0, "comparable_new");
    difference->comparable_vanished = pg_count(counts, 0, "comparable_vanished");
    difference->some_lead_is_null = pg_flag(counts, 0, "some_lead_is_null");
    difference->rows_restated = pg_count(counts, 0, "restated");
    return true;
}

static bool analyze_keys(const struct load_scope *scope, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "analyze %s (_row_key)", scope->stage);
    return pg_exec(pg, buf_text(&sql), err);
}

static bool make_difference(const struct load_scope *scope, const struct comparable *comparable,
                            const struct restatement *restatement, struct pg *pg, struct err *err)
{
    const struct target *target = scope->target;
    SCOPED(statement) struct statement statement = statement_make();
    put_comparison(&statement, scope, comparable, restatement);
    SCOPED(pg_result) PGresult *compared = statement_run(&statement, pg, err);
    return compared || err_wrap(err, "cannot compare with table %s.%s", target->schema, target->table);
}

bool difference_find(const struct load_scope *scope, const struct comparable *comparable,
                     const struct restatement *restatement, struct pg *pg, struct difference *difference,
                     struct err *err)
{
    return analyze_keys(scope, pg, err) && make_difference(scope, comparable, restatement, pg, err) &&
           pg_exec(pg, "analyze pg_temp." DIFFERENCE_TABLE " (_row_key, change)", err) &&
           count_changes(scope, comparable, restatement, pg, difference, err) &&
           pg_exec(pg, "savepoint " SAVEPOINT, err);
}

bool difference_has_changed(const struct load_scope *scope, struct pg *pg, bool *changed, struct err *err)
{
    static const struct comparable all_days;
    static const struct restatement none;
    if (!pg_exec(pg,
                 "rollback to savepoint " SAVEPOINT "; "
                 "alter table pg_temp." DIFFERENCE_TABLE " rename to " FIRST_DIFFERENCE,
                 err) ||
        !make_difference(scope, &all_days, &none, pg, err))
        return false;
    SCOPED(pg_result)
    PGresult *compared = pg_query(pg,
                                  "select exists (select from pg_temp." DIFFERENCE_TABLE
                                  " d full join pg_temp." FIRST_DIFFERENCE " f"
                                  " on f._row_key = d._row_key and f.change = d.change"
                                  " where d._row_key is null or f._row_key is null) as changed",
                                  PG_NO_PARAMS, err);
    *changed = compared && pg_flag(compared, 0, "changed");
    return compared != NULL;
}

void difference_put_same_row(const struct load_scope *scope, const struct difference *difference,
                             struct statement *statement)
{
    const struct target *target = scope->target;
    statement_put(statement, "t._row_key = d._row_key and t.contract_number = ");
    statement_put_value(statement, scope->contract, "text");
    if (target->placement.kind == PLACEMENT_PARTS && target->day < target->count &&
        target_key_has_day(target)) {
        statement_put(statement, " and ");
        scope_put(scope, statement);
    }
    if (!has_lead(target) || difference->some_lead_is_null)
        return;
    statement_put(statement, " and t.");
    statement_put_identifier(statement, target->columns[target->lead].name);
    statement_put(statement, " = d.lead");
}

bool difference_choose_plan(uint64_t rows, uint64_t scope_rows, struct pg *pg, struct err *err)
{
    bool are_few = rows < scope_rows / MIN_ROWS_TO_COMPARE;
    const char *by_index = are_few ? "on" : "off";
    const char *by_scan = are_few ? "off" : "on";
    SCOPED(pg_result) PGresult *set = pg_query(pg, SQL_LOAD_PLAN, PG_PARAMS(by_index, by_scan), err);
    return set != NULL;
}
