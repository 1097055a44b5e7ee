/*
 * The facts about a chunk before any request: from the settings, the token, the request budget and earlier
 * runs. run/fallback begins with them, and `plan` estimates from them.
 */
#ifndef RUN_SOURCE_FACTS_H
#define RUN_SOURCE_FACTS_H

#include "run/chunk_context.h"
#include "run/fallback.h"
#include "state/job_history.h"

struct source_facts {
    unsigned page_size; /* rows that a page can have: the job's page_size, or a smaller known limit */
    struct job_history history;
    bool export_is_left; /* an earlier run has requested the export */
    bool may_write;      /* the token has the scope data:write, or it is not known */
    struct budget budget;
    struct budget_level max_level; /* the most that the budget will hold before the next burst */
    int64_t result_lifetime_ms;
};

/* The facts that need no database: from the job, the settings and the token. */
struct source_facts source_facts_of_settings(const struct chunk_context *context, const struct chunk *chunk);

/* The same, and what the database knows. run_id: the run that reads them; 0: none yet. */
MUST_CHECK bool source_facts_read(const struct chunk_context *context, const struct chunk *chunk,
                                  int64_t run_id, struct source_facts *facts, struct err *err);

/* The facts for run/fallback, about a part of the chunk's window, before the first attempt. Pure. */
struct fallback_facts source_facts_of_part(const struct source_facts *facts, const struct chunk *chunk,
                                           const struct window *part);

/* The source of a job as far as its definition decides: source_name() of its first step. */
const char *source_of_job(const struct job *job);

/* `query`, `export` or `contract`: the name of a step's source in the run table and in JSON. Pure. */
const char *source_name(enum fallback_step step);

#endif
