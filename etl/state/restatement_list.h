/*
 * How loads have changed figures that an earlier load had stored: tokenflex_etl.restatement, which
 * load/restatement writes.
 */
#ifndef STATE_RESTATEMENT_LIST_H
#define STATE_RESTATEMENT_LIST_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/text.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* Which restatements are wanted. Borrowed. */
struct restatement_wanted {
    const struct text_list *jobs; /* that have loaded the change; NULL: all */
    bool since_given;
    date_t since; /* the first day (UTC) of the loads */
    bool months_given;
    date_t from; /* a day of the first month */
    date_t to;   /* exclusive */
};

/* The same as parameters of the statements that select restatements. */
struct restatement_params {
    char since[DATE_TEXT];
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    struct buf jobs;
    const char *values[4]; /* since, jobs, from, to; NULL: null */
};
void restatement_params_make(const struct restatement_wanted *wanted, struct restatement_params *params);
void restatement_params_cleanup(struct restatement_params *params);

struct restatement_item {
    const char *job;
    const char *contract;
    const char *month;        /* its first day; NULL: the rows have no date */
    const char *window_start; /* of rows without a date; NULL: the job has no window */
    const char *window_end;
    const char *metric;
    const char *before;     /* exact, as decimal texts; NULL: the metric cannot be summed */
    const char *after;      /* can be NULL where `before` is not */
    const char *difference; /* after - before */
    uint64_t rows_changed;
    uint64_t rows_added;
    uint64_t rows_vanished;
    uint64_t times; /* loads that have changed it */
    int64_t run_id; /* the last of them */
    int64_t restated_ms;
};

struct restatement_list {
    struct restatement_item *items; /* the newest first */
    size_t count;
};

/* One item for each run, month and metric; or one for each month and metric, for all runs. */
enum restatement_form { RESTATEMENT_BY_RUN, RESTATEMENT_IN_ALL };

/*
 * Everything lives in arena. ERR_CONFIG where the tool's schema is of an older version; ERR_AUTH where the
 * role may not read the table.
 */
MUST_CHECK bool restatement_list(const struct restatement_wanted *wanted, enum restatement_form form,
                                 struct pg *pg, struct arena *arena, struct restatement_list *list,
                                 struct err *err);

#endif
