/*
 * Whether the table's rows of the scope are the rows of the stage, by checksums of both sides: of a million
 * rows in half the time of the comparison by key (load/difference), which has to hold one side in memory.
 *
 * A row's checksum has 64 bits and covers `_row_key` and every column of the result; those of a side are
 * added up. Values that are equal have equal checksums, however they are written. If the rows differ, the
 * sums are equal with a probability of 2^-64. The checksums also depend on the run, so that the next run
 * finds the difference.
 */
#ifndef LOAD_SAME_ROWS_H
#define LOAD_SAME_ROWS_H

#include "load/figures.h"
#include "load/scope.h"

/* With fewer rows, the checksums take as long as the comparison. */
#ifndef SAME_ROWS_MIN
#define SAME_ROWS_MIN 10000
#endif

/*
 * *same: the rows are the same; false says nothing about them. Checksums are computed only if they are likely
 * to be equal: if the last load of contract and window has left the figures that were received now. They are
 * not computed for fewer than SAME_ROWS_MIN rows, or for a distributed table. In the load's transaction, with
 * the stage in a table; run_id: of this run.
 */
MUST_CHECK bool same_rows_find(const struct load_scope *scope, const struct figures *received,
                               const char *run_id, struct pg *pg, bool *same, struct err *err);

#endif
