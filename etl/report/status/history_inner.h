/* What only report/status/history.c and its unit tests use. */
#ifndef REPORT_STATUS_HISTORY_INNER_H
#define REPORT_STATUS_HISTORY_INNER_H

#include "report/status/history.h"

/* Whether a list that was cut has too few rows for what is wanted. Pure. */
bool history_needs_more(const struct run_list_of_job *history, const struct history_wanted *wanted,
                        struct arena *arena);

#endif
