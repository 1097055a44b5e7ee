/*
 * Which windows of rows without a date may exist together in a table and contract (target.snapshots: latest).
 * The rows of such a window are one snapshot and cannot be split by day, so a day in two windows would count
 * twice. Pure.
 *
 * A window moves with the day if it is a chunk of the job's own window, from `last` until today. Every other
 * window is given: by --from and --to, or by a fixed `until`.
 *
 * - A moving window replaces other moving ones that it overlaps. It is refused if it overlaps a given one, or
 *   a moving one of a later day.
 * - A given window replaces those that lie completely within it. It is refused if it has some, but not all,
 *   days of another window, or if it overlaps the job's moving window of today, which would then be refused.
 * - The same window is loaded again. Adjacent windows have no day in common.
 */
#ifndef LOAD_SNAPSHOT_RULE_H
#define LOAD_SNAPSHOT_RULE_H

#include "base/arena.h"
#include "job/window.h"

#include <stdint.h>

/* A window of a table and contract. */
struct snapshot {
    struct window window;
    bool is_moving;
    date_t as_of;  /* is_moving: the `today` from which it was computed */
    uint64_t rows; /* rows of the window in the table */
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

/* What happens to an existing window when another is loaded, or why the load is refused. */
enum snapshot_verdict {
    SNAPSHOT_STAYS,    /* no day in common */
    SNAPSHOT_SAME,     /* the same window: its rows are loaded again */
    SNAPSHOT_REPLACED, /* its rows are deleted */
    SNAPSHOT_CUT,      /* refused: the given window has some of its days, but not all */
    SNAPSHOT_GIVEN,    /* refused: the moving window overlaps it, and it was given */
    SNAPSHOT_LATER,    /* refused: both move, and the existing one is of a later day */
    SNAPSHOT_CURRENT,  /* refused: the given window overlaps the job's moving window of today */
};

struct snapshot_decision {
    bool is_refused;
    enum snapshot_verdict refusal; /* is_refused: why */
    struct window other;           /* is_refused: the window that is in the way */
    struct snapshot loaded;        /* otherwise: what is stored about the loaded window */
    struct snapshots replaced;     /* otherwise: the windows whose rows are deleted; in the arena */
    uint64_t rows_replaced;
};

/* What loading a window does to one that the table holds. */
enum snapshot_verdict snapshot_judge(const struct snapshot *loaded, const struct snapshot *held);

/*
 * Compares the chunk's window with all windows that the table holds of its contract; windows without rows are
 * not included.
 */
void snapshot_decide(const struct snapshot_chunk *chunk, const struct snapshots *held, struct arena *arena,
                     struct snapshot_decision *decision);

/* The chunk's window, before the table is read. */
struct snapshot snapshot_of_chunk(const struct snapshot_chunk *chunk);

#endif
