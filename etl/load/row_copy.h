/*
 * Copies rows from a file (load/row_file) into a table, with one COPY.
 */
#ifndef LOAD_ROW_COPY_H
#define LOAD_ROW_COPY_H

#include "load/row_file.h"
#include "wire/pg/pg.h"

/* The values that every row has before and after its own, encoded for COPY, and their number. */
struct row_frame {
    struct buf before;
    struct buf after;
    unsigned count;
};

struct row_frame row_frame_make(void); /* empty */
void row_frame_cleanup(struct row_frame *frame);

/* copy: a statement `copy … from stdin (format binary)`. *rows: how many rows the server has taken. */
MUST_CHECK bool row_copy(struct row_file *file, const struct row_frame *frame, const char *copy,
                         struct pg *pg, uint64_t *rows, struct err *err);

#endif
