/*
 * A window in parts: where one query for all of it will not do, each part has one of its own. Pure.
 *
 * Sound only where every row carries the date of the window, so that no row belongs to two parts: then the
 * rows of the parts are those of the whole. Metrics of a snapshot cannot be added up, and are never split.
 */
#ifndef RUN_WINDOW_PARTS_H
#define RUN_WINDOW_PARTS_H

#include "job/job.h"
#include "job/window.h"

/* Halving the longest window there is, day by day, leaves fewer parts than that open at a time. */
#define WINDOW_PARTS_MOST 32

/* Parts that are still to be asked for, the next one last. */
struct window_parts {
    struct window todo[WINDOW_PARTS_MOST];
    size_t count;
};

/* One part: the whole window. */
struct window_parts window_parts_of(const struct window *window);

/* Takes the next part, the oldest. False: none is left. */
bool window_parts_take(struct window_parts *parts, struct window *part);

/* Whether a window of the job can be halved: between days, or between months for usageMonth. */
bool window_parts_can_split(const struct job *job, const struct window *window);

/* Puts the two halves of a part back, to be taken next. Only where it can be split. */
void window_parts_split(struct window_parts *parts, const struct job *job, const struct window *part);

#endif
