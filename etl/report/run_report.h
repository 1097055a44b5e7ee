/*
 * How a run went, as people and as scripts read it.
 */
#ifndef REPORT_RUN_REPORT_H
#define REPORT_RUN_REPORT_H

#include "base/buf.h"
#include "base/json_writer.h"
#include "run/reconcile.h"
#include "run/runner.h"

/* A table, a line a chunk, and a line of sums. */
void report_put_table(const struct run_outcome *outcome, struct buf *out);

/* {"runs":[{"run_id","job","contract_number","window_start",…}],"failed":N} and a newline. */
void report_put_json(const struct run_outcome *outcome, struct buf *out);

/* What was compared with the service's own totals after the run, whose requests are not the run's: a line,
 * and a member `reconciliation` of the document. */
void report_put_comparison(const struct reconcile_outcome *compared, struct buf *out);
void report_put_json_comparison(const struct reconcile_outcome *compared, struct json_writer *json);

#endif
