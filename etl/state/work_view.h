/*
 * The work of a share, for display. Needs only the right to select.
 */
#ifndef STATE_WORK_VIEW_H
#define STATE_WORK_VIEW_H

#include "state/work_state.h"

#define WORK_STATES (WORK_NOT_BEGUN + 1)

/* A chunk that a host works on, or that has failed. */
struct work_view_chunk {
    const char *job;
    const char *contract;
    struct window window;
    enum work_state state;
    const char *host;       /* "": none */
    const char *error;      /* "": none */
    int64_t lease_until_ms; /* milliseconds since 1970; 0: none */
};

struct work_view_round {
    int64_t round;
    const char *task;
    int64_t opened_ms;
    int64_t closed_ms;            /* 0: it is not over */
    struct text_list hosts;       /* that work on it now: `one (process 42)` */
    uint64_t counts[WORK_STATES]; /* of chunks, by state */
    struct work_view_chunk *chunks;
    size_t chunk_count;
};

struct work_view {
    const char *share;              /* "": none */
    struct work_view_round *rounds; /* those that are not over; if there are none, the newest */
    size_t count;
};

/* task: reads only rounds of this task; NULL: all. If the tables do not exist, or the role may not read them,
 * there are no rounds. Texts live in arena. */
MUST_CHECK bool work_view_read(struct pg *pg, const char *share, const char *task, struct arena *arena,
                               struct work_view *view, struct err *err);

#endif
