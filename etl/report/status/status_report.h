/*
 * How the jobs are doing, as people and as scripts read it. Pure.
 */
#ifndef REPORT_STATUS_STATUS_REPORT_H
#define REPORT_STATUS_STATUS_REPORT_H

#include "base/buf.h"
#include "report/status/status.h"

/* What is wrong and what to do, what is running, then tables of everything and the budget. */
void status_put_text(const struct status *status, struct buf *out);

/* {"jobs":[{"job","contract_number","last_status",…}],"budget":{"available",…}} and a newline. */
void status_put_json(const struct status *status, struct buf *out);

/* The budgets of tokens, with the warnings that are due; nothing if there are none. A part of the text. */
void status_put_token_budgets(const struct status *status, struct buf *out);

/* `the runner (process 42 on etl-7) is gone without having finished, after 1 of 3 chunks`, of an invocation
 * that died. */
void status_put_death(const struct invocation *invocation, struct buf *out);

/* `, after 1 of 3 chunks`: how far an invocation of more than one came; nothing of any other. */
void status_put_chunks(const struct invocation *invocation, struct buf *out);

/* Lines of at most 80 columns, broken at blanks, all but the first after four blanks; a word that is longer
 * stays whole. */
void status_put_wrapped(const char *text, struct buf *out);

#endif
