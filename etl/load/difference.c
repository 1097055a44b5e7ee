#include "load/difference.h"

#include "load/difference_inner.h"
#include "sql/statements.h"

/* The savepoint to which a second comparison rolls back, and the suffix of its table's name. */
#define SAVEPOINT "tokenflex_compared"
#define SECOND_DIFFERENCE "_2"

/* A column of the counts: whether a changed row of the table has no value in the column that leads the
 * index. */
#define SOME_LEAD_IS_NULL "count(*) filter (where lead is null and change = '" DIFFERENCE_CHANGED "') > 0"

/* If fewer than one in this many rows are needed, they are found by the index. */
#define MIN_ROWS_TO_COMPARE 50

/* A server compares this many pairs of rows within a tenth of a second. */
#define PAIRS_WITHOUT_INDEX 1000000

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

void difference_put_comparison(const struct load_scope *scope, const struct comparable *comparable,
                               const struct restatement *restatement, struct statement *statement)
{
    const struct target *target = scope->target;
    statement_put(statement, "select coalesce(s._row_key, t._row_key) as _row_key");
    if (target_is_distributed_by_contract(target))
        statement_put(statement, ", coalesce(s.contract_number, t.contract_number) as contract_number");
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
    statement_put(statement, " on ");
    scope_put_same_key(scope, "t", "s", statement);
    statement_put(statement, " where t._row_key is null or s._row_key is null or ");
    scope_put_is_distinct(scope, statement);
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
              "count(*) filter (where _row_key is null) as without_key, "
              "%s as some_lead_is_null, %s as restated from %s",
              also, also, some_lead_is_null,
              restatement->is_possible ? "count(*) filter (where was or is_now)" : "0", scope->difference);
    SCOPED(pg_result) PGresult *counts = pg_query(pg, buf_text(&sql), PG_NO_PARAMS, err);
    if (!counts)
        return false;
    difference->rows_new = pg_count(counts, 0, "new");
    difference->rows_changed = pg_count(counts, 0, "changed");
    difference->rows_vanished = pg_count(counts, 0, "vanished");
    difference->comparable_new = pg_count(counts, 0, "comparable_new");
    difference->comparable_vanished = pg_count(counts, 0, "comparable_vanished");
    difference->rows_without_key = pg_count(counts, 0, "without_key");
    difference->some_lead_is_null = pg_flag(counts, 0, "some_lead_is_null");
    difference->rows_restated = pg_count(counts, 0, "restated");
    return true;
}

/*
 * A temporary table is created and filled by one statement, or stays empty if there is no difference. A table
 * with shards is created empty first, with the shards of the target: then each node writes the rows that it
 * finds.
 */
enum filling { CREATE_FILLED, CREATE_EMPTY, FILL };

static void put_begin(const struct load_scope *scope, enum filling filling, struct statement *statement)
{
    if (filling == FILL)
        statement_put(statement, "insert into ");
    else
        statement_put(statement, target_distribution(scope->target) ? "create unlogged table "
                                                                    : "create temporary table ");
    statement_put(statement, scope->difference);
    if (filling == FILL)
        statement_put(statement, " ");
    else
        statement_put(statement, target_distribution(scope->target) ? " as " : " on commit drop as ");
}

static bool compare(const struct load_scope *scope, const struct comparable *comparable,
                    const struct restatement *restatement, enum filling filling, struct pg *pg,
                    struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    put_begin(scope, filling, &statement);
    difference_put_comparison(scope, comparable, restatement, &statement);
    if (filling == CREATE_EMPTY)
        statement_put(&statement, " with no data");
    SCOPED(pg_result) PGresult *compared = statement_run(&statement, pg, err);
    return compared != NULL;
}

static bool distribute(const struct load_scope *scope, struct pg *pg, struct err *err)
{
    const struct target *target = scope->target;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    target_put_name(target, &name);
    target_put_distribute(scope->difference, target_distribution(target), buf_text(&name), &sql);
    return pg_exec(pg, buf_text(&sql), err);
}

