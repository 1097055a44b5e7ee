/*
 * The windows that tables of rows without a date were loaded with, in tokenflex_etl.target_window.
 */
#ifndef STATE_TARGET_WINDOW_H
#define STATE_TARGET_WINDOW_H

#include "base/arena.h"
#include "base/err.h"
#include "job/window.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

struct target_window {
    const char *contract;
    struct window window;
    bool is_moving; /* the window moves with the current day: a later window may replace it */
    date_t as_of;   /* is_moving: the current day when the window was computed */
};

struct target_windows {
    struct target_window *items; /* in no order */
    size_t count;
};

/*
 * What is remembered of a table: of the contract (NULL: of all), windows that have days of `overlapped`
 * (NULL: of any). Everything lives in the arena.
 */
MUST_CHECK bool target_window_read(struct pg *pg, const struct target_name *name, const char *contract,
                                   const struct window *overlapped, struct arena *arena,
                                   struct target_windows *windows, struct err *err);

/* Finds this window of this contract; NULL: it is not among them. */
const struct target_window *target_window_find(const struct target_windows *windows, const char *contract,
                                               const struct window *window);

/*
 * Within the load's transaction: the table holds the window, loaded by this job. ERR_LATER where the table's
 * record is gone.
 */
MUST_CHECK bool target_window_remember(struct pg *pg, const struct target_name *name, const char *job,
                                       const struct target_window *window, struct err *err);

/* Within the load's transaction: forgets the contract's other windows that have days of this one. */
MUST_CHECK bool target_window_forget_others(struct pg *pg, const struct target_name *name,
                                            const struct target_window *window, struct err *err);

#endif
