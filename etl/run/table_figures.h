/*
 * Reads the figures of what a target table holds now of a contract and a window: the same figures that a load
 * stores in its run row (load/figures).
 */
#ifndef RUN_TABLE_FIGURES_H
#define RUN_TABLE_FIGURES_H

#include "run/chunk_context.h"

struct table_figures {
    const struct chunk *chunk; /* gives job, contract and table */
    const struct window *window;
    const char *run_id; /* mode: append: only rows of this run */
};

/* Appends the figures, one per line, in the form of run_record_success. */
MUST_CHECK bool table_figures_read(const struct chunk_context *context, const struct table_figures *of,
                                   struct buf *figures, struct err *err);

#endif
