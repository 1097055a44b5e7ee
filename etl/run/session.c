#include "run/session.h"

#include "api/retry.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stop.h"
#include "state/lock.h"

bool session_connect(struct session *session, struct err *err)
{
    struct pg_options options = {.dsn = session->settings->database.dsn, .application_name = "tokenflex-etl"};
    if (session->pg && !pg_is_lost(session->pg))
        return true;
    pg_close(session->pg);
    session->pg = pg_connect(&options, err);
    return session->pg != NULL;
}

void session_close(struct session *session)
{
    pg_close(session->pg);
    session->pg = NULL;
}

bool session_lock(struct session *session, const char *table, const char *contract, struct err *err)
{
    if (!lock_take(session->pg, session->settings->database.schema, table, contract, err))
        return false;
    session->table = table;
    session->contract = contract;
    return true;
}

void session_unlock(struct session *session)
{
    if (session->table && session->pg)
        lock_release(session->pg, session->settings->database.schema, session->table, session->contract);
    session->table = NULL;
    session->contract = NULL;
}

static bool renew_once(struct session *session, struct err *err)
{
    return session_connect(session, err) &&
           (!session->table || session_lock(session, session->table, session->contract, err));
}

bool session_renew(struct session *session, struct err *err)
{
    for (unsigned failures = 0;; failures++) {
        if (renew_once(session, err))
            return true;
        /* The server may not have noticed yet that our old session, which holds the lock, is gone. */
        bool may_pass = err->kind == ERR_UNAVAILABLE || err->kind == ERR_LATER;
        if (!may_pass || failures >= session->settings->api.retries)
            return false;
        int64_t wait_ms = retry_backoff_ms(session->settings->api.retry_wait_ms, failures, random_fraction());
        log_warn("database-retry", "%s; connecting again in %.1f s", err->text, (double)wait_ms / 1000);
        progress_wait("to connect to the database again", clock_deadline(wait_ms));
        if (!stop_sleep(wait_ms, err))
            return false;
    }
}

bool session_survive(struct session *session, struct session_work work, struct err *err)
{
    for (unsigned breaks = 0;; breaks++) {
        if (work.run(work.context, err))
            return true;
        bool broke = err->kind == ERR_UNAVAILABLE && pg_is_lost(session->pg);
        if (!broke || breaks >= session->settings->api.retries)
            return false;
        log_warn("database-lost", "%s; connecting again", err->text);
        if (!session_renew(session, err))
            return false;
    }
}
