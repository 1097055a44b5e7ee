/*
 * Rebuilds a table whose grain has changed. A new table, its successor, is loaded in the ordinary way but
 * under another name, and replaces the table in one transaction. Readers see the old table until then, and
 * the new one from then on.
 *
 * Owner, privileges, storage parameters, comments and views are carried over. Old versions of rows
 * (load/history) and the old table's last rows are kept: if the grain is the same, in the history of the new
 * table; else in a table whose name says their grain.
 * Whatever prevents this, and whatever will be lost, is reported before a request is spent.
 *
 * state/target_record stores which table a successor will replace. A successor left by a runner that died is
 * dropped by the next runner that starts, whatever its jobs.
 */
#ifndef LOAD_REBUILD_REBUILD_H
#define LOAD_REBUILD_REBUILD_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "job/job.h"
#include "job/window.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct rebuild {
    const struct job *job;         /* one that loads the table */
    const struct job *const *jobs; /* all of the run that load it */
    size_t job_count;
    const struct target_loads *loads; /* the table's loads when the rebuild began; NULL: the swap does not
                                         check for later ones */
    const char *schema;
    const char *table;
    const char *successor;           /* the name of the new table until the swap */
    const struct text_list *readers; /* roles that must be able to read the table */
    bool accept;                     /* run --accept: rows that vanish are a warning */
};

/* The name of a table's successor: NAME__rebuild, cut if it exceeds PostgreSQL's 63 bytes. out holds
 * REBUILD_NAME bytes. Returns out. Pure. */
#define REBUILD_NAME 64
const char *rebuild_successor_name(const char *table, char *out);

/*
 * The name of a successor's index after the swap: `NAME__rebuild_day_idx` → `NAME_day_idx`, also if
 * PostgreSQL has cut the table's name in it. out holds REBUILD_NAME bytes. Returns out. Pure.
 */
const char *rebuild_index_name(const char *index, const char *table, const char *successor, char *out);

/*
 * Begins a rebuild in a session that holds the table's lock for rebuilds (state/lock): checks whether the
 * table can be replaced as it is now. ERR_CREATE names what is in the way and what to do; the log has the
 * definitions of these objects, and what will not be carried over. A successor that an earlier run has left
 * is dropped.
 */
MUST_CHECK bool rebuild_begin(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/* What rebuild_begin() would find, without any change and without the lock: for a plan. */
MUST_CHECK bool rebuild_check(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/*
 * Replaces the table by its successor. run_ids: all runs that loaded the successor, one per line; unless
 * their rows are in it, nothing is replaced. After a lost connection it may be called again, also after a
 * COMMIT without an answer. *rows: the rows of the new table.
 *
 * Readers wait behind the locks that it takes. So each attempt to take them waits less than a second, and
 * attempts are repeated for up to a minute (or the session's lock_timeout, or the connection's deadline).
 * After that ERR_LATER, with the sessions that hold the table; also if another run has changed rows of the
 * table since the rebuild began: the new table lacks them. ERR_CREATE as from rebuild_begin(), or for a view
 * that does not fit the new table; ERR_DATA if no run has loaded a row, or if too many rows of a contract and
 * window vanish (checks.max_vanished, by their numbers; if the new table has other fields or another filter,
 * only if all vanish), unless that is accepted by run --accept. After an error the old table is unchanged.
 */
MUST_CHECK bool rebuild_swap(const struct rebuild *rebuild, const char *run_ids, struct pg *pg,
                             uint64_t *rows, struct err *err);

/* Drops the successor if there is one, and marks the runs that loaded it, including run_ids, as failed for
 * this reason. */
MUST_CHECK bool rebuild_abandon(const struct rebuild *rebuild, const char *run_ids, const char *reason,
                                struct pg *pg, struct err *err);

/* Drops successors of runners that have died. What cannot be dropped is logged. */
MUST_CHECK bool rebuild_drop_abandoned(struct pg *pg, struct err *err);

#endif
