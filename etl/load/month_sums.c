#include "load/month_sums.h"

#include "base/text.h"
#include "load/statement.h"
#include "load/target.h"

/* The target's column for an API name, which the job must have requested. */
static const struct target_column *column_of(const struct target *target, const char *api_name)
{
    size_t i = 0;
    while (!text_equal(target->columns[i].api_name, api_name))
        i++;
    return &target->columns[i];
}

static bool check_type(const struct target_column *column, enum column_type one, enum column_type other,
                       struct err *err)
{
    enum column_type type = column->exists ? column->present : column->type;
    return type == one || type == other ||
           err_set(err, ERR_CONFIG, "the column %s is %s by now: its values cannot be compared", column->name,
                   column_type_name(type));
}

static void put_column(struct statement *statement, const char *before, const struct target_column *column,
                       const char *behind)
{
    statement_put(statement, before);
    statement_put_identifier(statement, column->name);
    statement_put(statement, behind);
}

/* Composes the statement; its columns are usage_month, contract_year, usage_category and tokens. */
static void put_statement(const struct month_sums_request *request, const struct target *target,
                          const char *since, struct statement *statement)
{
    const struct totals_rule *rule = request->rule;
    const struct target_column *date = column_of(target, rule->date_field);
    put_column(statement, "select to_char(t.", date, ", 'YYYY-MM-01') as usage_month");
    if (rule->by_year)
        put_column(statement, ", t.", column_of(target, "contractYear"), " as contract_year");
    else
        statement_put(statement, ", 0 as contract_year");
    if (rule->by_category)
        put_column(statement, ", t.", column_of(target, "usageCategory"), " as usage_category");
    else
        statement_put(statement, ", '' as usage_category");
    put_column(statement, ", coalesce(trim_scale(sum(t.", column_of(target, "tokensConsumed"),
               ")::numeric), 0) as tokens from ");
    statement_put_identifier(statement, target->schema);
    statement_put(statement, ".");
    statement_put_identifier(statement, target->table);
    statement_put(statement, " t where t.contract_number = ");
    statement_put_value(statement, request->contract, "text");
    put_column(statement, " and t.", date, " >= ");
    statement_put_value(statement, since, "date");
    statement_put(statement, " group by 1, 2, 3");
}

static bool add_row(const PGresult *rows, int row, struct arena *arena, struct month_sums *sums,
                    struct err *err)
{
    struct totals_figure *figure = arena_push(arena, &sums->items, &sums->count, sizeof *figure);
    figure->key.year = (unsigned)pg_count(rows, row, "contract_year");
    figure->key.category = arena_copy_text(arena, pg_value(rows, row, "usage_category"));
    figure->tokens = arena_copy_text(arena, pg_value(rows, row, "tokens"));
    return pg_day(rows, row, "usage_month", &figure->key.month) ||
           err_set(err, ERR_DATA, "the table has rows with a month that cannot be read: `%.40s`",
                   pg_value(rows, row, "usage_month"));
}

static bool inspect(const struct month_sums_request *request, struct pg *pg, struct arena *arena,
                    struct target *target, struct err *err)
{
    static const struct text_list no_readers;
    struct text_list names = job_result_columns(request->job, arena);
    if (!target_derive(request->job, request->schema, &names, arena, target, err))
        return false;
    target->contract = request->contract;
    if (!target_inspect(target, &no_readers, pg, err))
        return false;
    return !target->exists ||
           (check_type(column_of(target, request->rule->date_field), COLUMN_DATE, COLUMN_TIMESTAMP, err) &&
            check_type(column_of(target, "tokensConsumed"), COLUMN_NUMERIC, COLUMN_INTEGER, err));
}

bool month_sums_read(const struct month_sums_request *request, struct pg *pg, struct arena *arena,
                     struct month_sums *sums, struct err *err)
{
    struct target target;
    char since[DATE_TEXT];
    *sums = (struct month_sums){0};
    if (!inspect(request, pg, arena, &target, err))
        return false;
    if (!target.exists)
        return true;
    SCOPED(statement) struct statement statement = statement_make();
    put_statement(request, &target, date_format(request->since, since), &statement);
    SCOPED(pg_result) PGresult *rows = statement_run(&statement, pg, err);
    if (!rows)
        return err_wrap(err, "cannot add up the tokens of %s.%s", target.schema, target.table);
    for (int row = 0; row < PQntuples(rows); row++)
        if (!add_row(rows, row, arena, sums, err))
            return false;
    return true;
}
