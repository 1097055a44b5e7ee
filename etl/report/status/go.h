/*
 * What people call a run: the chunks of one job and contract that a runner did in one go. The run table has a
 * row a chunk. Pure.
 */
#ifndef REPORT_STATUS_GO_H
#define REPORT_STATUS_GO_H

#include "state/run_list.h"

enum go_status {
    GO_SUCCEEDED,
    GO_FAILED,
    GO_SKIPPED, /* every chunk was finished before */
    GO_RUNNING,
    GO_DIED, /* said to be running, and its runner is gone */
};

struct go {
    enum go_status status;
    struct window window; /* from the first chunk's first day to the last one's end */
    int64_t started_ms;
    int64_t finished_ms; /* 0: GO_RUNNING, GO_DIED */
    size_t chunks;
    size_t succeeded;
    size_t failed;
    size_t skipped;
    uint64_t rows_read;
    struct row_counts counts;
    uint64_t requests;
    const struct run_row *newest;  /* the chunk that it did last */
    const struct run_row *failure; /* the chunk that failed; NULL: none */
};

/*
 * Folds rows into gos, both newest first. Rows belong together where one runner (host and process) did one
 * window after the other without a break, oldest first; a chunk that fails is the last one of its go. So a
 * process number that comes again the next night, as in a container, makes no longer night of two.
 */
struct gos {
    struct go *items;
    size_t count;
};
void go_fold(const struct run_row *rows, size_t count, struct arena *arena, struct gos *gos);

/* succeeded, failed, skipped, running, died. */
const char *go_status_name(enum go_status status);

/* From start to end, by the clock; of one that is running: until now_ms. 0 for one that died. */
int64_t go_elapsed_ms(const struct go *go, int64_t now_ms);

#endif
