/*
 * Query or export: how a chunk's rows come, as far as it can be told before anything is asked. Pure.
 */
#ifndef RUN_SOURCE_H
#define RUN_SOURCE_H

#include "job/job.h"

#include <stdbool.h>

struct source_choice {
    bool by_export;
    const char *reason; /* why by export, for people; a constant, or NULL */
};

struct source_choice source_choose(const struct job *job);

/* `query` or `export`, as the run table and scripts call it. */
const char *source_name(struct source_choice choice);

#endif
