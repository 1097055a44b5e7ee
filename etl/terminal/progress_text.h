/*
 * The progress of a run as text: a line for the run, and one for each running job. Pure.
 *
 *     3 of 7 jobs done, 7 of 15 chunks, about 1 min 40 s left
 *     daily_use 11000000001      paging 9 s  1 min 3 s left  page 4 of 20  20,000 of 98,123 rows  950 rows/s
 *     monthly_users 11000000002  submitting 12 s  waiting 35 s for the budget
 *
 * A job's line has a fixed order: job and contract; the phase and how long it has taken; the wait; the time
 * left; chunk, page, megabytes and rows; the speed. What is not known is left out. All of it is ASCII, but
 * for what the service has in a contract number; what is too long is cut at a character.
 */
#ifndef TERMINAL_PROGRESS_TEXT_H
#define TERMINAL_PROGRESS_TEXT_H

#include "base/progress.h"

struct progress_layout {
    const char *separator; /* between two lines */
    size_t columns;        /* lines are cut to this width */
    size_t rows; /* the maximum number of lines; the first one counts the jobs for which there is no room */
};

void progress_put_lines(struct buf *out, const struct progress *progress,
                        const struct progress_layout *layout);

#endif
