#include "load/token_budget_use.h"

#include "job/job.h"
#include "load/statement.h"
#include "sql/statements.h"

#include <stdio.h>
#include <string.h>

/* The share of a custom field's value is computed from this number of days, like the pace. */
#define PACE_DAYS 56

/* Bytes of a custom field's value in a problem. */
#define VALUE_SHOWN 256

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
    char since[DATE_TEXT]; /* the first day from which the share is computed */
    char days[PG_NUMBER];  /* the days that are left in the period, including today */
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

/* In the month in which a contract year begins, only this column shows which rows by month belong to it. */
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

/*
 * has_rows: the contract has rows that fit the condition, of any day. consumed: in the period; forecast:
 * that, and the value's share of the contract's pace for the days left.
 */
static void put_statement(const struct parts *parts, struct statement *statement)
{
    statement_put(statement, "select has_rows, trim_scale(consumed) as consumed, "
                             "trim_scale(round(consumed + share * ");
    statement_put_value(statement, parts->contract ? parts->contract->tokens_a_day : NULL, "numeric");
    statement_put(statement, " * ");
    statement_put_value(statement, parts->days, "integer");
    statement_put(statement, ", 2)) as forecast from (select count(*) filter (where ");
    put_condition(parts, statement);
    statement_put(statement, ") > 0 as has_rows, coalesce(");
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
                         struct token_budget_use *use, bool *has_rows, struct err *err)
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
    *has_rows = pg_flag(rows, 0, "has_rows");
    use->consumed = pg_copy(rows, 0, "consumed", arena);
    use->forecast = pg_copy(rows, 0, "forecast", arena);
    return true;
}

static void find_warnings(struct arena *arena, struct token_budget_use *use)
{
    const struct token_budget *budget = use->budget;
    for (size_t i = 0; i < budget->warning_count; i++)
        if (token_budget_warns(budget, &budget->warnings[i], use->consumed, use->forecast))
            arena_add_text(arena, &use->warnings, budget->warnings[i].text);
}

/* The name of a shipped job that creates such a table, or NULL. */
static const char *shipped_job(const struct token_budget *budget)
{
    if (!budget->condition.field)
        return "monthly_summary_by_category";
    return text_equal(budget->condition.field, "customField1") ? "monthly_custom_field_tokens" : NULL;
}

static const char *explain_no_table(const struct token_budget *budget, struct arena *arena)
{
    const char *field = budget->condition.field;
    const char *job = shipped_job(budget);
    return arena_print(
        arena, "no table has the tokens of contract %s by %s%sday or month, loaded without `where`%s%s%s",
        budget->contract, field ? field : "", field ? " and " : "", job ? ": the shipped job " : "",
        job ? job : "", job ? " loads one" : "");
}

/* A value that has no rows may be misspelt: its use is not known to be zero. */
static const char *explain_no_rows(const struct token_budget_use *use, struct arena *arena)
{
    char value[VALUE_SHOWN];
    char field[JOB_COLUMN_NAME];
    const struct token_budget_condition *condition = &use->budget->condition;
    if (!text_snake_case(condition->field, field, sizeof field))
        field[0] = '\0';
    return arena_print(arena, "no rows with %s = '%s' in %s", field,
                       text_excerpt(condition->value, strlen(condition->value), value, sizeof value),
                       use->table);
}

/* What the figures lack; NULL: nothing. */
static const char *explain_figures(const struct token_budget_use *use, const PGresult *table,
                                   struct arena *arena)
{
    char start[DATE_TEXT];
    const char *categories = pg_value(table, 0, "categories");
    const char *kept = pg_value(table, 0, "kept");
    if (!use->is_whole)
        return arena_print(arena, "%s does not have the whole period: load it with --from %s", use->table,
                           date_format(use->start.day, start));
    if (*categories)
        return arena_print(arena, "%s has the usage of %s only", use->table, categories);
    if (*kept)
        return arena_print(arena, "%s %s", use->table, kept);
    return use->forecast ? NULL : "the contract has no pace: see tokenflex-etl forecast";
}

static bool read_use(const struct token_budget_request *request, const struct forecast_item *contract,
                     struct pg *pg, struct arena *arena, struct token_budget_use *use, struct err *err)
{
    char start[DATE_TEXT];
    bool has_rows;
    const struct token_budget *budget = use->budget;
    SCOPED(pg_result)
    PGresult *table = pg_query(pg, SQL_TOKEN_BUDGET_TABLE,
                               PG_PARAMS(request->schema, budget->contract, budget->condition.field,
                                         date_format(use->start.day, start)),
                               err);
    if (!table)
        return false;
    if (PQntuples(table) == 0) {
        use->problem = explain_no_table(budget, arena);
        return true;
    }
    use->table = pg_copy(table, 0, "table_name", arena);
    use->is_whole = pg_flag(table, 0, "is_whole");
    struct parts parts = {.use = use, .contract = contract, .table = table, .schema = request->schema};
    if (!read_figures(&parts, pg, arena, request->today, use, &has_rows, err))
        return false;
    if (budget->condition.field && !has_rows) {
        use->consumed = NULL;
        use->forecast = NULL;
        use->problem = explain_no_rows(use, arena);
        return true;
    }
    use->problem = explain_figures(use, table, arena);
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
            use->problem =
                "the contract has no running year with a forecast: the shipped jobs contract_years and "
                "daily_product_usage load it";
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
