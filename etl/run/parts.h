/*
 * A window in parts: where one query for all of it will not do, each part has one of its own. Pure.
 *
 * Sound only where every row carries the date of the window, so that no row belongs to two parts: then the
 * rows of the parts are those of the whole. Metrics of a snapshot cannot be added up, and are never split.
 */
#ifndef RUN_PARTS_H
#define RUN_PARTS_H

#include "job/job.h"
#include "job/window.h"

/* Halving the longest window there is, day by day, leaves fewer parts than that open at a time. */
#define PARTS_MOST 32

/* Parts that are still to be asked for, the next one last. */
struct parts {
    struct window todo[PARTS_MOST];
    size_t count;
};

/* One part: the whole window. */
struct parts parts_of(const struct window *window);

/* Takes the next part, the oldest. False: none is left. */
bool parts_take(struct parts *parts, struct window *part);

/* Whether a window of the job can be halved: between days, or between months for usageMonth. */
bool parts_can_split(const struct job *job, const struct window *window);

/* Puts the two halves of a part back, to be taken next. Only where it can be split. */
void parts_split(struct parts *parts, const struct job *job, const struct window *part);

#endif
