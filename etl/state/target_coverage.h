/*
 * Which days of a table and contract were loaded after they had ended, in tokenflex_etl.target_filter
 * (covered). A day that was not over may still get rows: an answer about it does not show what the service
 * has lost.
 */
#ifndef STATE_TARGET_COVERAGE_H
#define STATE_TARGET_COVERAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "job/window.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

/* The days of a window that no load has covered. Texts live in the arena. */
struct target_uncovered {
    bool some;             /* there are such days */
    const char *days;      /* as PostgreSQL's datemultirange */
    const char *first_day; /* within which they all are; NULL: without a beginning */
    const char *end_day;   /* exclusive; NULL: without an end */
};

MUST_CHECK bool target_coverage_read(struct pg *pg, const struct target_name *name, const char *contract,
                                     const struct window *window, struct arena *arena,
                                     struct target_uncovered *uncovered, struct err *err);

/*
 * To be called within the load's transaction, after the contract's filter was remembered: stores that the
 * days of the window before first_running_day were loaded after they had ended.
 */
MUST_CHECK bool target_coverage_add(struct pg *pg, const struct target_name *name, const char *contract,
                                    const struct window *window, date_t first_running_day, struct err *err);

#endif
