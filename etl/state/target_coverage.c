#include "state/target_coverage.h"

#include "sql/statements.h"

bool target_coverage_read(struct pg *pg, const struct target_name *name, const char *contract,
                          const struct window *window, struct arena *arena,
                          struct target_uncovered *uncovered, struct err *err)
{
    struct window_days days;
    window_put_days(window, &days);
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_TARGET_COVERAGE_READ,
                               PG_PARAMS(name->schema, name->table, contract, days.from, days.to), err);
    if (!found)
        return err_wrap(err, "cannot read which days were loaded");
    *uncovered = (struct target_uncovered){
        .some = pg_flag(found, 0, "has_uncovered"),
        .days = pg_copy(found, 0, "uncovered", arena),
        .first_day = pg_copy(found, 0, "first_day", arena),
        .end_day = pg_copy(found, 0, "end_day", arena),
    };
    return true;
}

bool target_coverage_add(struct pg *pg, const struct target_name *name, const char *contract,
                         const struct window *window, date_t first_running_day, struct err *err)
{
    struct window_days days;
    char end[DATE_TEXT];
    if (window->bounded && window->from >= first_running_day)
        return true;
    bool has_ended = window->bounded && window->to < first_running_day;
    date_t end_day = has_ended ? window->to : first_running_day;
    window_put_days(window, &days);
    SCOPED(pg_result)
    PGresult *added =
        pg_query(pg, SQL_TARGET_COVERAGE_ADD,
                 PG_PARAMS(name->schema, name->table, contract, days.from, date_format(end_day, end)), err);
    return added || err_wrap(err, "cannot write which days were loaded");
}
