#include "run/share.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/thread.h"
#include "run/share_rule.h"
#include "wire/pg/transaction.h"

#include <inttypes.h>
#include <unistd.h>

/* The time limit of a renewal and of leaving; that of leaving after a stop. */
#define STATEMENT_MS 10000
#define LEAVE_AFTER_STOP_MS 1000

bool share_refuse(const struct work_found *found, const char *name, size_t more, struct err *err)
{
    if (more > 0)
        err_set(err, ERR_CONFIG,
                "%s and %zu more differ from those of host %s, which is at work on the round", name, more,
                found->hosts);
    else
        err_set(err, ERR_CONFIG, "%s differs from that of host %s, which is at work on the round", name,
                found->hosts);
    err_wrap(err, "share %s, round %" PRId64, found->round.share, found->round.round);
    return err_hint(err, "give all hosts of the share the same program, settings and job files");
}

/* Joins the current round or opens one, within the caller's transaction. */
static bool enter(struct share *share, const struct share_joining *joining, struct pg *pg,
                  struct arena *arena, struct err *err)
{
    struct work_found found;
    char name[SHARE_FACT_NAME];
    size_t more = 0;
    const char *share_name = joining->settings->run.share;
    struct work_opening opening = {share_name, joining->task, joining->facts};
    struct share_start start = {.found = &found, .windows_move = joining->windows_move};
    if (!work_lock(pg, share_name, err) || !work_today(pg, &start.today, err) ||
        !work_find(pg, share_name, joining->task, arena, &found, err))
        return false;
    start.differs = found.exists && share_facts_differ(joining->facts, found.facts, name, &more);
    switch (share_start_step(&start)) {
    case SHARE_REFUSE:
        return share_refuse(&found, name, more, err);
    case SHARE_JOIN:
        share->round = found.round;
        log_info("share-joined", "share %s: joined round %" PRId64 "%s%s", share_name, share->round.round,
                 *found.hosts ? ", at work: " : "", found.hosts);
        break;
    case SHARE_OPEN:
        if (!work_open(pg, &opening, arena, &share->round, err))
            return false;
        log_info("share-opened", "share %s: opened round %" PRId64, share_name, share->round.round);
        break;
    }
    return work_join(pg, &share->round, &share->member, err);
}

/* Makes sure that the renewal thread has a connection that holds the lock of work_lock_presence(). */
static bool connect(struct share *share, struct err *err)
{
    session_set_deadline(&share->session, clock_deadline(STATEMENT_MS));
    if (share->session.pg && !pg_is_lost(share->session.pg))
        return true;
    if (session_connect(&share->session, err) && work_lock_presence(share->session.pg, &share->round, err))
        return true;
    /* Without the lock other hosts could mark the runs of this host as failed (run_record_mark_lost()). */
    session_close(&share->session);
    return false;
}

static void log_not_renewed(const struct err *err)
{
    if (!stop_requested())
        log_warn("lease-not-renewed", "%s: other hosts may take over the chunks of this host", err->text);
}

/* Renews a copy of the claims, so that the mutex is not held during the statement. */
static void renew_leases(struct share *share)
{
    struct err err;
    struct work_claim claims[SHARE_MAX_CLAIMS];
    pthread_mutex_lock(&share->mutex);
    size_t count = share->claim_count;
    for (size_t i = 0; i < count; i++)
        claims[i] = share->claims[i];
    pthread_mutex_unlock(&share->mutex);
    if (!stop_requested() &&
        (!connect(share, &err) || !work_renew_all(share->session.pg, &share->member, claims, count, &err)))
        log_not_renewed(&err);
}

static void wait_for_end(struct share *share)
{
    int64_t until_ms = clock_deadline(WORK_RENEW_INTERVAL_MS);
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};
    while (!share->is_end_requested &&
           pthread_cond_timedwait(&share->end_requested, &share->mutex, &until) == 0)
        continue;
}

