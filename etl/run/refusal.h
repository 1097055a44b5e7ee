/*
 * Records in the run table that work could not begin, so that `status`, the report and the metrics show the
 * failure: for example, the service's list of contracts could not be read, or there is no login.
 */
#ifndef RUN_REFUSAL_H
#define RUN_REFUSAL_H

#include "run/run_options.h"
#include "wire/pg/pg.h"

/*
 * Records that a work unit was refused, with a failed row for its first chunk. Nothing is recorded if its
 * contract is not known. A failure to record is a warning in the log.
 */
void refusal_record(const struct run_options *options, const struct work_unit *unit, struct pg *pg);

/*
 * The same for every job and contract of a run that cannot begin. The contracts of a job with `contract:
 * active` or `all` are those of the service's last list. Tries once to connect: without a database, or
 * without the tool's schema, nothing is recorded. Nor is anything if hosts share the run, because the others
 * do the work.
 */
void refusal_record_run(const struct run_options *options, const struct err *reason);

#endif
