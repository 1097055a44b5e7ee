#include "load/restated_rows.h"

#include "load/history.h"
#include "load/statement.h"
#include "sql/statements.h"

/* A table with its history: a row of history_pairs.sql. */
struct history_pair {
    const PGresult *pairs;
    int row;
};

static const char *value_of(const struct history_pair *pair, const char *column)
{
    return pg_value(pair->pairs, pair->row, column);
}

static void put_table(const struct history_pair *pair, const char *name, struct statement *statement)
{
    statement_put_identifier(statement, value_of(pair, "schema_name"));
    statement_put(statement, ".");
    statement_put_identifier(statement, value_of(pair, name));
}

/* Selects the runs and months with changes of the table's rows, from the restatements. */
static void put_wanted(const struct history_pair *pair, const struct restatement_params *params,
                       struct statement *statement)
{
    statement_put(statement, "with wanted as (select distinct run_id, job, contract_number, month, days, "
                             "restated_at from tokenflex_etl.restatement where schema_name = ");
    statement_put_value(statement, value_of(pair, "schema_name"), "text");
    statement_put(statement, " and table_name = ");
    statement_put_value(statement, value_of(pair, "table_name"), "text");
    if (params->values[0]) {
        statement_put(statement, " and restated_at >= ");
        statement_put_value(statement, params->values[0], "date");
        statement_put(statement, "::timestamp at time zone 'UTC'");
    }
    if (params->values[1]) {
        statement_put(statement, " and job = any (string_to_array(");
        statement_put_value(statement, params->values[1], "text");
        statement_put(statement, ", E'\\n'))");
    }
    if (params->values[2]) {
        statement_put(statement, " and (month >= date_trunc('month', ");
        statement_put_value(statement, params->values[2], "date");
        statement_put(statement, "::timestamp)::date and month < ");
        statement_put_value(statement, params->values[3], "date");
        statement_put(statement, " or month is null and window_start < ");
        statement_put_value(statement, params->values[3], "date");
        statement_put(statement, " and window_end > ");
        statement_put_value(statement, params->values[2], "date");
        statement_put(statement, ")");
    }
    statement_put(statement, "), ");
}

/* Selects the rows or old versions that the runs have written or ended; `run` is the column of the run. */
static void put_versions(const struct history_pair *pair, const char *table, const char *run,
                         struct statement *statement)
{
    static const char own[] = " - array['_row_key', '_run_id', '_synced_at', '_valid_from', '_valid_to', "
                              "'_ended_by_run_id', '_operation']";
    bool has_date = !pg_null(pair->pairs, pair->row, "date");
    buf_print(&statement->sql, "select contract_number, _row_key, %s as run_id, to_jsonb(v)%s as value, ",
              run, own);
    if (has_date)
        statement_put_identifier(statement, value_of(pair, "date"));
    statement_put(statement, has_date ? "::date" : "null::date");
    statement_put(statement, " as day from ");
    put_table(pair, table, statement);
    buf_print(&statement->sql, " v where %s in (select run_id from wanted)", run);
}

static void put_row_changes(const struct history_pair *pair, struct statement *statement)
{
    statement_put(statement, "old as (");
    put_versions(pair, "history_table", "_ended_by_run_id", statement);
    statement_put(statement, "), new as (");
    put_versions(pair, "table_name", "_run_id", statement);
    statement_put(statement, " union all ");
    put_versions(pair, "history_table", "_run_id", statement);
    statement_put(statement,
                  "), change as (select run_id, contract_number, o.value as before, n.value as after, "
                  "o.day as old_day, n.day as new_day "
                  "from old o full join new n using (run_id, contract_number, _row_key)) ");
}

