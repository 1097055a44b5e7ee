/*
 * The state of the jobs: text for people, JSON for scripts. Pure.
 */
#ifndef REPORT_STATUS_STATUS_REPORT_H
#define REPORT_STATUS_STATUS_REPORT_H

#include "base/buf.h"
#include "report/status/status.h"

/* Problems with advice, running jobs, then tables of all jobs and the budget. */
void status_put_text(const struct status *status, struct buf *out);

/* {"jobs":[{"job","contract_number","last_status",…}],"budget":{"available",…}} and a newline. */
void status_put_json(const struct status *status, struct buf *out);

/* The budgets of tokens, with the warnings that are due; nothing if there are none. A part of the text. */
void status_put_token_budgets(const struct status *status, struct buf *out);

/* `the run (process 42 on etl-7) ended without finishing, after 1 of 3 chunks`, of an invocation
 * that died. */
void status_put_lost_runner(const struct invocation *invocation, struct buf *out);

/* `, after 1 of 3 chunks`: the progress of an invocation with several chunks; nothing for one chunk. */
void status_put_chunks(const struct invocation *invocation, struct buf *out);

/* Wraps text at blanks into lines of at most 80 columns, indented by four blanks except the first. A longer
 * word is not broken. */
void status_put_wrapped(const char *text, struct buf *out);

#endif
