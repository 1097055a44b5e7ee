/*
 * The chunks of a round of shared work. One host lists them, all hosts read them. So the list of contracts
 * and the service's changes are requested once a round.
 */
#ifndef RUN_SHARE_LIST_H
#define RUN_SHARE_LIST_H

#include "run/share.h"
#include "run/workers.h"

/* What must be the same on all hosts of a round, one fact a line: share_facts_differ(). */
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
 * Lists the chunks of the round, unless another host has listed them or is doing so. Then fills the runner's
 * schedule with the chunks of the round. ERR_LATER if the round was given up meanwhile.
 */
MUST_CHECK bool share_list(struct share_listing *listing, struct err *err);

#endif
