#include "run/prepare.h"

#include "base/log.h"
#include "base/readable.h"
#include "load/history.h"
#include "load/rebuild/rebuild.h"
#include "load/stage.h"
#include "run/session.h"
#include "state/retention.h"
#include "state/run_record.h"
#include "state/schema.h"
#include "state/sequences.h"

#include <inttypes.h>

/* Old runs do no harm: if they cannot be deleted, that is a warning, and the run continues. */
static void prune_runs(const struct settings *settings, struct pg *pg)
{
    struct err err;
    uint64_t deleted;
    unsigned keep_days = settings->run.keep_runs_days;
    if (keep_days == 0)
        return;
    if (!retention_apply(pg, keep_days, &deleted, &err))
        log_warn("runs-kept", "%s: run.keep_runs has no effect", err.text);
    else if (deleted > 0)
        log_info("runs-pruned", "%" PRIu64 " run%s of more than %u day%s ago were deleted from the run table",
                 deleted, readable_plural(deleted), keep_days, readable_plural(keep_days));
}

static void prune_history(const struct settings *settings, struct pg *pg)
{
    struct err err;
    uint64_t deleted;
    unsigned keep_days = settings->run.keep_history_days;
    if (keep_days == 0)
        return;
    if (!history_prune(pg, keep_days, &deleted, &err))
        log_warn("history-kept", "%s: run.keep_history has no effect", err.text);
    else if (deleted > 0)
        log_info("history-pruned",
                 "%" PRIu64 " version%s of rows that ended more than %u day%s ago were deleted", deleted,
                 readable_plural(deleted), keep_days, readable_plural(keep_days));
}

/* The context of prepare_once(), which may be run again: each of its steps can be repeated. */
struct preparing {
    const struct settings *settings;
    struct session *session;
};

static bool prepare_once(void *context, struct err *err)
{
    const struct preparing *preparing = context;
    struct schema_change change;
    struct pg *pg = preparing->session->pg;
    return schema_upgrade(pg, &change, err) && sequences_advance(pg, err) && run_record_mark_lost(pg, err) &&
           rebuild_drop_abandoned(pg, err) &&
           stage_drop_abandoned(pg, preparing->settings->database.schema, err);
}

bool prepare_database(const struct settings *settings, const char *name, int64_t deadline_ms, struct pg **pg,
                      struct err *err)
{
    struct session session = {.settings = settings, .name = name};
    struct preparing preparing = {settings, &session};
    session_set_deadline(&session, deadline_ms);
    bool prepared =
        session_connect_first(&session, err) &&
        session_run_with_reconnect(&session, (struct session_work){prepare_once, &preparing}, err);
    if (prepared) {
        prune_runs(settings, session.pg);
        prune_history(settings, session.pg);
    } else
        session_close(&session);
    *pg = session.pg;
    return prepared;
}
