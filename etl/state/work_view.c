#include "state/work_view.h"

#include "sql/statements.h"

static bool read_chunks(struct pg *pg, const char *share, struct arena *arena, struct work_view_round *round,
                        struct err *err)
{
    char text[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *found =
        pg_query(pg, SQL_WORK_VIEW_CHUNKS, PG_PARAMS(share, pg_number(round->round, text)), err);
    if (!found)
        return false;
    round->chunk_count = (size_t)PQntuples(found);
    round->chunks = arena_alloc(arena, round->chunk_count + 1, sizeof *round->chunks);
    for (int i = 0; i < PQntuples(found); i++)
        round->chunks[i] = (struct work_view_chunk){
            .job = arena_copy_text(arena, pg_value(found, i, "job")),
            .contract = arena_copy_text(arena, pg_value(found, i, "contract_number")),
            .window = work_read_window(found, i),
            .state = work_read_state(found, i),
            .host = arena_copy_text(arena, pg_value(found, i, "host")),
            .error = arena_copy_text(arena, pg_value(found, i, "error")),
            .lease_until_ms = pg_integer(found, i, "lease_ms"),
        };
    return true;
}

static bool read_rounds(struct pg *pg, const char *task, struct arena *arena, struct work_view *view,
                        struct err *err)
{
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_WORK_VIEW_ROUNDS, PG_PARAMS(view->share, task), err);
    if (!found)
        return false;
    view->count = (size_t)PQntuples(found);
    view->rounds = arena_alloc(arena, view->count + 1, sizeof *view->rounds);
    for (int i = 0; i < PQntuples(found); i++) {
        struct work_view_round *round = &view->rounds[i];
        *round = (struct work_view_round){
            .round = pg_integer(found, i, "round"),
            .task = arena_copy_text(arena, pg_value(found, i, "task")),
            .opened_ms = pg_integer(found, i, "opened_ms"),
            .closed_ms = pg_integer(found, i, "closed_ms"),
            .hosts = work_read_lines(found, i, "hosts", arena),
        };
        for (size_t state = 0; state < WORK_STATES; state++)
            round->counts[state] = pg_count(found, i, work_state_name((enum work_state)state));
        if (!read_chunks(pg, view->share, arena, round, err))
            return false;
    }
    return true;
}

bool work_view_read(struct pg *pg, const char *share, const char *task, struct arena *arena,
                    struct work_view *view, struct err *err)
{
    *view = (struct work_view){.share = share};
    if (!*share)
        return true;
    SCOPED(pg_result) PGresult *readable = pg_query(pg, SQL_WORK_READABLE, PG_NO_PARAMS, err);
    if (!readable || (pg_flag(readable, 0, "is_readable") && !read_rounds(pg, task, arena, view, err)))
        return err_wrap(err, "cannot read the work of share %s", share);
    return true;
}
