/*
 * The chunks of a round of shared work: one host lists them, all read them. So contracts are discovered, and
 * what has moved is asked for, once a round.
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
    int64_t *work_ids; /* filled in: by the place of the item in the runner's schedule */
};

/*
 * Lists the chunks of the round, where no other host has or is about to; then fills the runner's schedule
 * with those of the round. ERR_LATER where the round was given up meanwhile.
 */
MUST_CHECK bool share_list(struct share_listing *listing, struct err *err);

#endif
