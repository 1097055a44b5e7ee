/*
 * Reading one job: from a YAML document to the typed job. Whether its values fit together is checked by
 * job/job_check.
 */
#ifndef JOB_JOB_READ_H
#define JOB_JOB_READ_H

#include "job/job.h"
#include "job/keys.h"

/*
 * Reads the document of this number, with defaults for what it does not have. What is wrong with a key or a
 * value is added to the findings; false where the document is not a mapping, so that there is no job.
 */
MUST_CHECK bool job_read(const struct keys_context *context, const struct yaml_documents *documents,
                         size_t number, struct job *job);

#endif
