/*
 * How many requests a chunk takes, from what past runs took. Pure.
 */
#ifndef REPORT_PLAN_ESTIMATE_H
#define REPORT_PLAN_ESTIMATE_H

#include "run/source_facts.h"

struct estimate {
    uint64_t requests; /* in all, but for those of the chunk's requests_before */
    uint64_t pages;    /* of them, those that a submit waits for: 0 for an export */
    bool is_guess;     /* no past run tells */
};

/* step: the first that run/fallback takes for the whole window. */
struct estimate estimate_chunk(const struct chunk *chunk, const struct source_facts *facts,
                               enum fallback_step step);

#endif
