/*
 * All running jobs at a glance: as lines at the bottom of a terminal, and as the one line that a service
 * manager shows. Pure, as terminal/progress_line.
 */
#ifndef TERMINAL_PROGRESS_VIEW_H
#define TERMINAL_PROGRESS_VIEW_H

#include "base/buf.h"
#include "base/progress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many running jobs are looked at: as many as run.parallel_jobs may be. */
#define PROGRESS_MOST 64

/* What is shown: a look at the blackboard. */
struct progress_view {
    struct progress_entry entries[PROGRESS_MOST];
    size_t count;
    struct progress_totals totals;
    int64_t now_ms; /* monotonic */
};

/* Looks at base/progress. */
void progress_view_look(struct progress_view *view);

struct progress_screen {
    size_t columns;
    size_t rows;
    bool colour;
};

/*
 * Appends lines with '\n' between them, a line a running job and one for the whole run where that has several
 * jobs, or chunks whose pace tells when it will be over. A line has fewer characters than the screen has
 * columns, and there are fewer lines than the screen has rows, so that nothing wraps and nothing scrolls:
 * jobs that find no room are counted in the last line. Returns the number of lines; 0 where there is nothing
 * to show.
 */
size_t progress_view_put_lines(struct buf *out, const struct progress_view *view,
                               const struct progress_screen *screen);

/*
 * Appends one line: "3 of 7 jobs done, 1 failed; LINE; LINE", where a LINE is as terminal/progress_line has
 * it.
 */
void progress_view_put_status(struct buf *out, const struct progress_view *view);

#endif
