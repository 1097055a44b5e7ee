#include "run/export_stage.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "run/export_rows.h"
#include "run/row_block.h"
#include "wire/json/json_reader.h"

#include <inttypes.h>

struct staging {
    const struct pipeline *pipeline;
    const struct chunk *chunk;
    struct fetched *fetched;
    struct row_block block;
    uint64_t rows; /* handed to the stage */
};

/* CSV has no types. What a new column's type is read off is a number where it looks like one, as the query
 * would have it; what is staged stays as it came. */
static struct cell as_seen(const struct cell *cell)
{
    struct cell seen = *cell;
    if (cell->kind == CELL_TEXT && json_is_number(cell->bytes, cell->length))
        seen.kind = CELL_NUMBER;
    return seen;
}

/* Before a block's rows are staged: the columns hold what it brings. */
static bool fit_types(struct staging *staging, struct err *err)
{
    struct target *target = &staging->fetched->target;
    struct stage *stage = staging->fetched->stage;
    SCOPED(mem) bool *seen = mem_alloc(target->count, sizeof *seen);
    bool widened = false;
    if (!target_is_open(target))
        return true;
    for (size_t row = 0; row < staging->block.rows; row++) {
        const struct cell *cells = row_block_row(&staging->block, row);
        for (size_t i = 0; i < target->count; i++) {
            struct cell cell = as_seen(&cells[i]);
            widened |= target_see_value(&target->columns[i], &cell, &seen[i]);
        }
    }
    /* Rows that show no value of a column leave it text; no rows at all leave it open. */
    for (size_t i = 0; i < target->count; i++)
        target->columns[i].type_is_known |= staging->block.rows > 0;
    return target_check_change(target, err) && (!widened || !stage || stage_follow_types(stage, err));
}

static bool need_stage(struct staging *staging, struct err *err)
{
    struct fetched *fetched = staging->fetched;
    if (!fetched->stage)
        fetched->stage = stage_make(staging->pipeline->session->pg, &fetched->target,
                                    staging->chunk->contract, &staging->chunk->window, err);
    return fetched->stage != NULL;
}

/* The block's rows, one COPY, into the stage. */
static bool flush(struct staging *staging, struct err *err)
{
    struct row_block *block = &staging->block;
    row_block_settle(block);
    if (!fit_types(staging, err) || !need_stage(staging, err))
        return false;
    if (block->rows == 0)
        return true;
    struct stage *stage = staging->fetched->stage;
    if (!stage_begin_page(stage, err))
        return false;
    for (size_t row = 0; row < block->rows; row++)
        if (!stage_add_row(stage, row_block_row(block, row), block->width, err))
            return false;
    staging->rows += block->rows;
    progress_rows(staging->rows, PROGRESS_UNKNOWN);
    row_block_clear(block);
    return stage_end_page(stage, err);
}

/* What has come is void. */
static void drop(struct staging *staging)
{
    stage_release(staging->fetched->stage);
    staging->fetched->stage = NULL;
    staging->rows = 0;
    row_block_clear(&staging->block);
}

/* The database's session is free meanwhile: an API request may have to be paid for. */
static bool go_on(struct staging *staging, struct export_rows *rows, struct err *err)
{
    bool anew;
    if (!export_rows_go_on(rows, &anew, err))
        return false;
    if (anew)
        drop(staging);
    return true;
}

static bool stage_rows_of(struct staging *staging, struct export_rows *rows, struct err *err)
{
    for (;;) {
        enum export_rows_state state;
        struct export_row row;
        if (!export_rows_next(rows, &state, &row, err))
            return false;
        switch (state) {
        case EXPORT_ROWS_ROW:
            if (!row_block_add(&staging->block, row.cells, err) ||
                (row_block_is_full(&staging->block) && !flush(staging, err)))
                return false;
            break;
        case EXPORT_ROWS_PAUSE:
            if (!go_on(staging, rows, err))
                return false;
            break;
        case EXPORT_ROWS_END:
            return flush(staging, err);
        }
    }
}

static bool download(struct staging *staging, struct export *export, const struct text_list *names,
                     struct err *err)
{
    progress_phase("downloading");
    log_info("export-download", "the export is ready; downloading it");
    SCOPED(export_rows) struct export_rows *rows = export_rows_open(export, names, err);
    if (!rows || !stage_rows_of(staging, rows, err))
        return false;
    staging->fetched->rows = stage_rows(staging->fetched->stage);
    if (staging->fetched->rows != staging->rows)
        return err_set(err, ERR_BUG, "%" PRIu64 " rows are staged, the export has %" PRIu64,
                       staging->fetched->rows, staging->rows);
    log_write_numbers(LOG_INFO, "export-read", LOG_NUMBERS({"rows_read", (int64_t)staging->rows}),
                      "export read, %" PRIu64 " rows%s", staging->rows,
                      export_rows_proved(rows) ? "" : "; its host told no length");
    return true;
}

bool export_stage(const struct pipeline *pipeline, const struct chunk *chunk, struct export *export,
                  struct fetched *fetched, struct err *err)
{
    struct staging staging = {.pipeline = pipeline, .chunk = chunk, .fetched = fetched};
    struct text_list names = job_result_columns(chunk->job, fetched->arena);
    if (!fetched_derive_target(fetched, pipeline, chunk, &names, err))
        return false;
    staging.block = row_block_make(names.count);
    bool staged = download(&staging, export, &names, err);
    if (!staged)
        drop(&staging);
    row_block_cleanup(&staging.block);
    return staged;
}
