/*
 * Which windows of rows without a date may stand beside each other in a table and contract
 * (target.snapshots: latest). Rows of such a window are one snapshot: they cannot be cut, so a day that two
 * windows have would count twice. Pure.
 *
 * A window moves with the day where it is a chunk of the job's own window, `last` until today; every other
 * window is given: by --from and --to, or by a fixed `until`.
 *
 * - A moving window replaces earlier moving ones that it overlaps. It is refused where it overlaps a given
 * one, and where a moving one of a later day is there.
 * - A given window replaces those that lie wholly within it. It is refused where it has some days of another
 *   window and not all, and where it overlaps the job's moving window of today, which would be refused
 *   tonight.
 * - The same window again is loaded again. Windows that touch have no day in common.
 */
#ifndef LOAD_SNAPSHOT_RULE_H
#define LOAD_SNAPSHOT_RULE_H

#include "base/arena.h"
#include "job/window.h"

#include <stdint.h>

/* A window of a table and contract. */
struct snapshot {
    struct window window;
    bool moves;
    date_t as_of;  /* moves: the day by which it was cut */
    uint64_t rows; /* that the table has of it */
};

struct snapshots {
    struct snapshot *items;
    size_t count;
};

/* What is to be loaded. Borrowed. */
struct snapshot_chunk {
    const struct window *window;
    const struct windows *moving; /* the job's moving windows of today: window_plan_moving() */
    date_t today;
};

/* What becomes of a window when another is loaded, or of the load. */
enum snapshot_verdict {
    SNAPSHOT_STAYS,    /* no day in common */
    SNAPSHOT_SAME,     /* it is the same window: its rows are loaded again */
    SNAPSHOT_REPLACED, /* its rows go */
    SNAPSHOT_CUT,      /* refused: the given window has some of its days, and not all */
    SNAPSHOT_GIVEN,    /* refused: the moving window has days of it, and it was given */
    SNAPSHOT_LATER,    /* refused: both move, and it is the one of a later day */
    SNAPSHOT_CURRENT,  /* refused: it is the job's moving window of today */
};

struct snapshot_decision {
    bool is_refused;
    enum snapshot_verdict refusal; /* is_refused: why */
    struct window other;           /* is_refused: because of this window */
    struct snapshot loaded;        /* else: how the window is to be remembered */
    struct snapshots replaced;     /* and the windows whose rows go, in the arena */
    uint64_t rows_replaced;
};

/* What a window that is loaded does to one that the table holds. */
enum snapshot_verdict snapshot_judge(const struct snapshot *loaded, const struct snapshot *held);

/*
 * The chunk's window against all that the table holds of its contract; windows without rows are not among
 * them.
 */
void snapshot_decide(const struct snapshot_chunk *chunk, const struct snapshots *held, struct arena *arena,
                     struct snapshot_decision *decision);

/* The window as it is before the table is looked at. */
struct snapshot snapshot_of_chunk(const struct snapshot_chunk *chunk);

#endif
