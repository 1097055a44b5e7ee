/*
 * A job while it is being read and checked: the typed job next to the YAML that it came from, which knows the
 * places. For job/job_load and what it calls.
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

#endif
