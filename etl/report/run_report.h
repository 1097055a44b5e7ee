/*
 * How a run went, as people and as scripts read it.
 */
#ifndef REPORT_RUN_REPORT_H
#define REPORT_RUN_REPORT_H

#include "base/buf.h"
#include "run/runner.h"

/* A table, a line a chunk, and a line of sums. */
void report_put_table(const struct run_outcome *outcome, struct buf *out);

/* {"runs":[{"run_id","job","contract_number","window_start",…}],"failed":N} and a newline. */
void report_put_json(const struct run_outcome *outcome, struct buf *out);

#endif
