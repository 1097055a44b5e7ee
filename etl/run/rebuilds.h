/*
 * run --rebuild: decides which tables of the run are rebuilt, and ends each rebuild.
 *
 * A rebuild belongs to all work units that load the table, of any job and contract. When the last of them is
 * over and every chunk has succeeded, the new table replaces the old one. When one has failed, the remaining
 * chunks are not run, what was loaded is dropped, and the old table stays as it was.
 */
#ifndef RUN_REBUILDS_H
#define RUN_REBUILDS_H

#include "job/settings.h"
#include "load/rebuild/rebuild.h"
#include "run/run_options.h"
#include "run/session.h"

struct table_rebuild {
    struct rebuild what;
    struct target_loads loads; /* the run history when the rebuild began */
    struct session session;    /* holds the lock for rebuilding the table, and swaps or drops it */
    char session_name[SESSION_NAME];
    uint64_t rows_before;
    /* Guarded by the caller's lock: */
    size_t units_left;
    bool has_failed;
    bool is_over;
};

struct rebuilds {
    struct table_rebuild **items;
    size_t count;
};

/* The jobs of the schedule that load the table, each once. The list lives in arena. */
struct rebuilds_jobs {
    const struct job **items;
    size_t count;
};
struct rebuilds_jobs rebuilds_jobs_of(const struct schedule *schedule, const char *table,
                                      struct arena *arena);

struct rebuilds_options {
    const struct run_options *run;
    struct schedule *schedule;
};

/*
 * Examines every table of the schedule. If a table's grain has changed (load/grain), its rebuild is prepared:
 * its work units load into a new table. If it cannot be rebuilt (another run is rebuilding it for longer
 * than run_wait_ms(), an object prevents it, or the run does not load all that it holds), its work units are
 * refused. For other tables, and for one that another run has rebuilt meanwhile, the log says
 * that nothing needs rebuilding.
 */
void rebuilds_begin(const struct rebuilds_options *options, struct pg *pg, struct arena *arena,
                    struct rebuilds *rebuilds);

/* Whether a work unit of the schedule requires the table to be rebuilt (grain_needs_rebuild()). */
struct rebuilds_table {
    const char *schema;
    const char *name;
};
MUST_CHECK bool rebuilds_find_change(const struct schedule *schedule, const struct rebuilds_table *table,
                                     struct pg *pg, bool *changed, struct err *err);

/* To be called when all work units of the table are over: replaces the table by the new one; or drops the new
 * one, and marks the chunks loaded into it as failed. deadline_ms (monotonic) is that of the jobs;
 * a few seconds are allowed in any case. */
void rebuilds_finish(struct table_rebuild *rebuild, struct schedule *schedule, int64_t deadline_ms);

/* To be called at the end of the run: ends rebuilds that are not over, and drops their new tables. */
void rebuilds_end(struct rebuilds *rebuilds, struct schedule *schedule);

#endif