static void *renew_until_stopped(void *context)
{
    struct share *share = context;
    pthread_mutex_lock(&share->mutex);
    wait_for_end(share);
    while (!share->is_end_requested) {
        pthread_mutex_unlock(&share->mutex);
        renew_leases(share);
        pthread_mutex_lock(&share->mutex);
        wait_for_end(share);
    }
    pthread_mutex_unlock(&share->mutex);
    return NULL;
}

/* If the thread cannot be started, leases are renewed only when a request is sent. */
static void start_renewal(struct share *share)
{
    struct err err;
    if (!connect(share, &err))
        log_not_renewed(&err);
    share->is_renewing = thread_start(&share->renewal_thread, renew_until_stopped, share) == 0;
    if (!share->is_renewing)
        log_warn("lease-not-renewed", "cannot start a thread: leases are renewed with requests alone");
}

static void init(struct share *share, const struct share_joining *joining)
{
    pthread_condattr_t attributes;
    *share = (struct share){
        .settings = joining->settings,
        .member = {.host = joining->host, .pid = (int)getpid()},
        .session = {.settings = joining->settings},
    };
    pthread_mutex_init(&share->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&share->end_requested, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool share_join(struct share *share, const struct share_joining *joining, struct pg *pg, struct arena *arena,
                struct err *err)
{
    init(share, joining);
    if (!pg_begin(pg, err))
        return false;
    if (!enter(share, joining, pg, arena, err) || !pg_commit(pg, err)) {
        pg_rollback(pg);
        share->member.id = 0;
        return false;
    }
    start_renewal(share);
    return true;
}

void share_renewal_add(struct share *share, const struct work_claim *claim)
{
    pthread_mutex_lock(&share->mutex);
    if (share->claim_count < SHARE_MAX_CLAIMS)
        share->claims[share->claim_count++] = *claim;
    pthread_mutex_unlock(&share->mutex);
}

void share_renewal_remove(struct share *share, const struct work_claim *claim)
{
    pthread_mutex_lock(&share->mutex);
    for (size_t i = 0; i < share->claim_count; i++)
        if (share->claims[i].work_id == claim->work_id)
            share->claims[i--] = share->claims[--share->claim_count];
    pthread_mutex_unlock(&share->mutex);
}

bool share_renewal_has(struct share *share, int64_t work_id)
{
    bool has = false;
    pthread_mutex_lock(&share->mutex);
    for (size_t i = 0; i < share->claim_count; i++)
        has |= share->claims[i].work_id == work_id;
    pthread_mutex_unlock(&share->mutex);
    return has;
}

void share_renewal_stop(struct share *share)
{
    pthread_mutex_lock(&share->mutex);
    share->is_end_requested = true;
    pthread_cond_signal(&share->end_requested);
    pthread_mutex_unlock(&share->mutex);
    if (share->is_renewing)
        pthread_join(share->renewal_thread, NULL);
    share->is_renewing = false;
}

/* Leaves the round; after a stop over a new connection that ignores the stop. */
static bool leave(struct share *share, struct err *err)
{
    struct pg_options options = {
        .dsn = share->settings->database.dsn,
        .application_name = "tokenflex-etl",
        .limit_ms = LEAVE_AFTER_STOP_MS,
        .ignores_stop = true,
    };
    if (stop_requested()) {
        session_close(&share->session);
        share->session.pg = pg_connect(&options, err);
    } else if (!session_connect(&share->session, err))
        return false;
    return share->session.pg && work_leave(share->session.pg, &share->member, err);
}

void share_leave(struct share *share)
{
    struct err err;
    session_set_deadline(&share->session, clock_deadline(STATEMENT_MS));
    if (share->member.id > 0 && !leave(share, &err))
        log_debug("share-left", "%s", err.text);
    session_close(&share->session);
    pthread_cond_destroy(&share->end_requested);
    pthread_mutex_destroy(&share->mutex);
}
