/*
 * A table that its owner has made in advance, for example to partition it, and that the tool's first load
 * takes over: an empty one whose columns and unique index fit.
 *
 * It must have the columns that identify rows: `contract_number`, the window's where rows have no
 * date, `_row_key`, `_run_id`, `_synced_at`. Columns of fields and metrics that are missing are added as to
 * any other table. Its unique index must be unique for the key and for nothing less: it has `_row_key`,
 * or the contract, the window and every field of the key; and otherwise only columns that the key determines.
 * PostgreSQL sees to it that the partition key is among them: so two rows of one key are never in two
 * partitions.
 */
#ifndef LOAD_ADOPTION_H
#define LOAD_ADOPTION_H

#include "load/target.h"
#include "wire/pg/pg.h"

/*
 * Of a table that exists and that the tool has not made, with its placement read. ERR_CONFIG where it cannot
 * be taken over, with the statements that are missing.
 */
MUST_CHECK bool adoption_check(const struct target *target, struct pg *pg, struct err *err);

/* Whether a unique index of these columns, one per line, is unique for exactly the target's key. Pure. */
bool adoption_index_fits(const struct target *target, const char *columns);

#endif
