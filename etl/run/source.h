/*
 * Query or export: how a chunk's rows come, as far as it can be told before anything is asked. Pure.
 */
#ifndef RUN_SOURCE_H
#define RUN_SOURCE_H

#include "job/job.h"
#include "state/budget.h"
#include "state/job_history.h"

#include <stdbool.h>

enum source_way {
    SOURCE_QUERY,
    SOURCE_PARTS, /* a query for each part of the window: see run/parts.h */
    SOURCE_EXPORT,
    SOURCE_CONTRACT, /* no usage: what the service keeps of the contract itself */
};

/* A line for people. */
#define SOURCE_REASON 256

struct source_choice {
    enum source_way way;
    char reason[SOURCE_REASON]; /* why not by one query; "" where it is one */
};

/* All that bears on it. Everything is borrowed. */
struct source_question {
    const struct job *job;
    const struct window *window;
    struct source_history history;
    bool export_is_left; /* an earlier run has asked for it */
    bool may_export;     /* the token has the scope, as far as is known */
    struct budget budget;
    int64_t result_lifetime_ms;
    unsigned page_size; /* rows that a page can have */
};

struct source_choice source_choose(const struct source_question *question);

/* What the job's definition alone tells. */
struct source_choice source_of_job(const struct job *job);

/* `query`, `export` or `contract`, as the run table and scripts call it. */
const char *source_name(enum source_way way);

#endif
