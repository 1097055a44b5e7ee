/* Shared by the files of load/rebuild. */
#ifndef LOAD_REBUILD_REBUILD_INNER_H
#define LOAD_REBUILD_REBUILD_INNER_H

#include "base/buf.h"
#include "load/rebuild/rebuild.h"

/* The name of the old table within the swap, after it was renamed and before it is dropped. */
const char *rebuild_replaced_name(const char *table, char *out);

/* ERR_CREATE if something depends on the table that the swap cannot carry over, or if a name that the swap
 * needs is taken, including that of the successor unless it is loaded. */
MUST_CHECK bool rebuild_check_obstacles(const struct rebuild *rebuild, bool successor_is_loaded,
                                        struct pg *pg, struct err *err);

/* Logs the definition of an object that has to be created again by hand. */
void rebuild_log_definition(const char *what, const char *definition);

/* What becomes of the old table's history (load/history). */
enum rebuild_history {
    REBUILD_HISTORY_NONE,      /* the old table has no history */
    REBUILD_HISTORY_ENDS,      /* it is set aside: the new table has another grain */
    REBUILD_HISTORY_CONTINUES, /* it is the new table's: both have the same grain */
};

/*
 * Within the swap: copies the old table's rows into its history, as versions that the newest of these runs
 * has ended. If the history continues, the new table's rows count as written now, not when they were loaded:
 * until now there were the old ones.
 */
MUST_CHECK bool rebuild_keep_old_rows(const struct rebuild *rebuild, const char *run_ids, struct pg *pg,
                                      enum rebuild_history *history, struct err *err);

/* Within the swap, before the old table is renamed: drops the function that returns the old table's rows. If
 * the history ends, also renames it: the new name has its grain. */
MUST_CHECK bool rebuild_end_history(const struct rebuild *rebuild, enum rebuild_history history,
                                    struct pg *pg, struct err *err);

/* Within the swap, after the new table has its name and its record: brings a history that continues up to
 * date with the new table, else creates one, if the job keeps one. */
MUST_CHECK bool rebuild_begin_history(const struct rebuild *rebuild, enum rebuild_history history,
                                      struct pg *pg, struct err *err);

/* Whether the table is partitioned, and the new one will be so too: by the window's date, as the job says or
 * as the table is. */
MUST_CHECK bool rebuild_keeps_partitions(const struct rebuild *rebuild, struct pg *pg, bool *keeps,
                                         struct err *err);

/* Within the swap, once the successor has owner and privileges of the table: its partitions get them too. */
MUST_CHECK bool rebuild_copy_partition_properties(const struct rebuild *rebuild, struct pg *pg,
                                                  struct err *err);

/* Within the swap, after the old table was dropped and the successor has its name: renames the successor's
 * partitions likewise. */
MUST_CHECK bool rebuild_rename_partitions(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/* Before the swap: ERR_DATA, with the numbers, if more rows of a contract and window vanish than
 * checks.max_vanished allows; with --accept a warning. */
MUST_CHECK bool rebuild_check_vanished(const struct rebuild *rebuild, const char *run_ids, struct pg *pg,
                                       struct err *err);

/* Appends "schema"."name". */
void rebuild_put_name(const struct rebuild *rebuild, const char *name, struct buf *sql);

#endif
