/* What the files of load/rebuild share. */
#ifndef LOAD_REBUILD_REBUILD_INNER_H
#define LOAD_REBUILD_REBUILD_INNER_H

#include "base/buf.h"
#include "load/rebuild/rebuild.h"

/* What the old table is called between its renaming and its end, within one transaction. */
const char *rebuild_replaced_name(const char *table, char *out);

/* ERR_CREATE when anything but what a swap can carry over stands on the table, or a name is taken that the
 * swap needs: that of the successor too, unless it is loaded. */
MUST_CHECK bool rebuild_check_obstacles(const struct rebuild *rebuild, bool successor_is_loaded,
                                        struct pg *pg, struct err *err);

/* Logs how something was defined that is to be made again by hand. */
void rebuild_log_definition(const char *what, const char *definition);

/* Within the swap: the old table's rows, as versions that the newest of these runs has ended. */
MUST_CHECK bool rebuild_keep_old_rows(const struct rebuild *rebuild, const char *run_ids, struct pg *pg,
                                      struct err *err);

/* Within the swap: gives the old table's history the name of its grain. */
MUST_CHECK bool rebuild_end_history(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/* Within the swap, once the new table has its name and its record: begins its history, where the job wants
 * one.
 */
MUST_CHECK bool rebuild_begin_history(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/* Whether the table is partitioned, and the new one will be so too: by the window's date, as the job says or
 * as the table is. */
MUST_CHECK bool rebuild_keeps_placement(const struct rebuild *rebuild, struct pg *pg, bool *keeps,
                                        struct err *err);

/* Within the swap, once the successor has owner and privileges of the table: its partitions get them too. */
MUST_CHECK bool rebuild_liken_partitions(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/* Within the swap, once the successor has the table's name and the old table is gone: so do its partitions.
 */
MUST_CHECK bool rebuild_rename_partitions(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/* Appends "schema"."name". */
void rebuild_put_name(const struct rebuild *rebuild, const char *name, struct buf *sql);

#endif
