/*
 * A run that several hosts share (run.share): a round (run/share). This process joins the round, lists the
 * chunks if no other host has, and takes chunks until none is left. Other hosts do the same.
 *
 * A chunk is taken before its first request. One transaction loads it and marks it as done. The transaction
 * first checks that no other host has taken the chunk over, so a process that was paused longer than its
 * lease loads nothing. A host waits while others work, because it may have to take over their chunks. Hosts
 * that work until the end of the round have the same exit code.
 */
#ifndef RUN_SHARE_RUN_H
#define RUN_SHARE_RUN_H

#include "run/workers.h"

struct share_run; /* opaque */

/*
 * Works on the round until it ends. Closes pg in all cases. False if the work could not begin: this host
 * could not join, the chunks could not be listed or read, or no thread could be started. Otherwise
 * runner->schedule has the chunks that this host has begun.
 */
MUST_CHECK bool share_run(struct runner *runner, struct pg *pg, struct arena *arena, struct err *err);

/* Sets exit_code, failed and share of the outcome. Logs why this host left before the end of the round. */
void share_run_sum_up(const struct runner *runner, struct run_outcome *outcome);

#endif
