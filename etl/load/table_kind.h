/*
 * Which kinds of table are loaded: plain, partitioned and inherited ones whose rows are all in heaps of this
 * server.
 */
#ifndef LOAD_TABLE_KIND_H
#define LOAD_TABLE_KIND_H

#include "base/err.h"
#include "wire/pg/pg.h"

/*
 * True for a name that nothing has. ERR_CONFIG for a table that is not supported: foreign, temporary, of
 * another access method than heap (columnar), or managed by Citus; partitions and children count. ERR_CREATE
 * where the name is that of a view, or of anything else that is no table.
 */
MUST_CHECK bool table_kind_check(const char *schema, const char *table, struct pg *pg, struct err *err);

#endif
