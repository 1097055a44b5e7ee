#include "load/merge_text.h"

static void put_difference(const struct merge_text *text, struct statement *statement)
{
    statement_put(statement, text->scope->difference);
    statement_put(statement, " d");
}

static void put_values(const struct merge_text *text, struct statement *statement)
{
    const struct load_scope *scope = text->scope;
    const struct target *target = scope->target;
    /* As a column of the stage: so Citus knows that the rows stay in their shards. */
    if (target->exists && target_is_distributed_by_contract(target))
        statement_put(statement, "s.contract_number");
    else
        statement_put_value(statement, scope->contract, "text");
    if (target->windowed) {
        statement_put(statement, ", ");
        statement_put_value(statement, scope->days->from, "date");
        statement_put(statement, ", ");
        statement_put_value(statement, scope->days->to, "date");
    }
    statement_put(statement, ", ");
    scope_put_columns(scope, "s.", statement);
    statement_put(statement, ", s._row_key, ");
    statement_put_value(statement, text->run_id, "bigint");
    statement_put(statement, ", now()");
}

void merge_text_put_insert(const struct merge_text *text, bool only_new, struct statement *statement)
{
    const struct load_scope *scope = text->scope;
    statement_put(statement, "insert into ");
    target_put_name(scope->target, &statement->sql);
    statement_put(statement, scope->target->windowed ? " (contract_number, window_start, window_end, "
                                                     : " (contract_number, ");
    scope_put_columns(scope, "", statement);
    statement_put(statement, ", _row_key, _run_id, _synced_at) select ");
    put_values(text, statement);
    statement_put(statement, " from ");
    statement_put(statement, scope->stage);
    statement_put(statement, " s");
    if (!only_new)
        return;
    statement_put(statement, " join ");
    put_difference(text, statement);
    statement_put(statement, " on ");
    scope_put_same_key(scope, "s", "d", statement);
    statement_put(statement, " where d.change = '" DIFFERENCE_NEW "'");
}

void merge_text_put_update(const struct merge_text *text, const struct difference *difference,
                           struct statement *statement)
{
    statement_put(statement, "update ");
    scope_put_table(text->scope, statement);
    statement_put(statement, " set (");
    scope_put_columns(text->scope, "", statement);
    statement_put(statement, ", _run_id, _synced_at) = row(");
    difference_put_values(text->scope, statement);
    statement_put(statement, ", ");
    statement_put_value(statement, text->run_id, "bigint");
    statement_put(statement, ", now()) from ");
    put_difference(text, statement);
    statement_put(statement, " where d.change = '" DIFFERENCE_CHANGED "' and ");
    difference_put_same_row(text->scope, difference, statement);
}

static void put_vanished(const struct merge_text *text, const char *joined_by, struct statement *statement)
{
    scope_put_table(text->scope, statement);
    statement_put(statement, joined_by);
    put_difference(text, statement);
    statement_put(statement, " where d.change = '" DIFFERENCE_VANISHED "' and ");
    scope_put(text->scope, statement);
    statement_put(statement, " and ");
    scope_put_same_key(text->scope, "t", "d", statement);
}

static void put_replaced(const struct merge_text *text, struct statement *statement)
{
    struct load_scope scope = *text->scope;
    scope.replaced = text->replaced;
    scope_put_table(&scope, statement);
    statement_put(statement, " where ");
    scope_put_replaced(&scope, statement);
}

void merge_text_put_delete_vanished(const struct merge_text *text, struct statement *statement)
{
    statement_put(statement, "delete from ");
    put_vanished(text, " using ", statement);
}

void merge_text_put_delete_replaced(const struct merge_text *text, struct statement *statement)
{
    statement_put(statement, "delete from ");
    put_replaced(text, statement);
}

static void begin_keep(const struct merge_text *text, const char *operation, struct statement *statement)
{
    history_put_insert(text->history, text->run_id, operation, statement);
    statement_put(statement, " from ");
}

void merge_text_put_keep_changed(const struct merge_text *text, const struct difference *difference,
                                 struct statement *statement)
{
    begin_keep(text, "update", statement);
    put_difference(text, statement);
    statement_put(statement, " join ");
    scope_put_table(text->scope, statement);
    statement_put(statement, " on ");
    difference_put_same_row(text->scope, difference, statement);
    statement_put(statement, " where d.change = '" DIFFERENCE_CHANGED "'");
}

void merge_text_put_keep_vanished(const struct merge_text *text, struct statement *statement)
{
    begin_keep(text, "delete", statement);
    put_vanished(text, " cross join ", statement);
}

void merge_text_put_keep_replaced(const struct merge_text *text, struct statement *statement)
{
    begin_keep(text, "delete", statement);
    put_replaced(text, statement);
}
