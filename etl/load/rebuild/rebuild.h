/*
 * A table whose grain has changed, made anew: its successor is loaded beside it, by the ordinary way but
 * under a name of its own, and takes its place in one transaction. Readers see the old table until then, and
 * the new one from then on.
 *
 * Owner, privileges, storage parameters, comments and views are carried over. Old versions of rows
 * (load/history) stay, under a name that tells their grain, with the old table's last rows among them. What
 * stands in the way of that is told before a request is spent, and so is what will be lost.
 *
 * Of a successor it is remembered whose place it is to take (state/target_record). One that was left behind
 * by a runner that died is dropped by the next runner that starts, whatever its jobs.
 */
#ifndef LOAD_REBUILD_REBUILD_H
#define LOAD_REBUILD_REBUILD_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "job/job.h"
#include "job/window.h"
#include "wire/pg/pg.h"

#include <stdint.h>

struct rebuild {
    const struct job *job; /* one that loads the table */
    const char *schema;
    const char *table;
    const char *successor;           /* the new table, until it takes the place of the old one */
    const struct text_list *readers; /* roles that are to be able to read the table */
};

/* What a table's successor is called: NAME__rebuild, cut where that is longer than PostgreSQL's 63 bytes. out
 * holds REBUILD_NAME bytes. Returns out. Pure. */
#define REBUILD_NAME 64
const char *rebuild_successor_name(const char *table, char *out);

/*
 * What an index of the successor is called once that has the table's name: `NAME__rebuild_day_idx` →
 * `NAME_day_idx`, also where PostgreSQL has cut the table's name in it. out holds REBUILD_NAME bytes. Returns
 * out. Pure.
 */
const char *rebuild_index_name(const char *index, const char *table, const char *successor, char *out);

/*
 * Begins, in a session that holds the table's lock for rebuilds (state/lock) and names it so: whether the
 * table can be replaced as it is now. ERR_CREATE names what is in the way and what to do; definitions of that
 * are in the log. So is what will not be carried over. A successor that somebody left is dropped.
 */
MUST_CHECK bool rebuild_begin(const struct rebuild *rebuild, struct pg *pg, struct err *err);

/*
 * Puts the successor in the table's place. run_ids: of all runs that loaded it, one a line: their rows are in
 * it, or nothing is replaced. Where the connection was lost, it may be called again, also after a COMMIT
 * whose answer nobody has heard. *rows: of the new table.
 *
 * Takes its locks all at once and within a second, again and again for up to a minute (or the session's
 * lock_timeout, or the connection's deadline), so that those who read meanwhile do not queue up behind it:
 * then ERR_LATER, naming who holds on to the table. ERR_CREATE as rebuild_begin(), or for a view that does
 * not fit the new table; ERR_DATA where no run brought a row. The old table is as it was then.
 */
MUST_CHECK bool rebuild_swap(const struct rebuild *rebuild, const char *run_ids, struct pg *pg,
                             uint64_t *rows, struct err *err);

/* Drops the successor where there is one, and marks the runs that loaded it, run_ids among them, as failed
 * for this reason. */
MUST_CHECK bool rebuild_give_up(const struct rebuild *rebuild, const char *run_ids, const char *reason,
                                struct pg *pg, struct err *err);

/* Gives up what runners that are gone left behind. What cannot be dropped is told in the log. */
MUST_CHECK bool rebuild_sweep(struct pg *pg, struct err *err);

#endif
