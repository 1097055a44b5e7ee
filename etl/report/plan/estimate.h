/*
 * Estimates how many requests a chunk takes, from past runs. Pure.
 */
#ifndef REPORT_PLAN_ESTIMATE_H
#define REPORT_PLAN_ESTIMATE_H

#include "run/source_facts.h"

struct estimate {
    uint64_t requests; /* all of them, except the chunk's requests_before */
    uint64_t pages;    /* how many of them are pages, which the submit waits for; 0 for an export */
    bool is_guess;     /* there is no past run to estimate from */
};

/* step: the first step of run/fallback for the whole window. */
struct estimate estimate_chunk(const struct chunk *chunk, const struct source_facts *facts,
                               enum fallback_step step);

#endif