static bool make_difference(const struct load_scope *scope, const struct comparable *comparable,
                            const struct restatement *restatement, bool are_same, struct pg *pg,
                            struct err *err)
{
    const struct target *target = scope->target;
    bool has_shards = target_distribution(target) != NULL;
    bool made = compare(scope, comparable, restatement, are_same || has_shards ? CREATE_EMPTY : CREATE_FILLED,
                        pg, err);
    if (made && has_shards)
        made = distribute(scope, pg, err) && compare(scope, comparable, restatement, FILL, pg, err);
    return made || err_wrap(err, "cannot compare with table %s.%s", target->schema, target->table);
}

static bool analyze(const char *table, const char *columns, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "analyze %s (%s)", table, columns);
    return pg_exec(pg, buf_text(&sql), err);
}

bool difference_find(const struct load_scope *scope, const struct comparable *comparable,
                     const struct restatement *restatement, bool are_same, struct pg *pg,
                     struct difference *difference, struct err *err)
{
    return (are_same || analyze(scope->stage, "_row_key", pg, err)) &&
           make_difference(scope, comparable, restatement, are_same, pg, err) &&
           analyze(scope->difference, "_row_key, change", pg, err) &&
           count_changes(scope, comparable, restatement, pg, difference, err) &&
           pg_exec(pg, "savepoint " SAVEPOINT, err);
}

bool difference_has_changed(const struct load_scope *scope, struct pg *pg, bool *changed, struct err *err)
{
    static const struct comparable all_days;
    static const struct restatement none;
    struct load_scope second = *scope;
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    SCOPED(statement) struct statement statement = statement_make();
    buf_print(&name, "%s" SECOND_DIFFERENCE, scope->difference);
    second.difference = buf_text(&name);
    if (!pg_exec(pg, "rollback to savepoint " SAVEPOINT, err) ||
        !make_difference(&second, &all_days, &none, false, pg, err))
        return false;
    buf_print(&statement.sql, "select exists (select 1 from %s d full join %s f on ", second.difference,
              scope->difference);
    scope_put_same_key(scope, "f", "d", &statement);
    statement_put(&statement,
                  " and f.change = d.change where d._row_key is null or f._row_key is null) as changed");
    SCOPED(pg_result) PGresult *compared = statement_run(&statement, pg, err);
    *changed = compared && pg_flag(compared, 0, "changed");
    return compared != NULL;
}

void difference_put_same_row(const struct load_scope *scope, const struct difference *difference,
                             struct statement *statement)
{
    const struct target *target = scope->target;
    scope_put_same_key(scope, "t", "d", statement);
    statement_put(statement, " and ");
    if (target_key_has_day(target)) {
        scope_put(scope, statement);
    } else {
        statement_put(statement, "t.contract_number = ");
        statement_put_value(statement, scope->contract, "text");
    }
    if (!has_lead(target) || difference->some_lead_is_null)
        return;
    statement_put(statement, " and t.");
    statement_put_identifier(statement, target->columns[target->lead].name);
    statement_put(statement, " = d.lead");
}

static bool are_few(uint64_t rows, uint64_t scope_rows)
{
    return rows < scope_rows / MIN_ROWS_TO_COMPARE;
}

bool difference_choose_plan(uint64_t rows, uint64_t scope_rows, struct pg *pg, struct err *err)
{
    return pg_exec(pg, are_few(rows, scope_rows) ? SQL_LOAD_PLAN_INDEX : SQL_LOAD_PLAN_SCAN, err);
}

bool difference_wants_index(uint64_t rows, uint64_t scope_rows)
{
    return are_few(rows, scope_rows) && rows > PAIRS_WITHOUT_INDEX / scope_rows;
}

/* Citus makes the index of a distributed table on all nodes at once if its name leaves room for the number of
 * a shard. */
bool difference_make_index(const struct load_scope *scope, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "create index tokenflex_changed_%s on %s (_row_key) where change <> '" DIFFERENCE_NEW "'",
              pg_nonce(pg), scope->difference);
    return pg_exec(pg, buf_text(&sql), err) || err_wrap(err, "cannot index what a load has to change");
}

bool difference_drop(const struct load_scope *scope, struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_print(&sql, "drop table if exists %s", scope->difference);
    return !target_distribution(scope->target) || pg_exec(pg, buf_text(&sql), err);
}
