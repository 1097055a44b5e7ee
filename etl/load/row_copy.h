/*
 * Rows that were kept (load/row_file) into a table, by one COPY.
 */
#ifndef LOAD_ROW_COPY_H
#define LOAD_ROW_COPY_H

#include "load/row_file.h"
#include "wire/pg/pg.h"

/* What every row has before and behind its own values, encoded for COPY, and how many values that is. */
struct row_frame {
    struct buf before;
    struct buf behind;
    unsigned count;
};

struct row_frame row_frame_make(void); /* nothing */
void row_frame_cleanup(struct row_frame *frame);

/* copy: `copy … from stdin (format binary)`. *rows is how many the server took. */
MUST_CHECK bool row_copy(struct row_file *file, const struct row_frame *frame, const char *copy,
                         struct pg *pg, uint64_t *rows, struct err *err);

#endif
