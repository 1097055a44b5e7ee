/*
 * run --rebuild: which of the run's tables are made anew, and what becomes of them.
 *
 * A table that is made anew belongs to all work units that load it, of whichever job and contract. When the
 * last of them is over and every chunk has succeeded, the new table takes the place of the old one. When one
 * has failed, the others are not begun any more, what was loaded is dropped, and the old table stays as it
 * was.
 */
#ifndef RUN_REBUILDS_H
#define RUN_REBUILDS_H

#include "job/settings.h"
#include "load/rebuild/rebuild.h"
#include "run/schedule.h"
#include "run/session.h"

struct table_rebuild {
    struct rebuild what;
    struct session session; /* holds the table's lock for rebuilds, and replaces or drops */
    uint64_t rows_before;
    /* The caller's to guard: */
    size_t units_left;
    bool has_failed;
    bool is_over;
};

struct rebuilds {
    struct table_rebuild **items;
    size_t count;
};

struct rebuilds_options {
    const struct settings *settings;
    struct schedule *schedule;
    const struct jobs *defined; /* every job there is, of the run or not */
};

/*
 * Looks at every table of the schedule. One that holds the answer to another question is prepared: its work
 * units load into a successor. Where it cannot be (another runner is at it, something is in the way, or the
 * run does not load all that the table holds), they are refused. Of the others the log says that nothing
 * needs rebuilding.
 */
void rebuilds_begin(const struct rebuilds_options *options, struct pg *pg, struct arena *arena,
                    struct rebuilds *rebuilds);

/* Whether some work unit of the schedule is a reason to rebuild the table. */
struct rebuilds_table {
    const char *schema;
    const char *name;
};
MUST_CHECK bool rebuilds_find_change(const struct schedule *schedule, const struct rebuilds_table *table,
                                     struct pg *pg, bool *changed, struct err *err);

/* All work units of the table are over: puts the new table in place, or gives it up. Chunks whose rows are
 * nowhere have failed then. deadline_ms (monotonic): of the jobs; it has some seconds in any case. */
void rebuilds_conclude(struct table_rebuild *rebuild, struct schedule *schedule, int64_t deadline_ms);

/* The run is over: whatever has not come to its end is given up. */
void rebuilds_end(struct rebuilds *rebuilds, struct schedule *schedule);

#endif
