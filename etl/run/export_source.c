#include "run/export_source.h"

#include "base/progress.h"

static struct export_source *of(struct row_source *source)
{
    return (struct export_source *)source;
}

/* Goes back to the first row: the file is read again. */
static bool restart(struct export_source *source, enum row_source_state *state, struct err *err)
{
    *state = ROW_SOURCE_RESTART;
    source->must_restart = false;
    row_block_clear(&source->block);
    export_dialect_clear(&source->dialect);
    source->count = 0;
    return export_rows_restart(source->rows, err);
}

/* Hands out the block as the next batch, full or not. */
static bool hand_out(struct export_source *source, enum row_source_state *state, struct err *err)
{
    row_block_finish(&source->block);
    source->dialect.header_is_quoted = export_rows_header_is_quoted(source->rows);
    if (!export_dialect_convert(&source->dialect, &source->block, err))
        return export_rows_repeat(source->rows, err) && restart(source, state, err);
    source->source.batch_rows = source->block.rows;
    source->count += source->block.rows;
    progress_rows(source->count, 0);
    *state = ROW_SOURCE_BATCH;
    return true;
}

static bool next_batch(struct row_source *base, enum row_source_state *state, struct err *err)
{
    struct export_source *source = of(base);
    *state = ROW_SOURCE_END;
    row_block_clear(&source->block);
    if (source->must_restart)
        return restart(source, state, err);
    while (!source->has_ended) {
        enum export_rows_state found;
        struct export_row row;
        if (!export_rows_next(source->rows, &found, &row, err))
            return false;
        switch (found) {
        case EXPORT_ROWS_ROW:
            if (!row_block_add(&source->block, row.cells, err))
                return false;
            export_dialect_note(&source->dialect, row.cells, row.line);
            if (row_block_is_full(&source->block))
                return hand_out(source, state, err);
            break;
        case EXPORT_ROWS_PAUSE:
            return restart(source, state, err);
        case EXPORT_ROWS_END:
            source->has_ended = true;
            break;
        }
    }
    *state = ROW_SOURCE_END;
    return source->block.rows == 0 || hand_out(source, state, err);
}

static bool next_row(struct row_source *base, struct source_row *row, struct err *err)
{
    struct export_source *source = of(base);
    (void)err;
    *row = (struct source_row){.count = source->block.width};
    if (base->next < source->block.rows)
        row->cells = row_block_row(&source->block, base->next++);
    return true;
}

static bool repeat(struct row_source *base, struct err *err)
{
    struct export_source *source = of(base);
    source->must_restart = export_rows_repeat(source->rows, err);
    return source->must_restart;
}

bool export_source_begin(struct export_source *source, struct export *export, const struct text_list *columns,
                         size_t fields, struct err *err)
{
    *source = (struct export_source){
        .source = {.next_batch = next_batch, .next_row = next_row, .repeat = repeat, .is_untyped = true},
        .block = row_block_make(columns->count),
        .dialect = export_dialect_make(columns, fields),
        .rows = export_rows_open(export, columns, err),
    };
    return source->rows != NULL;
}

void export_source_end(struct export_source *source)
{
    export_rows_release(source->rows);
    row_block_cleanup(&source->block);
    export_dialect_cleanup(&source->dialect);
}

const char *export_source_unproved_reason(const struct export_source *source)
{
    return export_rows_unproved_reason(source->rows);
}
