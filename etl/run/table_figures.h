/*
 * What a target table holds now of a contract and a window: the figures that a load keeps in its run row
 * (load/figures).
 */
#ifndef RUN_TABLE_FIGURES_H
#define RUN_TABLE_FIGURES_H

#include "run/chunk_context.h"

struct table_figures {
    const struct chunk *chunk; /* of whose job, contract and table */
    const struct window *window;
    const char *run_id; /* mode: append: rows of this run alone */
};

/* Appends the figures, one a line, as run_record_success has them. */
MUST_CHECK bool table_figures_read(const struct chunk_context *context, const struct table_figures *of,
                                   struct buf *figures, struct err *err);

#endif
