#include "state/reconciliation_list.h"

#include "base/text.h"
#include "sql/statements.h"

static void add(const PGresult *rows, int row, struct arena *arena, struct reconciliation_list *list)
{
    struct reconciliation_figure *figure = arena_push(arena, &list->items, &list->count, sizeof *figure);
    *figure = (struct reconciliation_figure){
        .job = pg_copy(rows, row, "job", arena),
        .contract = pg_copy(rows, row, "contract_number", arena),
        .category = pg_copy(rows, row, "usage_category", arena),
        .loaded = pg_copy(rows, row, "loaded", arena),
        .service = pg_copy(rows, row, "service", arena),
        .difference = pg_copy(rows, row, "difference", arena),
        .differs = !text_equal(pg_value(rows, row, "status"), "equal"),
        .status = pg_copy(rows, row, "status", arena),
    };
    pg_day(rows, row, "usage_month", &figure->month);
}

bool reconciliation_list(struct pg *pg, struct arena *arena, struct reconciliation_list *list,
                         struct err *err)
{
    char days[PG_NUMBER];
    *list = (struct reconciliation_list){0};
    SCOPED(pg_result) PGresult *readable = pg_query(pg, SQL_RECONCILIATION_READABLE, PG_NO_PARAMS, err);
    if (!readable || !pg_flag(readable, 0, "is_readable"))
        return readable != NULL;
    SCOPED(pg_result)
    PGresult *rows =
        pg_query(pg, SQL_RECONCILIATION_LATEST, PG_PARAMS(pg_number(RECONCILIATION_SHOWN_DAYS, days)), err);
    if (!rows)
        return err_wrap(err, "cannot read the comparisons with the service's totals");
    for (int row = 0; row < PQntuples(rows); row++)
        add(rows, row, arena, list);
    return true;
}
