/*
 * An entry of the progress of which nothing is known but its job, contract and phase.
 */
#ifndef TESTS_UNIT_TERMINAL_ENTRY_H
#define TESTS_UNIT_TERMINAL_ENTRY_H

#include "base/progress.h"

#include <stdio.h>

#define NOW_MS 100000

static inline struct progress_entry entry_of(const char *job, const char *phase, int64_t phase_from_ms)
{
    struct progress_entry entry = {
        .contract = "11000000001",
        .chunk = 1,
        .chunks = 1,
        .phase = phase,
        .phase_from_ms = phase_from_ms,
        .pages = PROGRESS_UNKNOWN,
        .pages_total = PROGRESS_UNKNOWN,
        .rows = PROGRESS_UNKNOWN,
        .rows_total = PROGRESS_UNKNOWN,
        .bytes = PROGRESS_UNKNOWN,
        .bytes_total = PROGRESS_UNKNOWN,
    };
    snprintf(entry.job, sizeof entry.job, "%s", job);
    return entry;
}

#endif
