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
        .chunk = 1, .chunks = 1, .phase = phase, .phase_from_ms = phase_from_ms, .first_ms = NOW_MS};
    snprintf(entry.label, sizeof entry.label, "%s 11000000001", job);
    return entry;
}

#endif
