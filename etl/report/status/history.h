/*
 * The invocations of each job and contract, read from the run table only as far back as needed.
 */
#ifndef REPORT_STATUS_HISTORY_H
#define REPORT_STATUS_HISTORY_H

#include "report/status/invocation.h"

struct history_wanted {
    size_t rows_at_first; /* read first for each job and contract; if they are too few, up to 30,000 */
    size_t invocations;   /* wanted for each, one of which has loaded rows, if there are that many */
};

/* Reads everything except data_through. It lives in arena. */
MUST_CHECK bool history_read(const struct history_wanted *wanted, struct pg *pg, struct arena *arena,
                             struct run_list *list, struct err *err);

/* Folds rows into the invocations that are complete. If the list was cut, its oldest invocation is left out:
 * older chunks of it may be missing. Pure. */
void history_fold(const struct run_list_of_job *history, struct arena *arena,
                  struct invocations *invocations);

#endif
