/*
 * A run whose work hosts share (run.share): this process joins the round of the share, lists its chunks where
 * no other host has, and takes chunks until none is left, while other hosts do the same.
 *
 * A chunk is taken before its first request. It is loaded, and no longer taken, in one transaction, which
 * first sees that no other host has taken it over: a process that was stopped past its lease loads nothing.
 * A host waits while others are at work, since it may have to take over from them; all end with the same exit
 * code.
 */
#ifndef RUN_SHARE_RUN_H
#define RUN_SHARE_RUN_H

#include "run/workers.h"

struct share_run; /* opaque */

/*
 * Does the round. pg is given up, whatever happens. False when nothing could be begun: no round, or none
 * whose chunks are known. Else runner->schedule has the chunks that this host has begun.
 */
MUST_CHECK bool share_run(struct runner *runner, struct pg *pg, struct arena *arena, struct err *err);

/* Fills in exit code, number of failures and share of the outcome. */
void share_run_sum_up(const struct runner *runner, struct run_outcome *outcome);

#endif
