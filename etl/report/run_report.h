/*
 * The result of a run: a table for people, JSON for scripts.
 */
#ifndef REPORT_RUN_REPORT_H
#define REPORT_RUN_REPORT_H

#include "base/buf.h"
#include "base/json_writer.h"
#include "run/reconcile.h"
#include "run/runner.h"

/* A table with one line per chunk, then totals, the errors of failed chunks, and the requests that asked the
 * service what has changed. */
void report_put_table(const struct run_outcome *outcome, struct buf *out);

/* {"runs":[{"run_id","job","contract_number","window_start",…}],"failed":N} and a newline. */
void report_put_json(const struct run_outcome *outcome, struct buf *out);

/* The result of the comparison with the service's own totals that follows a run: one line of text, and a
 * member `reconciliation` of the JSON document. Its requests are not counted as requests of the run. */
void report_put_comparison(const struct reconcile_outcome *compared, struct buf *out);
void report_put_json_comparison(const struct reconcile_outcome *compared, struct json_writer *json);

#endif
