/*
 * Shows all running jobs: as lines at the bottom of a terminal, and as the one-line status of a service
 * manager. Pure, except progress_view_look().
 */
#ifndef TERMINAL_PROGRESS_VIEW_H
#define TERMINAL_PROGRESS_VIEW_H

#include "base/buf.h"
#include "base/progress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most running jobs that are read: the maximum of run.parallel_jobs. */
#define PROGRESS_MAX 64

/* What is shown: a copy of base/progress. */
struct progress_view {
    struct progress_entry entries[PROGRESS_MAX];
    size_t count;
    struct progress_totals totals;
    int64_t now_ms; /* monotonic */
};

/* Copies base/progress into the view, with the current time. */
void progress_view_look(struct progress_view *view);

struct progress_screen {
    size_t columns;
    size_t rows;
    bool colour;
};

/*
 * Appends lines with '\n' between them: one line for each running job, and one for the whole run if it has
 * several jobs or its remaining time can be estimated. A line has fewer characters than the screen has
 * columns, and there are fewer lines than the screen has rows, so that nothing wraps and nothing scrolls. The
 * last line counts the jobs that do not fit. Returns the number of lines; 0: there is nothing to show.
 */
size_t progress_view_put_lines(struct buf *out, const struct progress_view *view,
                               const struct progress_screen *screen);

/* Appends one line: "3 of 7 jobs done, 1 failed; LINE; LINE", where LINE is as in terminal/progress_line. */
void progress_view_put_status(struct buf *out, const struct progress_view *view);

#endif
