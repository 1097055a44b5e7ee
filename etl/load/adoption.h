/*
 * A table that a DBA has created in advance, for example to partition it. The first load uses it if it is
 * empty and its columns and unique index fit.
 *
 * It must have the columns that identify rows: `contract_number`; `window_start` and `window_end` if the rows
 * have no date; `_row_key`, `_run_id`, `_synced_at`. Missing columns of fields and metrics are added, as to
 * any other table. The unique index must be unique for the key: it has `_row_key`, or the contract, the
 * window and every field of the key; with mode: append it also has `_run_id`. Every other column of the index
 * has the same value in all rows of one key. PostgreSQL requires the partition key in every unique index, so
 * two rows with the same key are never in two partitions.
 */
#ifndef LOAD_ADOPTION_H
#define LOAD_ADOPTION_H

#include "load/target.h"
#include "wire/pg/pg.h"

/*
 * Checks a table that exists and that this tool has not created; its placement has been read. columns: those
 * of the table (target_columns.sql). ERR_CONFIG if it does not fit: the hint has the statements that are
 * missing.
 */
MUST_CHECK bool adoption_check(const struct target *target, const PGresult *columns, struct pg *pg,
                               struct err *err);

/* Whether the table has a unique index that prevents two rows with one key: a DBA may have dropped it. */
MUST_CHECK bool adoption_find_index(const struct target *target, struct pg *pg, bool *found, struct err *err);

/* Appends the statement that makes this index, which has the columns of the partition key first. */
void adoption_put_index(const struct target *target, struct buf *sql);

/* Whether a unique index of these columns, one per line, is unique for exactly the target's key. Pure. */
bool adoption_index_fits(const struct target *target, const char *columns);

#endif
