#include "load/scope.h"

static void put_days(const struct load_scope *scope, struct statement *statement)
{
    const char *day = scope->target->columns[scope->target->day].name;
    statement_put(statement, " and t.");
    statement_put_identifier(statement, day);
    statement_put(statement, " >= ");
    statement_put_value(statement, scope->days->from, "date");
    statement_put(statement, " and t.");
    statement_put_identifier(statement, day);
    statement_put(statement, " < ");
    statement_put_value(statement, scope->days->to, "date");
}

static void put_contract(const struct load_scope *scope, struct statement *statement)
{
    statement_put(statement, "t.contract_number = ");
    statement_put_value(statement, scope->contract, "text");
}

static void put_replaced(const struct scope_windows *windows, struct statement *statement)
{
    statement_put(statement, "(t.window_start, t.window_end) in (select w.first, w.last from unnest(");
    statement_put_value(statement, windows->starts, "date[]");
    statement_put(statement, ", ");
    statement_put_value(statement, windows->ends, "date[]");
    statement_put(statement, ") as w (first, last))");
}

static void put_window(const struct load_scope *scope, struct statement *statement)
{
    statement_put(statement, " and (t.window_start = ");
    statement_put_value(statement, scope->days->from, "date");
    statement_put(statement, " and t.window_end = ");
    statement_put_value(statement, scope->days->to, "date");
    if (scope->replaced) {
        statement_put(statement, " or ");
        put_replaced(scope->replaced, statement);
    }
    statement_put(statement, ")");
}

void scope_put(const struct load_scope *scope, struct statement *statement)
{
    put_contract(scope, statement);
    if (!scope->days->from)
        return;
    if (!scope->target->windowed) {
        put_days(scope, statement);
        return;
    }
    put_window(scope, statement);
}

void scope_put_replaced(const struct load_scope *scope, struct statement *statement)
{
    put_contract(scope, statement);
    statement_put(statement, " and ");
    put_replaced(scope->replaced, statement);
}

void scope_put_table(const struct load_scope *scope, struct statement *statement)
{
    target_put_name(scope->target, &statement->sql);
    statement_put(statement, " t");
}

void scope_put_columns(const struct load_scope *scope, const char *prefix, struct statement *statement)
{
    const struct target *target = scope->target;
    for (size_t i = 0; i < target->count; i++) {
        statement_put(statement, i == 0 ? "" : ", ");
        statement_put(statement, prefix);
        statement_put_identifier(statement, target->columns[i].name);
    }
}

void scope_put_compared(const struct target_column *column, struct statement *statement)
{
    statement_put(statement, "t.");
    statement_put_identifier(statement, column->name);
    statement_put(statement, column->type == COLUMN_TEXT ? " collate \"C\"" : "");
}

void scope_put_is_distinct(const struct load_scope *scope, struct statement *statement)
{
    const struct target *target = scope->target;
    for (size_t i = 0; i < target->count; i++) {
        statement_put(statement, i == 0 ? "(" : ", ");
        scope_put_compared(&target->columns[i], statement);
    }
    statement_put(statement, ") is distinct from (");
    scope_put_columns(scope, "s.", statement);
    statement_put(statement, ")");
}

void scope_put_same_key(const struct load_scope *scope, const char *left, const char *right,
                        struct statement *statement)
{
    buf_print(&statement->sql, "%s._row_key = %s._row_key", left, right);
    if (target_is_distributed_by_contract(scope->target))
        buf_print(&statement->sql, " and %s.contract_number = %s.contract_number", left, right);
}
