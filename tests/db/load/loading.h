/*
 * Loads for tests: a database with the tool's schema and no target table, and rows written down as JSON,
 * which take the way that a result's rows take, from target_derive() to COMMIT.
 */
#ifndef DB_LOAD_LOADING_H
#define DB_LOAD_LOADING_H

#include "db/state/fresh.h"
#include "load/grain.h"
#include "load/merge.h"
#include "load/stage.h"
#include "load/target.h"
#include "unit/load/jobs.h"
#include "wire/json/json_reader.h"

struct loading {
    const struct job *job;
    const char *contract; /* NULL: CONTRACT */
    struct window window;
    struct text_list names; /* of the result; none: the job's fields, then its metrics */
    struct text_list readers;
    const char *rows; /* [[…], …] */
    int64_t run_id;
    bool accept;
    enum stage_place place;
    struct windows moving; /* the job's own, as they are on the day `today` */
    date_t today;          /* 0: a day after all others */
};

static inline struct text_list names_of(const struct loading *loading, struct arena *arena)
{
    const struct job_query *query = &loading->job->query;
    const struct text_list *lists[] = {&query->fields, &query->metrics};
    struct text_list names = loading->names;
    for (size_t list = 0; list < COUNT_OF(lists) && loading->names.count == 0; list++)
        for (size_t i = 0; i < lists[list]->count; i++) {
            const char **slot = arena_push(arena, &names.items, &names.count, sizeof *slot);
            *slot = lists[list]->items[i];
        }
    return names;
}

static inline const char *contract_of(const struct loading *loading)
{
    return loading->contract ? loading->contract : CONTRACT;
}

static inline bool derive_and_inspect(struct pg *pg, const struct loading *loading, struct arena *arena,
                                      struct target *target, struct err *err)
{
    struct text_list names = names_of(loading, arena);
    if (!target_derive(loading->job, "tokenflex", &names, arena, target, err))
        return false;
    target->contract = contract_of(loading);
    return target_inspect(target, &loading->readers, pg, err);
}

/* Adds rows of JSON to a page that has been begun. */
static inline bool add_rows(struct stage *stage, const char *json, struct arena *arena, struct err *err)
{
    struct cell cells[32];
    size_t count;
    struct json_reader reader = json_reader_make(arena_copy_text(arena, json), strlen(json));
    if (json_next(&reader, err) != JSON_ARRAY_BEGIN)
        fail_msg("no rows: %s", json);
    for (;;) {
        enum json_token token = json_next(&reader, err);
        if (token == JSON_ARRAY_END)
            return true;
        if (token != JSON_ARRAY_BEGIN || !json_read_cells(&reader, cells, COUNT_OF(cells), &count, err))
            fail_msg("no rows: %s: %s", json, err->text);
        if (!stage_add_row(stage, cells, count, err))
            return false;
    }
}

static inline bool stage_page(struct stage *stage, const char *json, struct arena *arena, struct err *err)
{
    return stage_begin_page(stage, err) && add_rows(stage, json, arena, err) && stage_end_page(stage, err);
}

static inline bool load_in_transaction(struct pg *pg, const struct loading *loading, struct target *target,
                                       const struct stage *stage, struct row_counts *counts, struct err *err)
{
    SCOPED(buf) struct buf accepted = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf figures = buf_make(BUF_OWN_TEXT);
    struct merge merge = {.target = target,
                          .contract = contract_of(loading),
                          .window = &loading->window,
                          .moving = &loading->moving,
                          .today = loading->today ? loading->today : JOB_END_DAY,
                          .run_id = loading->run_id,
                          .stage = stage,
                          .accept = loading->accept,
                          .accepted = &accepted,
                          .figures = &figures};
    return pg_begin(pg, err) && target_apply(target, pg, err) && grain_lock(target, pg, err) &&
           merge_run(&merge, pg, counts, err) && pg_commit(pg, err);
}

static inline bool try_load(struct pg *pg, const struct loading *loading, struct row_counts *counts,
                            struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct target target;
    if (!derive_and_inspect(pg, loading, arena, &target, err))
        return false;
    SCOPED(stage)
    struct stage *stage =
        stage_make(pg, &target, contract_of(loading), &loading->window, loading->place, err);
    if (!stage)
        return false;
    stage_begin_part(stage, &loading->window);
    if (!stage_page(stage, loading->rows, arena, err))
        return false;
    bool loaded = load_in_transaction(pg, loading, &target, stage, counts, err);
    if (!loaded)
        pg_rollback(pg);
    return loaded;
}

static inline struct row_counts load(struct pg *pg, const struct loading *loading)
{
    struct err err = {0};
    struct row_counts counts;
    must(try_load(pg, loading, &counts, &err), &err);
    return counts;
}

/* Asserts what a load did: inserted, updated, unchanged. */
static inline void expect_counts(struct row_counts counts, uint64_t inserted, uint64_t updated,
                                 uint64_t unchanged)
{
    if (counts.inserted != inserted || counts.updated != updated || counts.unchanged != unchanged ||
        counts.deleted != 0)
        fail_msg("%d inserted, %d updated, %d unchanged, %d deleted", (int)counts.inserted,
                 (int)counts.updated, (int)counts.unchanged, (int)counts.deleted);
}

#endif
