/*
 * How the jobs are doing, as people and as scripts read it. Pure.
 */
#ifndef RUN_STATUS_REPORT_H
#define RUN_STATUS_REPORT_H

#include "base/buf.h"
#include "run/status.h"

/* What is wrong and what to do, what is running, then tables of everything and the budget. */
void status_put_text(const struct status *status, struct buf *out);

/* {"jobs":[{"job","contract_number","last_status",…}],"budget":{"available",…}} and a newline. */
void status_put_json(const struct status *status, struct buf *out);

/* An age or a wait as people say it: `45 s`, `12 min`, `6 h`, `3 days`. Returns out. */
#define STATUS_AGE_TEXT 32
const char *status_age_format(int64_t age_ms, char *out);

/* A number in at most five characters up to some 10^15: as it is below 10,000, then `12.3k`, `1.23M`. Returns
 * out. */
#define STATUS_NUMBER_TEXT 24
const char *status_number_format(uint64_t number, char *out);

/* Lines of at most 80 columns, broken at blanks, all but the first after four blanks; a word that is longer
 * stays whole. */
void status_put_wrapped(const char *text, struct buf *out);

#endif
