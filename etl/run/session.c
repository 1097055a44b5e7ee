#include "run/session.h"

#include "api/retry.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/text.h"
#include "run/reconnect.h"
#include "state/lock.h"

#include <stdio.h>
#include <unistd.h>

/* After the deadline there is this much time to release a lock; if it is not enough, the lock ends with the
 * session. */
#define UNLOCK_MS 2000

const char *session_name(const char *role, const char *host, char *out)
{
    snprintf(out, SESSION_NAME, "tokenflex-etl %s %d on %s", role, (int)getpid(), host);
    text_trim_broken_utf8(out);
    return out;
}

static struct pg_options options_of(const struct session *session)
{
    return (struct pg_options){
        .dsn = session->settings->database.dsn,
        .application_name = session->name ? session->name : "tokenflex-etl",
        .deadline_ms = session->deadline_ms,
    };
}

static int64_t deadline_of(const struct session *session)
{
    return session->deadline_ms > 0 ? session->deadline_ms : CLOCK_NEVER;
}

bool session_connect(struct session *session, struct err *err)
{
    struct pg_options options = options_of(session);
    if (session->pg && !pg_is_lost(session->pg))
        return true;
    pg_close(session->pg);
    session->pg = pg_connect(&options, err);
    return session->pg != NULL;
}

bool session_connect_first(struct session *session, struct err *err)
{
    struct pg_options options = options_of(session);
    return session_connect(session, err) && pg_pooler_refuse(session->pg, &options, err);
}

void session_set_deadline(struct session *session, int64_t deadline_ms)
{
    session->deadline_ms = deadline_ms;
    if (session->pg)
        pg_set_deadline(session->pg, deadline_of(session));
}

void session_close(struct session *session)
{
    pg_close(session->pg);
    session->pg = NULL;
}

static bool lock_now(struct session *session, const char *table, const char *contract, struct err *err)
{
    if (!lock_take(session->pg, session->settings->database.schema, table, contract, err))
        return false;
    session->table = table;
    session->contract = contract;
    return true;
}

/* The interval of attempts to take a lock. */
#define LOCK_RETRY_MS 250

static void log_wait(const char *schema, const struct session_lock_of *of)
{
    if (of->contract)
        log_info("lock-awaited", "another run is loading contract %s into %s.%s; waiting for it",
                 of->contract, schema, of->table);
    else
        log_info("lock-awaited", "another run is rebuilding %s.%s; waiting for it", schema, of->table);
}

/* Makes the last try. If it fails, the error says who holds the lock and what ended the wait. */
static bool lock_at_end(struct session *session, const struct session_lock_of *of, int64_t wait_ms,
                        bool is_cut, struct err *err)
{
    if (lock_now(session, of->table, of->contract, err))
        return true;
    if (err->kind != ERR_LATER || wait_ms == 0)
        return false;
    return err_hint(
        err, is_cut ? "the wait ended with the job's `timeout`: try again when the other run has finished"
                    : "try again when it has finished, or wait longer with run --wait");
}

bool session_lock_within(struct session *session, const struct session_lock_of *of, int64_t wait_ms,
                         struct err *err)
{
    bool taken = false;
    bool is_logged = false;
    int64_t until_ms = clock_deadline(wait_ms);
    const char *schema = session->settings->database.schema;
    bool is_cut = until_ms > deadline_of(session) - LOCK_RETRY_MS;
    if (is_cut)
        until_ms = deadline_of(session) - LOCK_RETRY_MS;
    while (clock_now_ms() + LOCK_RETRY_MS < until_ms) {
        if (!lock_try(session->pg, schema, of->table, of->contract, &taken, err))
            return false;
        session->table = taken ? of->table : NULL;
        session->contract = taken ? of->contract : NULL;
        if (taken)
            return true;
        if (!is_logged)
            log_wait(schema, of);
        is_logged = true;
        progress_wait(of->contract ? "for another run of the same table and contract"
                                   : "for another run that rebuilds the table",
                      until_ms);
        if (!stop_sleep(LOCK_RETRY_MS, err))
            return false;
    }
    return lock_at_end(session, of, wait_ms, is_cut, err);
}

void session_unlock(struct session *session)
{
    if (session->pg)
        pg_extend_deadline(session->pg, UNLOCK_MS);
    if (session->table && session->pg)
        lock_release(session->pg, session->settings->database.schema, session->table, session->contract);
    session->table = NULL;
    session->contract = NULL;
}

static bool renew_once(struct session *session, struct err *err)
{
    return session_connect(session, err) &&
           (!session->table || lock_now(session, session->table, session->contract, err));
}

/* The time left until the job's timeout. */
static int64_t left_ms(const struct session *session)
{
    int64_t deadline_ms = deadline_of(session);
    return deadline_ms == CLOCK_NEVER ? CLOCK_NEVER : deadline_ms - clock_now_ms();
}

static bool refuse_wait(int64_t wait_ms, struct err *err)
{
    err->kind = ERR_LATER;
    return err_wrap(err, "waiting %.1f s more to connect again would pass the job's timeout",
                    (double)wait_ms / 1000);
}

bool session_reconnect(struct session *session, struct err *err)
{
    const struct api_settings *api = &session->settings->api;
    for (unsigned failures = 0;; failures++) {
        if (renew_once(session, err))
            return true;
        /* The server may not have noticed yet that the old session, which holds the lock, is gone. */
        struct reconnect_failure failure = {
            .kind = err->kind,
            .failures = failures,
            .retries = api->retries,
            .wait_ms = retry_backoff_ms(api->retry_wait_ms, failures, random_fraction()),
            .left_ms = left_ms(session),
        };
        switch (reconnect_judge(&failure)) {
        case RECONNECT_FAIL:
            return false;
        case RECONNECT_TOO_LATE:
            return refuse_wait(failure.wait_ms, err);
        case RECONNECT_AFTER_WAIT:
            break;
        }
        log_warn("database-retry", "%s; connecting again in %.1f s", err->text,
                 (double)failure.wait_ms / 1000);
        progress_wait("to connect to the database again", clock_deadline(failure.wait_ms));
        if (!stop_sleep(failure.wait_ms, err))
            return false;
    }
}

bool session_run_with_reconnect(struct session *session, struct session_work work, struct err *err)
{
    for (unsigned breaks = 0;; breaks++) {
        if (work.run(work.context, err))
            return true;
        bool broke = err->kind == ERR_UNAVAILABLE && (!session->pg || pg_is_lost(session->pg));
        if (!broke || breaks >= session->settings->api.retries)
            return false;
        log_warn("database-lost", "%s; connecting again", err->text);
        if (!session_reconnect(session, err))
            return false;
    }
}

struct acquisition {
    struct session *session;
    const struct session_lock_of *of;
    int64_t until_ms;
};

static bool acquire_once(void *context, struct err *err)
{
    const struct acquisition *acquisition = context;
    int64_t left_ms = acquisition->until_ms - clock_now_ms();
    return session_connect(acquisition->session, err) &&
           session_lock_within(acquisition->session, acquisition->of, left_ms > 0 ? left_ms : 0, err);
}

bool session_acquire(struct session *session, const struct session_lock_of *of, int64_t wait_ms,
                     struct err *err)
{
    struct acquisition acquisition = {session, of, clock_deadline(wait_ms)};
    return session_run_with_reconnect(session, (struct session_work){acquire_once, &acquisition}, err);
}
