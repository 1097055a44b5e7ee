/*
 * The invocations of each job and contract, read from the run table only as far back as they are needed.
 */
#ifndef REPORT_STATUS_HISTORY_H
#define REPORT_STATUS_HISTORY_H

#include "report/status/invocation.h"

struct history_wanted {
    size_t rows_at_first; /* of each job and contract; where that does not do, up to 30,000 are */
    size_t
        invocations; /* so many of each, and one that has loaded something among them, as far as there are */
};

/* Reads, but for data_through. Everything lives in arena. */
MUST_CHECK bool history_read(const struct history_wanted *wanted, struct pg *pg, struct arena *arena,
                             struct run_list *list, struct err *err);

/* The invocations whose rows are sure to be there: the oldest row of a list that is cut may be the last chunk
 * of many. Pure. */
void history_fold(const struct run_list_of_job *history, struct arena *arena,
                  struct invocations *invocations);

/* Whether a list that is cut has too few rows for what is wanted. Pure. */
bool history_needs_more(const struct run_list_of_job *history, const struct history_wanted *wanted,
                        struct arena *arena);

#endif
