/*
 * Checks that a table is of a kind that can be loaded: a plain, partitioned or inherited table whose rows are
 * all in heaps of this server, or one that Citus distributes by contract_number or _row_key.
 */
#ifndef LOAD_TABLE_KIND_H
#define LOAD_TABLE_KIND_H

#include "base/err.h"
#include "wire/pg/pg.h"

/*
 * Returns true if nothing has the name. ERR_CONFIG for a table that is not supported: foreign, temporary,
 * with an access method other than heap (columnar); this also applies to partitions and children. ERR_CONFIG
 * also for a table that Citus distributes by another column, a reference or single-shard table, and a
 * distributed table that is partitioned as well. ERR_CREATE if the name is that of a view or anything else
 * that is not a table.
 */
MUST_CHECK bool table_kind_check(const char *schema, const char *table, struct pg *pg, struct err *err);

#endif
