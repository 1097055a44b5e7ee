/* The simulator's whole state, and the way of a request through it. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "budget.h"
#include "export.h"
#include "query.h"
#include "request.h"
#include "stats.h"
#include "tokens.h"

struct sim {
    pthread_mutex_t lock; /* guards all below but the first four */
    pthread_cond_t changed;
    uint16_t port, download_port;
    struct config *first_config;

    struct config *config;
    struct script *script;
    struct stats stats;
    struct budget budget, token_budget;
    struct tokens tokens;
    struct queries queries;
    struct exports exports;
    uint64_t releases; /* times that held requests were let go */
    int64_t serving;   /* requests whose answer is not counted yet, held ones included */
    int64_t cuts_made; /* of the download.cut_times setting */
    int64_t started_ms;
    bool stopping;
};

/* Takes config and script over. sim_free() frees what it holds, not sim itself. */
void sim_init(struct sim *sim, struct config *config, struct script *script);
void sim_free(struct sim *sim);

/* Answers a complete request, except those of control and of the download port's files. Blocks while a rule
 * delays it. */
void sim_serve(struct sim *sim, struct request *request, struct reply *reply);

/* Counts and logs the answer. To be called once for each sim_serve(). */
void sim_account(struct sim *sim, const struct request *request, const struct reply *reply);

/* Lets held requests go on. Under the lock. */
void sim_release(struct sim *sim);

/* Waits, for five seconds at most, until all requests that are not held are answered and counted. Their
 * client may have been killed; what they do and count belongs before what the test does next. Under the lock,
 * which it gives up meanwhile. */
void sim_settle(struct sim *sim);

/* Lets waiting requests end. */
void sim_stop(struct sim *sim);

/* Back to the start: queries, exports, tokens, budgets; then the script; then the settings. Under the lock.
 */
void sim_reset(struct sim *sim, bool keep_config);

/* Puts the configured refresh tokens where clients may use them. Under the lock. */
void sim_seed_tokens(struct sim *sim);

void sim_lock(struct sim *sim);
void sim_unlock(struct sim *sim);

#endif
