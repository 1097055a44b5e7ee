#include "load/token_budget_use.h"

#include "load/statement.h"
#include "sql/statements.h"

#include <stdio.h>
#include <string.h>

/* The share of a custom field's value is measured over these days, as the pace is. */
#define PACE_DAYS 56

static const struct forecast_item *find_contract(const struct forecast *forecast, const char *contract)
{
    for (size_t i = 0; i < forecast->count; i++)
        if (text_equal(forecast->items[i].contract, contract))
            return &forecast->items[i];
    return NULL;
}

/* The running period of a budget; false where there is none. */
static bool find_period(const struct token_budget *budget, const struct forecast_item *contract, date_t today,
                        struct token_budget_use *use)
{
    if (budget->period == TOKEN_BUDGET_MONTH) {
        date_t start = date_month_start(today);
        use->start = (struct forecast_day){true, start};
        use->end = (struct forecast_day){true, date_add_months(start, 1) - 1};
        return true;
    }
    if (!contract || !text_equal(contract->state, "running"))
        return false;
    use->start = contract->start_date;
    use->end = contract->end_date;
    return use->start.is_known && use->end.is_known;
}

/* What the statement of a budget's use is made of. */
struct parts {
    const struct token_budget_use *use;
    const struct forecast_item *contract; /* NULL: no forecast */
    const PGresult *table;                /* of token_budget_table.sql */
    const char *schema;
    char start[DATE_TEXT]; /* of the period */
    char since[DATE_TEXT]; /* of the share */
    char days[PG_NUMBER];  /* that are left of the period, today among them */
};

static void put_column(const struct parts *parts, const char *column, struct statement *statement)
{
    statement_put(statement, "t.");
    statement_put_identifier(statement, pg_value(parts->table, 0, column));
}

static void put_condition(const struct parts *parts, struct statement *statement)
{
    statement_put(statement, "true");
    if (!parts->use->budget->condition.field)
        return;
    statement_put(statement, " and ");
    put_column(parts, "field", statement);
    statement_put(statement, "::text = ");
    statement_put_value(statement, parts->use->budget->condition.value, "text");
}

/* Rows by month cannot be told apart within the first month, except by their contract year. */
static void put_period(const struct parts *parts, struct statement *statement)
{
    bool by_month = pg_flag(parts->table, 0, "is_by_month");
    bool has_year = by_month && !pg_null(parts->table, 0, "contract_year") &&
                    parts->use->budget->period == TOKEN_BUDGET_CONTRACT_YEAR;
    put_column(parts, "date", statement);
    statement_put(statement, by_month ? " >= date_trunc('month', " : " >= (");
    statement_put_value(statement, parts->start, "date");
    statement_put(statement, "::timestamp)::date");
    if (!has_year)
        return;
    statement_put(statement, " and ");
    put_column(parts, "contract_year", statement);
    statement_put(statement, "::text = ");
    statement_put_value(statement, parts->contract->contract_year, "text");
}

static void put_sum(const struct parts *parts, bool of_all, bool since_start, struct statement *statement)
{
    statement_put(statement, "sum(");
    put_column(parts, "tokens", statement);
    statement_put(statement, "::numeric) filter (where ");
    if (of_all)
        statement_put(statement, "true");
    else
        put_condition(parts, statement);
    statement_put(statement, " and ");
    if (since_start) {
        put_period(parts, statement);
    } else {
        put_column(parts, "date", statement);
        statement_put(statement, " >= ");
        statement_put_value(statement, parts->since, "date");
    }
    statement_put(statement, ")");
}

/* consumed: in the period; forecast: that, and the value's share of the contract's pace for the days left. */
static void put_statement(const struct parts *parts, struct statement *statement)
{
    statement_put(statement, "select trim_scale(consumed) as consumed, trim_scale(round(consumed + share * ");
    statement_put_value(statement, parts->contract ? parts->contract->tokens_a_day : NULL, "numeric");
    statement_put(statement, " * ");
    statement_put_value(statement, parts->days, "integer");
    statement_put(statement, ", 2)) as forecast from (select coalesce(");
    put_sum(parts, false, true, statement);
    statement_put(statement, ", 0) as consumed, coalesce(");
    put_sum(parts, false, false, statement);
    statement_put(statement, " / nullif(");
    put_sum(parts, true, false, statement);
    statement_put(statement, ", 0), 0) as share from ");
    statement_put_identifier(statement, parts->schema);
    statement_put(statement, ".");
    statement_put_identifier(statement, pg_value(parts->table, 0, "table_name"));
    statement_put(statement, " t where t.contract_number = ");
    statement_put_value(statement, parts->use->budget->contract, "text");
    statement_put(statement, ") use");
}

