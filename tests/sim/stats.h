/* What was asked and answered: counters and the log of the last requests. Guarded by the simulator's lock. */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include "buf.h"
#include "call.h"
#include "config.h"

#define STATS_LOG_MAX 20000

/* One answered request. Texts are owned by the log. */
struct stats_entry {
    int64_t at_ms; /* since the start */
    int64_t took_ms;
    enum call call;
    char *method;
    char *path;      /* as asked, with its query string; tokens and signatures never are in it */
    char *body;      /* of submits and exports; else NULL */
    unsigned status; /* 0: closed without answer */
    enum query_status query_status;
    int64_t rows;
    bool ruled; /* a rule changed it */
};

struct stats {
    int64_t requests[CALL_COUNT];
    int64_t budgeted, refused_429, refused_quota, unauthorized, refresh_used, refresh_reused;
    int64_t rows_served, bytes_served, in_flight, max_in_flight, held, download_with_authorization;
    struct stats_entry *log; /* ring of STATS_LOG_MAX */
    uint64_t logged;
};

/* Takes over the texts of entry and counts the request. */
void stats_add(struct stats *stats, const struct stats_entry *entry);

/* Forgets all but what is still in prefetch. */
void stats_reset(struct stats *stats);

/* The counters as members of a JSON object (without its braces), then the log when asked. */
void stats_write(const struct stats *stats, bool with_log, struct buf *out);

/* The counter that `wait` knows by this name: a call, or held; NULL for none. */
const int64_t *stats_counter(const struct stats *stats, const char *name);

#endif
