/*
 * From a source's rows to the stage: one COPY a batch.
 */
#ifndef RUN_STAGING_H
#define RUN_STAGING_H

#include "run/fetched.h"
#include "run/row_source.h"

/* One source to stage. Everything is borrowed. */
struct staging {
    const struct chunk_context *context;
    const struct chunk *chunk;
    const struct window *part;       /* of the chunk's window, that the rows are of: mostly all of it */
    const struct text_list *columns; /* of the source's rows, in their order */
    struct fetched *fetched;         /* with its arena; target, stage and rows are set */
};

/*
 * Stages every row: derives the target from the columns, makes the stage, and takes batch after batch. Where
 * fetched has a stage, with the rows of other days of the window, these rows join them; the caller has begun
 * their part
 *
 * Types that neither job nor catalogue know are read off the values: off those of the first batch where there
 * is no column yet, and later ones widen it.
 *
 * *complete: every row is staged. Not so, and true, when the source has lost its rows on the way: then some
 * of them are in the stage.
 *
 * ERR_DATA when rows are too wide or of the wrong type, or have other columns than those of other days;
 * others as the source has them.
 */
MUST_CHECK bool staging_run(const struct staging *staging, struct row_source *source, bool *complete,
                            struct err *err);

#endif
