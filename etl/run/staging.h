/*
 * Copies the rows of a source into the stage: one COPY per batch.
 */
#ifndef RUN_STAGING_H
#define RUN_STAGING_H

#include "run/fetched.h"
#include "run/row_source.h"

/* The source and where its rows go. Everything is borrowed. */
struct staging {
    const struct chunk_context *context;
    const struct chunk *chunk;
    const struct window *part;       /* the part of the chunk's window with these rows; usually all of it */
    const struct text_list *columns; /* columns of the source's rows, in order */
    struct fetched *fetched;         /* has its arena; target, stage and rows are set here */
};

/*
 * Stages every row: derives the target from the columns, makes the stage, and takes batch after batch. If
 * fetched already has a stage, with rows of other days of the window, the rows are added to it; the caller
 * has called stage_begin_part() for them.
 *
 * Types that neither job nor catalogue define are derived from the values: from those of the first batch if
 * the column does not exist yet; later batches can widen a type.
 *
 * *complete: every row is staged. If false while the function returns true, the source has lost its rows on
 * the way, and some of them are in the stage.
 *
 * ERR_DATA if rows are too wide or of the wrong type, or have other columns than those of other days;
 * ERR_CONFIG if values need another type and target.on_schema_change is fail; others as from
 * target_inspect() and from the source.
 */
MUST_CHECK bool staging_run(const struct staging *staging, struct row_source *source, bool *complete,
                            struct err *err);

#endif
