/*
 * Decides whether a chunk of a backfill is finished. Pure.
 */
#ifndef RUN_FINISH_H
#define RUN_FINISH_H

#include "base/macros.h"
#include "job/job.h"
#include "state/run_record.h"

enum finish {
    FINISH_NEVER_LOADED,
    FINISH_OTHER_QUESTION, /* the newest load had another query: other fields, metrics or rows */
    FINISH_OTHER_TABLE,    /* its rows went to another table, or to one that was dropped since */
    FINISH_DAYS_NOT_OVER,  /* the window had a day that was not over when the data was requested */
    FINISH_ROWS_KEPT,    /* the load kept rows that the answer no longer had, and the job deletes them now */
    FINISH_NO_FIGURES,   /* the load recorded no figures of its rows */
    FINISH_READ_FIGURES, /* it depends on what the table holds now: call again with figures_now */
    FINISH_CHANGED,      /* the table no longer holds what the load left: it was changed since */
    FINISH_DONE,         /* finished: nothing has to be loaded */
};

/*
 * Judges by the newest successful load of the chunk, by the job's target.vanished, and by the figures
 * (load/figures.h) of the chunk's rows in the table now. figures_now: NULL: not read yet; needed only after
 * FINISH_READ_FIGURES. The lines of figures may be in any order.
 */
enum finish finish_judge(const struct run_record_load *load, enum job_vanished vanished,
                         const char *figures_now);

/* Whether two lists of figures are the same, in any order. */
bool finish_figures_are_same(const char *figures, const char *others);

/* Whether the figures say that there are no rows. */
bool finish_is_empty(const char *figures);

#endif
