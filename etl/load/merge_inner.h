/*
 * Shared by the files of load/merge: merge.c has the order of the steps, and decides and proves;
 * merge_write.c has the statements that write rows.
 */
#ifndef LOAD_MERGE_INNER_H
#define LOAD_MERGE_INNER_H

#include "load/comparable.h"
#include "load/difference.h"
#include "load/history.h"
#include "load/merge.h"
#include "load/partitions.h"
#include "load/restatement.h"
#include "load/snapshots.h"

/* One merge under way. */
struct merging {
    const struct merge *merge;
    struct load_scope scope; /* without the windows that are replaced */
    struct pg *pg;
    char run_id[PG_NUMBER];
    struct arena *arena;
    struct snapshot_decision decision;
    struct scope_windows replaced; /* the windows that the decision replaces; empty if it replaces none */
    struct comparable comparable;
    struct restatement restatement;
    uint64_t rows_restated;                /* by the comparison, where there was one */
    bool has_days;                         /* the proof has made PROOF_DAYS */
    char standalone[PARTITION_NAME_BYTES]; /* the table that is filled and becomes a partition; "": none */
    struct history *history;               /* NULL: old versions of rows are not kept */
};

/* Whether the rows go straight into the table, which has none in their scope (load/fill). */
bool merge_is_filled(const struct merging *merging);

/*
 * Each writes the rows that it names, and fails with ERR_CREATE or ERR_LATER if it could not write as many as
 * it should have (load/lost_rows), or with ERR_DATA if the table has several rows with one key
 * (load/misplaced_rows).
 */

/* Every row of the stage. */
MUST_CHECK bool merge_insert_all(const struct merging *merging, struct row_counts *counts, struct err *err);

/* The rows that the comparison has found to be new, changed or vanished. rows: their number. */
MUST_CHECK bool merge_insert_new(const struct merging *merging, uint64_t rows, struct err *err);
MUST_CHECK bool merge_update_changed(const struct merging *merging, const struct difference *difference,
                                     struct err *err);
MUST_CHECK bool merge_delete_vanished(const struct merging *merging, uint64_t rows, struct err *err);

/* Deletes the rows of the windows that the load's window replaces. */
MUST_CHECK bool merge_delete_replaced(const struct merging *merging, struct row_counts *counts,
                                      struct err *err);

/* merge_is_filled(): straight into the table, whose scope has no rows. */
MUST_CHECK bool merge_fill(const struct merging *merging, struct row_counts *counts, struct err *err);

/* Every row into a table that this transaction has made; afterwards creates the table's index. */
MUST_CHECK bool merge_fill_new_table(const struct merging *merging, struct row_counts *counts,
                                     struct err *err);

#endif
