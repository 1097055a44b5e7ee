#include "load/contract_years.h"

#include "base/text.h"
#include "load/statement.h"
#include "load/target.h"

/* Appends the column of a field of the dataset, cast to text and then to the type. */
static void put_column(struct statement *statement, const struct target *target, const char *api_name,
                       const char *type)
{
    size_t i = 0;
    while (!text_equal(target->columns[i].api_name, api_name))
        i++;
    statement_put(statement, "t.");
    statement_put_identifier(statement, target->columns[i].name);
    statement_put(statement, "::text::");
    statement_put(statement, type);
}

/* Composes the statement; its columns are year, start_day, end_day, consumed and multiyear_consumed. */
static void put_statement(const struct contract_years_request *request, const struct target *target,
                          struct statement *statement)
{
    statement_put(statement, "select distinct on (year) ");
    put_column(statement, target, "year", "integer as year, ");
    put_column(statement, target, "startDate", "date as start_day, ");
    put_column(statement, target, "endDate", "date + 1 as end_day, trim_scale(");
    put_column(statement, target, "consumedTokens", "numeric) as consumed, trim_scale(");
    put_column(statement, target, "multiyearConsumedTokens", "numeric) as multiyear_consumed from ");
    statement_put_identifier(statement, target->schema);
    statement_put(statement, ".");
    statement_put_identifier(statement, target->table);
    statement_put(statement, " t where t.contract_number = ");
    statement_put_value(statement, request->contract, "text");
    statement_put(statement, " order by year, t._run_id desc");
}

static void add_row(const PGresult *rows, int row, struct arena *arena, struct contract_years *years)
{
    struct contract_year year = {
        .year = (unsigned)pg_count(rows, row, "year"),
        .consumed = pg_copy(rows, row, "consumed", arena),
        .multiyear_consumed = pg_copy(rows, row, "multiyear_consumed", arena),
    };
    if (pg_day(rows, row, "start_day", &year.from) && pg_day(rows, row, "end_day", &year.to))
        *(struct contract_year *)arena_push(arena, &years->items, &years->count, sizeof year) = year;
}

bool contract_years_read(const struct contract_years_request *request, struct pg *pg, struct arena *arena,
                         struct contract_years *years, struct err *err)
{
    struct target target;
    static const struct text_list no_readers;
    struct text_list names = job_result_columns(request->job, arena);
    *years = (struct contract_years){0};
    if (!target_derive(request->job, request->schema, &names, arena, &target, err) ||
        !target_inspect(&target, &no_readers, pg, err))
        return false;
    if (!target.exists)
        return true;
    SCOPED(statement) struct statement statement = statement_make();
    put_statement(request, &target, &statement);
    SCOPED(pg_result) PGresult *rows = statement_run(&statement, pg, err);
    if (!rows)
        return err_wrap(err, "cannot read the contract's years in %s.%s", target.schema, target.table);
    for (int row = 0; row < PQntuples(rows); row++)
        add_row(rows, row, arena, years);
    return true;
}
