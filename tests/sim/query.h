/* Queries: submitted, polled, paged through, expired. */
#ifndef SIM_QUERY_H
#define SIM_QUERY_H

#include "plan.h"

#define QUERY_MAX 5000 /* kept; the oldest is forgotten */

struct sim;
struct request;
struct reply;

struct query {
    char *id;
    char *key; /* contract and body, to recognise a query computed before */
    char *contract;
    char *host; /* for absolute URIs */
    struct plan *plan;
    enum query_status fate; /* what it ends as */
    int64_t polls_left;
    bool polled;
    int64_t ready_ms;
    int64_t done_ms; /* -1 before it is DONE */
    bool shown_done;
};

struct queries {
    struct query *list[QUERY_MAX];
    size_t count;
};

/* POST usage/:contract/query and GET usage/:contract/query/:id. */
void query_submit(struct sim *sim, struct request *request, struct reply *reply);
void query_get(struct sim *sim, struct request *request, struct reply *reply);

/* Whether the query of that id has answered DONE before. Under the simulator's lock. */
bool query_was_shown(const struct sim *sim, const char *id);

void queries_free(struct queries *queries);

#endif
