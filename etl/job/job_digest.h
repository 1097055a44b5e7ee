/*
 * A short text that stands for a job definition: definitions with the same keys and values, after
 * replacement of variables, in the same order, have the same digest; others almost always have another one.
 * Comments and quotes do not count.
 */
#ifndef JOB_JOB_DIGEST_H
#define JOB_JOB_DIGEST_H

#include "base/arena.h"
#include "wire/yaml/yaml.h"

/* Of a document; lives in arena. */
const char *job_digest(const struct yaml_node *root, struct arena *arena);

#endif
