/*
 * A short text that stands for a job definition: two definitions with the same digest have the same keys with
 * the same values, after replacement of variables, in the same order. Comments and quotes do not count.
 */
#ifndef JOB_JOB_DIGEST_H
#define JOB_JOB_DIGEST_H

#include "base/arena.h"
#include "wire/yaml/yaml.h"

/* Of a document; lives in arena. */
const char *job_digest(const struct yaml_node *root, struct arena *arena);

#endif
