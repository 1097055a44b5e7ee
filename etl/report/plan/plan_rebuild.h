/*
 * What run --rebuild would do with the tables of a planned run. Changes nothing, and takes no lock: whether
 * another run is rebuilding a table is not known.
 */
#ifndef REPORT_PLAN_PLAN_REBUILD_H
#define REPORT_PLAN_PLAN_REBUILD_H

#include "run/run_options.h"

/* All but the tables is borrowed. */
struct plan_rebuild {
    const struct run_options *options;
    const struct schedule *schedule;
    struct pg *pg; /* to a database whose tool schema is at the level of this program */
    struct arena *arena;
    struct plan_rebuild_table *tables; /* that have been examined */
    size_t count;
};

struct plan_rebuild_table {
    const char *name;
    bool is_rebuilt;       /* its chunks go into a new table, and none is skipped */
    const char *successor; /* is_rebuilt: the name of the new table */
    struct err refused;    /* why the run would refuse the table's chunks; kind ERR_NONE: it would not */
};

/* Examines the job's table, once for all its chunks. Valid until the next call. */
const struct plan_rebuild_table *plan_rebuild_look(struct plan_rebuild *rebuild, const struct job *job);

#endif