static bool read_figures(struct parts *parts, struct pg *pg, struct arena *arena, date_t today,
                         struct token_budget_use *use, struct err *err)
{
    bool by_month = pg_flag(parts->table, 0, "is_by_month");
    date_t since = today - PACE_DAYS;
    SCOPED(statement) struct statement statement = statement_make();
    date_format(use->start.day, parts->start);
    date_format(by_month ? date_month_start(since) : since, parts->since);
    pg_number(use->end.day - today + 1, parts->days);
    put_statement(parts, &statement);
    SCOPED(pg_result) PGresult *rows = statement_run(&statement, pg, err);
    if (!rows)
        return false;
    use->consumed = pg_copy(rows, 0, "consumed", arena);
    use->forecast = pg_copy(rows, 0, "forecast", arena);
    return true;
}

static void find_warnings(struct arena *arena, struct token_budget_use *use)
{
    const struct token_budget *budget = use->budget;
    for (size_t i = 0; i < budget->warning_count; i++)
        if (token_budget_warns(budget, &budget->warnings[i], use->consumed, use->forecast))
            *(const char **)arena_push(arena, &use->warnings.items, &use->warnings.count, sizeof(char *)) =
                budget->warnings[i].text;
}

static bool read_use(const struct token_budget_request *request, const struct forecast_item *contract,
                     struct pg *pg, struct arena *arena, struct token_budget_use *use, struct err *err)
{
    char start[DATE_TEXT];
    const struct token_budget *budget = use->budget;
    SCOPED(pg_result)
    PGresult *table = pg_query(pg, SQL_TOKEN_BUDGET_TABLE,
                               PG_PARAMS(request->schema, budget->contract, budget->condition.field,
                                         date_format(use->start.day, start)),
                               err);
    if (!table)
        return false;
    if (PQntuples(table) == 0) {
        use->problem = budget->condition.field
                           ? arena_print(arena, "no table has tokens by %s, loaded without `where`",
                                         budget->condition.field)
                           : "no table has tokens by day or month, loaded without `where`";
        return true;
    }
    use->table = pg_copy(table, 0, "table_name", arena);
    use->is_whole = pg_flag(table, 0, "is_whole");
    struct parts parts = {.use = use, .contract = contract, .table = table, .schema = request->schema};
    if (!read_figures(&parts, pg, arena, request->today, use, err))
        return false;
    if (!use->is_whole)
        use->problem = arena_print(arena, "%s does not have the whole period: load it with --from %s",
                                   use->table, start);
    else if (!use->forecast)
        use->problem = "the contract has no pace: see tokenflex-etl forecast";
    find_warnings(arena, use);
    return true;
}

bool token_budget_uses_read(const struct token_budget_request *request, const struct forecast *forecast,
                            struct pg *pg, struct arena *arena, struct token_budget_uses *uses,
                            struct err *err)
{
    bool is_inside = pg_in_transaction(pg);
    *uses = (struct token_budget_uses){0};
    for (size_t i = 0; i < request->budgets->count; i++) {
        struct err failed = {0};
        struct token_budget_use *use = arena_push(arena, &uses->items, &uses->count, sizeof *use);
        *use = (struct token_budget_use){.budget = &request->budgets->items[i]};
        const struct forecast_item *contract = find_contract(forecast, use->budget->contract);
        if (!find_period(use->budget, contract, request->today, use)) {
            use->problem = "the contract has no running year: the shipped job contract_years loads it";
            continue;
        }
        if (!pg_exec(pg, is_inside ? "savepoint token_budget" : "begin read only", err))
            return false;
        if (!read_use(request, contract, pg, arena, use, &failed))
            use->problem = arena_copy_text(arena, failed.text);
        if (!is_inside)
            pg_rollback(pg);
        else if (!pg_exec(pg, "rollback to savepoint token_budget; release savepoint token_budget", err))
            return false;
    }
    return true;
}
