#include "run/staging.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/text.h"
#include "load/fill.h"
#include "load/value.h"

#include <inttypes.h>

static bool same_columns(const struct text_list *names, const struct target *target)
{
    if (names->count != target->count)
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (!text_same_name(names->items[i], target->columns[i].api_name))
            return false;
    return true;
}

/* Derives and inspects the target; if the stage already has rows of other days, checks that these rows fit
 * it. */
static bool prepare(const struct staging *staging, struct err *err)
{
    struct fetched *fetched = staging->fetched;
    if (!fetched->stage)
        return fetched_derive_target(fetched, staging->context, staging->chunk, staging->columns, err);
    return same_columns(staging->columns, &fetched->target) ||
           err_set(err, ERR_DATA, "the result of one part of the window has other columns than the first");
}

/*
 * CSV has no types. To derive the type of a new column, a text that looks like a number counts as a number,
 * and midnight as a day, as in a query's result; but a field's text in quotes stays text. The staged value
 * stays as it is.
 */
static struct cell cell_for_type(const struct cell *cell, bool may_be_number, char room[static VALUE_MOMENT])
{
    int64_t moment_us;
    struct cell seen = *cell;
    if (cell->kind != CELL_TEXT)
        return seen;
    if (may_be_number && value_looks_like_number(cell))
        seen.kind = CELL_NUMBER;
    else if (date_parse_timestamp(cell->bytes, cell->length, &moment_us))
        seen = (struct cell){.kind = CELL_TEXT,
                             .bytes = room,
                             .length = value_canonical_moment(cell->bytes, cell->length, room)};
    return seen;
}

static bool widen_types(struct target *target, struct row_source *source, bool *widened, struct err *err)
{
    SCOPED(mem) bool *seen = mem_alloc(target->count, sizeof *seen);
    struct source_row row;
    char room[VALUE_MOMENT];
    row_source_begin(source);
    for (;;) {
        if (!source->next_row(source, &row, err))
            return false;
        if (!row.cells)
            break;
        for (size_t i = 0; i < target->count && i < row.count; i++) {
            struct target_column *column = &target->columns[i];
            struct cell cell = row.cells[i];
            if (source->is_untyped)
                cell = cell_for_type(&cell, column->is_metric || !cell.is_quoted, room);
            *widened |= target_note_value(column, &cell, &seen[i]);
        }
    }
    /* A column without any value in the rows becomes text; without any rows its type stays unknown. */
    for (size_t i = 0; i < target->count; i++)
        target->columns[i].type_is_known |= source->batch_rows > 0;
    return target_check_change(target, err);
}

/* Before the rows of a batch are staged: widens columns to the types of the batch's values. */
static bool fit_types(const struct staging *staging, struct row_source *source, struct err *err)
{
    bool widened = false;
    struct fetched *fetched = staging->fetched;
    if (!target_is_open(&fetched->target))
        return true;
    if (!widen_types(&fetched->target, source, &widened, err))
        return false;
    return !widened || !fetched->stage || stage_change_types(fetched->stage, err);
}

static bool need_stage(const struct staging *staging, struct err *err)
{
    bool fills;
    struct fetched *fetched = staging->fetched;
    struct pg *pg = staging->context->session->pg;
    if (fetched->stage)
        return true;
    if (!fill_is_possible(&fetched->target, staging->chunk->contract, &staging->chunk->window, pg, &fills,
                          err))
        return false;
    fetched->stage = stage_make(pg, &fetched->target, staging->chunk->contract, &staging->chunk->window,
                                fills ? STAGE_IN_FILE : STAGE_IN_TABLE, err);
    if (fetched->stage)
        stage_begin_part(fetched->stage, staging->part);
    return fetched->stage != NULL;
}

static bool copy_rows(struct stage *stage, struct row_source *source, struct err *err)
{
    struct source_row row;
    row_source_begin(source);
    if (!stage_begin_page(stage, err))
        return false;
    for (;;) {
        if (!source->next_row(source, &row, err))
            return false;
        if (!row.cells)
            return stage_end_page(stage, err);
        if (!stage_add_row(stage, row.cells, row.count, err))
            return false;
    }
}

static bool stage_batch(const struct staging *staging, struct row_source *source, struct err *err)
{
    if (!fit_types(staging, source, err) || !need_stage(staging, err))
        return false;
    return source->batch_rows == 0 || copy_rows(staging->fetched->stage, source, err);
}

static void drop_rows(const struct staging *staging)
{
    stage_release(staging->fetched->stage);
    staging->fetched->stage = NULL;
}

/* Drops the rows staged so far, and the column types that they had. A source that restarts is the only source
 * of its chunk. */
static bool restart(const struct staging *staging, struct err *err)
{
    drop_rows(staging);
    return prepare(staging, err);
}

/* Stages the batch. A batch of a damaged source counts as staged: the source restarts. */
static bool stage_or_repeat(const struct staging *staging, struct row_source *source, struct err *err)
{
    if (stage_batch(staging, source, err))
        return true;
    if (!source->repeat)
        return false;
    drop_rows(staging); /* the session may be in a COPY */
    return source->repeat(source, err);
}

/* Checks that exactly the rows that the source has handed out are in the stage. */
static bool count_rows(const struct staging *staging, uint64_t before, uint64_t handed, struct err *err)
{
    struct fetched *fetched = staging->fetched;
    fetched->rows = stage_rows(fetched->stage);
    return fetched->rows == before + handed ||
           err_set(err, ERR_BUG, "%" PRIu64 " rows are staged, %" PRIu64 " were received",
                   fetched->rows - before, handed);
}

bool staging_run(const struct staging *staging, struct row_source *source, bool *complete, struct err *err)
{
    uint64_t handed = 0;
    *complete = false;
    if (!prepare(staging, err))
        return false;
    uint64_t before = staging->fetched->stage ? stage_rows(staging->fetched->stage) : 0;
    for (;;) {
        enum row_source_state state;
        if (!source->next_batch(source, &state, err))
            return false;
        switch (state) {
        case ROW_SOURCE_BATCH:
            if (!stage_or_repeat(staging, source, err))
                return false;
            handed += source->batch_rows;
            break;
        case ROW_SOURCE_RESTART:
            if (!restart(staging, err))
                return false;
            handed = 0;
            break;
        case ROW_SOURCE_LOST:
            return true;
        case ROW_SOURCE_END:
            *complete = need_stage(staging, err) && count_rows(staging, before, handed, err);
            return *complete;
        }
    }
}
