/*
 * Whether a chunk of a backfill is finished: pure.
 */
#ifndef RUN_FINISH_H
#define RUN_FINISH_H

#include "base/macros.h"
#include "state/run_record.h"

enum finish {
    FINISH_NEVER_LOADED,
    FINISH_OTHER_QUESTION, /* the newest load asked for other fields, metrics or rows */
    FINISH_OTHER_TABLE,    /* its rows went to another table, or to one that was dropped since */
    FINISH_DAYS_NOT_OVER,  /* the window had a day that was not over when it was asked for */
    FINISH_NO_FIGURES,     /* it recorded no figures of its rows */
    FINISH_LOOK,           /* it all depends on what the table holds now */
    FINISH_CHANGED, /* the table does not hold what the load left: somebody or something has changed it */
    FINISH_DONE,    /* finished: nothing is to be loaded */
};

/*
 * By the newest load of the chunk that succeeded, and the figures (load/figures.h) that the chunk's rows have
 * in the table now; figures_now NULL: not looked at yet, and never needed but after FINISH_LOOK. The figures'
 * lines may come in any order.
 */
enum finish finish_judge(const struct run_record_load *load, const char *figures_now);

/* Whether figures of a table's rows are the same, in whatever order. */
bool finish_figures_are_same(const char *figures, const char *others);

/* Whether they are of no row. */
bool finish_is_empty(const char *figures);

#endif
