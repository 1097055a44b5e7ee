#include "state/target_filter.h"

#include "sql/statements.h"

bool target_filter_read(struct pg *pg, const struct target_name *name, const char *contract,
                        struct arena *arena, const struct target_filter **filter, struct err *err)
{
    *filter = NULL;
    SCOPED(pg_result)
    PGresult *found =
        pg_query(pg, SQL_TARGET_FILTER_READ, PG_PARAMS(name->schema, name->table, contract), err);
    if (!found)
        return err_wrap(err, "cannot read tokenflex_etl.target_filter");
    if (PQntuples(found) == 0)
        return true;
    struct target_filter *read = arena_alloc(arena, 1, sizeof *read);
    *read = (struct target_filter){
        .job = arena_copy_text(arena, pg_value(found, 0, "job")),
        .filter = arena_copy_text(arena, pg_value(found, 0, "filter")),
        .where = pg_copy(found, 0, "where", arena),
        .usage_categories = arena_copy_text(arena, pg_value(found, 0, "usage_categories")),
    };
    *filter = read;
    return true;
}

bool target_filter_remember(struct pg *pg, const struct target_name *name, const char *contract,
                            const struct target_filter *filter, struct err *err)
{
    SCOPED(pg_result)
    PGresult *remembered = pg_query(pg, SQL_TARGET_FILTER_REMEMBER,
                                    PG_PARAMS(name->schema, name->table, contract, filter->job,
                                              filter->filter, filter->where, filter->usage_categories),
                                    err);
    return remembered || err_wrap(err, "cannot write tokenflex_etl.target_filter");
}
