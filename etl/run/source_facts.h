/*
 * What the settings, the token, the request budget and earlier runs tell of a chunk before anything is asked:
 * the facts that run/fallback begins with, and those that `plan` estimates by.
 */
#ifndef RUN_SOURCE_FACTS_H
#define RUN_SOURCE_FACTS_H

#include "run/chunk_context.h"
#include "run/fallback.h"
#include "state/job_history.h"

struct source_facts {
    unsigned page_size; /* rows that a page can have, as far as is known */
    struct job_history history;
    bool export_is_left; /* an earlier run has asked for the export */
    bool may_write;      /* the token has the scope data:write, as far as is known */
    struct budget budget;
    struct budget_level fullest; /* what the bucket will hold at the most before the next burst */
    int64_t result_lifetime_ms;
};

/* Of a chunk of which nothing is known but its job, the settings and the token. */
struct source_facts source_facts_of_settings(const struct chunk_context *context, const struct chunk *chunk);

/* The same with what the database knows. run_id: the run that asks; 0: none, yet. */
MUST_CHECK bool source_facts_read(const struct chunk_context *context, const struct chunk *chunk,
                                  int64_t run_id, struct source_facts *facts, struct err *err);

/* As run/fallback wants them, for a part of the chunk's window and before the first attempt. Pure. */
struct fallback_facts source_facts_of_part(const struct source_facts *facts, const struct chunk *chunk,
                                           const struct window *part);

/* The same, for a job alone: what its definition tells. */
const char *source_of_job(const struct job *job);

/* `query`, `export` or `contract`, as the run table and scripts call the way that the rows of a step come.
 * Pure. */
const char *source_name(enum fallback_step step);

#endif
