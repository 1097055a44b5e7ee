/*
 * A job while it is being read and checked: the typed job next to the YAML that it came from, which knows the
 * places. Internal to job/job.
 */
#ifndef JOB_JOB_DRAFT_H
#define JOB_JOB_DRAFT_H

#include "job/job.h"
#include "job/keys.h"

struct job_draft {
    struct job *job;
    const struct keys_context *context;
    const struct yaml_node *root; /* the document, a mapping */
};

/* The node of `section.key` (`key` NULL: of the section itself), or NULL where the file has none. */
const struct yaml_node *job_draft_node(const struct job_draft *draft, const char *section, const char *key);

/* The place of a list's item by its text; of the list, or the document, where it cannot be found. */
struct place job_draft_item_place(const struct job_draft *draft, const char *section, const char *key,
                                  const char *item);

/* job_check.c: what the service refuses, before a request is spent on it. */
void job_check_query(const struct job_draft *draft);

/*
 * job_check_dataset.c: what goes with `source: contract`, and what does not. The dataset's columns become
 * those that the query asks for.
 */
void job_take_dataset(const struct job_draft *draft);

/* job_check_where.c: the condition. */
void job_check_where(const struct job_draft *draft);

/* job_check_target.c: names and columns of the target table. */
void job_check_target(const struct job_draft *draft);

#endif
