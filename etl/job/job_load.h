/*
 * The jobs of a file: read and checked.
 */
#ifndef JOB_JOB_LOAD_H
#define JOB_JOB_LOAD_H

#include "job/job.h"
#include "wire/yaml/yaml.h"

/*
 * Adds the jobs of one file. What is wrong with it (YAML, types, unknown keys, the API's usage limitations)
 * is added to findings; a job with errors is added too, as far as it could be read, so that names can be
 * looked up.
 */
void job_load(const struct yaml_source *source, struct arena *arena, struct findings *findings,
              struct jobs *jobs);

#endif
