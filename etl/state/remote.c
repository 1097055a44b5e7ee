#include "state/remote.h"

#include "base/mem.h"
#include "sql/statements.h"
#include "state/run_write.h"

#include <stdlib.h>

void remote_work_cleanup(struct remote_work *work)
{
    free(work->query_url);
    free(work->export_name);
    free(work->export_key);
    *work = (struct remote_work){0};
}

static char *copy_value(const PGresult *result, const char *column)
{
    return pg_null(result, 0, column) ? NULL : mem_copy_text(pg_value(result, 0, column));
}

bool remote_find(struct pg *pg, const struct remote_search *search, struct remote_work *work, struct err *err)
{
    struct window_days days;
    char texts[3][PG_NUMBER];
    *work = (struct remote_work){0};
    window_put_days(search->window, &days);
    SCOPED(pg_result)
    PGresult *found =
        pg_query(pg, SQL_REMOTE_FIND,
                 PG_PARAMS(search->job, search->contract, days.from, days.to, search->body,
                           pg_number(search->run_id, texts[0]), pg_number(search->deadline_ms, texts[1]),
                           pg_number(search->lifetime_ms, texts[2]), search->invocation_id),
                 err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(found) == 0)
        return true;
    *work = (struct remote_work){
        .run_id = pg_integer(found, 0, "run_id"),
        .query_url = copy_value(found, "query_url"),
        .export_name = copy_value(found, "export_name"),
        .export_key = copy_value(found, "export_key"),
        .age_ms = pg_integer(found, 0, "age_ms"),
    };
    return true;
}

bool remote_ready(struct pg *pg, int64_t run_id, int64_t ready_ms, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write(
        pg, SQL_REMOTE_READY,
        PG_PARAMS(pg_number(run_id, texts[0]), ready_ms < 0 ? NULL : pg_number(ready_ms, texts[1])), err);
}

bool remote_query_submitted(struct pg *pg, int64_t run_id, const struct remote_query *query, struct err *err)
{
    char texts[4][PG_NUMBER];
    return run_write(pg, SQL_REMOTE_SUBMITTED,
                     PG_PARAMS(pg_number(run_id, texts[0]), query->url, pg_number(query->age_ms, texts[1]),
                               query->body, pg_number(query->resumed_from, texts[2]),
                               query->was_cached ? "true" : "false", pg_number(query->answer_ms, texts[3])),
                     err);
}

bool remote_query_forget(struct pg *pg, int64_t run_id, struct err *err)
{
    char text[PG_NUMBER];
    return run_write_any(pg, SQL_REMOTE_FORGET_QUERY, PG_PARAMS(pg_number(run_id, text)), err);
}

bool remote_export_begin(struct pg *pg, int64_t run_id, const struct remote_export *export, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_EXPORT_BEGIN,
                     PG_PARAMS(pg_number(run_id, text), export->name, export->body, export->reason), err);
}

bool remote_export_requested(struct pg *pg, int64_t run_id, const char *key, struct err *err)
{
    char text[PG_NUMBER];
    return run_write(pg, SQL_EXPORT_KEY, PG_PARAMS(pg_number(run_id, text), key), err);
}

bool remote_export_resume(struct pg *pg, int64_t run_id, const struct remote_work *work, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write(pg, SQL_EXPORT_RESUME,
                     PG_PARAMS(pg_number(run_id, texts[0]), pg_number(work->run_id, texts[1])), err);
}

bool remote_export_forget(struct pg *pg, int64_t run_id, struct err *err)
{
    char text[PG_NUMBER];
    return run_write_any(pg, SQL_EXPORT_FORGET, PG_PARAMS(pg_number(run_id, text)), err);
}

bool remote_export_reject(struct pg *pg, int64_t run_id, struct err *err)
{
    char text[PG_NUMBER];
    return run_write_any(pg, SQL_EXPORT_REJECT, PG_PARAMS(pg_number(run_id, text)), err);
}

bool remote_export_end(struct pg *pg, int64_t run_id, bool deleted, uint64_t requests, struct err *err)
{
    char texts[2][PG_NUMBER];
    return run_write_any(pg, deleted ? SQL_EXPORT_DELETED : SQL_EXPORT_UNDELETED,
                         PG_PARAMS(pg_number(run_id, texts[0]), pg_number((int64_t)requests, texts[1])), err);
}

bool remote_export_leftover(struct pg *pg, const char *contract, int64_t run_id, struct remote_work *work,
                            struct err *err)
{
    char text[PG_NUMBER];
    *work = (struct remote_work){0};
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_EXPORT_LEFTOVER, PG_PARAMS(contract, pg_number(run_id, text)), err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    if (PQntuples(found) == 0)
        return true;
    work->run_id = pg_integer(found, 0, "run_id");
    work->export_key = copy_value(found, "export_key");
    return true;
}

bool remote_exports_kept(struct pg *pg, struct arena *arena, struct undeleted_export **exports, size_t *count,
                         struct err *err)
{
    SCOPED(pg_result) PGresult *found = pg_query(pg, SQL_EXPORT_KEPT, PG_NO_PARAMS, err);
    if (!found)
        return err_wrap(err, "cannot read the run table");
    *count = (size_t)PQntuples(found);
    *exports = arena_alloc(arena, *count, sizeof **exports);
    for (int i = 0; i < PQntuples(found); i++)
        (*exports)[i] = (struct undeleted_export){
            .job = arena_copy_text(arena, pg_value(found, i, "job")),
            .contract = arena_copy_text(arena, pg_value(found, i, "contract_number")),
            .run_id = pg_integer(found, i, "run_id"),
            .key = arena_copy_text(arena, pg_value(found, i, "export_key")),
        };
    return true;
}

bool remote_export_outstanding(struct pg *pg, unsigned *count, struct err *err)
{
    SCOPED(pg_result) PGresult *counted = pg_query(pg, SQL_EXPORT_OUTSTANDING, PG_NO_PARAMS, err);
    if (!counted)
        return err_wrap(err, "cannot read the run table");
    *count = (unsigned)pg_count(counted, 0, "outstanding");
    return true;
}