/* Selects the changes in words. A row that has moved to another month is listed under its old one. */
static void put_list(const struct history_pair *pair, struct statement *statement)
{
    statement_put(
        statement,
        "select w.job, c.contract_number, w.month, c.run_id, "
        "(extract(epoch from w.restated_at) * 1000)::bigint as restated_ms, "
        "case when c.before is null then 'insert' when c.after is null then 'delete' else 'update' "
        "end as operation, c.before::text as before, c.after::text as after, "
        "(select string_agg(coalesce(coalesce(c.after, c.before) ->> f.name, ''), ', ' order by "
        "f.place) from unnest(k.names) with ordinality as f (name, place)) as key, "
        "(select string_agg(case when c.before is null or c.after is null then f.name || ' ' || "
        "coalesce(f.before, f.after, 'null') else f.name || ' ' || coalesce(f.before, 'null') || ' -> ' "
        "|| coalesce(f.after, 'null') end, '; ' order by f.name) "
        "from (select o.name, c.before ->> o.name as before, c.after ->> o.name as after "
        "from jsonb_object_keys(coalesce(c.before, '{}') || coalesce(c.after, '{}')) as o (name)) f "
        "where f.after is distinct from f.before and f.name <> 'contract_number' "
        "and (c.before is not null and c.after is not null or f.name <> all (k.names))) as figures "
        "from change c join wanted w on w.run_id = c.run_id and w.contract_number = "
        "c.contract_number and (w.days is null or coalesce(c.old_day, c.new_day) <@ w.days or "
        "c.before is not null and c.new_day <@ w.days) "
        "cross join (select string_to_array(");
    statement_put_value(statement, value_of(pair, "key"), "text");
    statement_put(statement, ", E'\\n') as names) k order by w.restated_at desc, w.month desc nulls last, "
                             "c.contract_number, key, operation");
}

static void add(const PGresult *found, int row, struct arena *arena, struct restated_rows *rows)
{
    struct restated_row *item = arena_push(arena, &rows->items, &rows->count, sizeof *item);
    *item = (struct restated_row){
        .job = pg_copy(found, row, "job", arena),
        .contract = pg_copy(found, row, "contract_number", arena),
        .month = pg_copy(found, row, "month", arena),
        .operation = pg_copy(found, row, "operation", arena),
        .before = pg_copy(found, row, "before", arena),
        .after = pg_copy(found, row, "after", arena),
        .key = pg_copy(found, row, "key", arena),
        .figures = pg_copy(found, row, "figures", arena),
        .run_id = pg_integer(found, row, "run_id"),
        .restated_ms = pg_integer(found, row, "restated_ms"),
    };
}

static bool read_table(const struct history_pair *pair, const struct restatement_params *params,
                       struct pg *pg, struct arena *arena, struct restated_rows *rows, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    put_wanted(pair, params, &statement);
    put_row_changes(pair, &statement);
    put_list(pair, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    if (!found)
        return err_wrap(err, "cannot read the changed rows of table %s.%s", value_of(pair, "schema_name"),
                        value_of(pair, "table_name"));
    for (int row = 0; row < PQntuples(found); row++)
        add(found, row, arena, rows);
    rows->tables++;
    return true;
}

bool restated_rows_read(const struct restatement_wanted *wanted, struct pg *pg, struct arena *arena,
                        struct restated_rows *rows, struct err *err)
{
    SCOPED(restatement_params) struct restatement_params params;
    restatement_params_make(wanted, &params);
    const char *const *values = params.values;
    *rows = (struct restated_rows){0};
    SCOPED(pg_result)
    PGresult *pairs =
        pg_query(pg, SQL_HISTORY_PAIRS, PG_PARAMS(values[0], values[1], values[2], values[3]), err);
    if (!pairs)
        return err_wrap(err, "cannot read which tables keep old versions");
    for (int row = 0; row < PQntuples(pairs); row++) {
        const struct history_pair pair = {pairs, row};
        bool keeps = !pg_null(pairs, row, "history_table");
        if (keeps && !read_table(&pair, &params, pg, arena, rows, err))
            return false;
        if (!keeps)
            arena_add_text(
                arena, &rows->others,
                arena_print(arena, "%s.%s", value_of(&pair, "schema_name"), value_of(&pair, "table_name")));
        if (!pg_null(pairs, row, "set_aside"))
            arena_add_text(arena, &rows->set_aside, arena_copy_text(arena, value_of(&pair, "set_aside")));
    }
    return true;
}
