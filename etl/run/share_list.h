/*
 * The list of the chunks of a round (run/share). One host makes it, all hosts read it. So the list of
 * contracts and what has changed at the service are requested once per round.
 */
#ifndef RUN_SHARE_LIST_H
#define RUN_SHARE_LIST_H

#include "run/share.h"
#include "run/workers.h"

/* Appends what must be equal on all hosts of a round, in the form of share_facts_differ(). */
void share_put_facts(const struct run_options *options, struct buf *facts);

/* Everything is borrowed. */
struct share_listing {
    struct runner *runner;
    const struct share *share; /* joined */
    struct pg *pg;
    struct arena *arena;
    int64_t *work_ids; /* output: one for each item of the runner's schedule */
};

/*
 * Lists the chunks of the round if no other host has; while another host lists them, waits. Then fills the
 * runner's schedule with these chunks. ERR_LATER if the round was given up meanwhile.
 */
MUST_CHECK bool share_list(struct share_listing *listing, struct err *err);

#endif
