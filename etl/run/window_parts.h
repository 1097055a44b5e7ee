/*
 * Splits a window into parts, each with a query of its own, if one query for the whole window does not work.
 * Pure.
 *
 * This is only correct if every row carries the date of the window, so that no row belongs to two parts and
 * the rows of all parts are the rows of the window. Windows of snapshots are never split: their metrics
 * cannot be added up.
 */
#ifndef RUN_WINDOW_PARTS_H
#define RUN_WINDOW_PARTS_H

#include "job/job.h"
#include "job/window.h"

/* Halving the longest possible window down to single days leaves fewer unfinished parts than this. */
#define WINDOW_PARTS_MAX 32

/* Parts that are still to be fetched. The last item is the next part to fetch. */
struct window_parts {
    struct window todo[WINDOW_PARTS_MAX];
    size_t count;
};

/* Makes a list with one part: the whole window. */
struct window_parts window_parts_of(const struct window *window);

/* Takes the next part, the oldest one. False: none is left. */
bool window_parts_take(struct window_parts *parts, struct window *part);

/* Whether a window of the job can be halved: between days, or between months for usageMonth. */
bool window_parts_can_split(const struct job *job, const struct window *window);

/* Adds the two halves of a part, to be taken next. The part must be one that can be split. */
void window_parts_split(struct window_parts *parts, const struct job *job, const struct window *part);

#endif
