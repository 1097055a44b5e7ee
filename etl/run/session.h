/*
 * A worker's connection to the database, with the lock on what it loads; reconnects if the connection is
 * lost.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/pg/pg.h"

struct session {
    const struct settings *settings; /* borrowed */
    struct pg *pg;                   /* NULL: not connected */
    const char *name;                /* application_name, borrowed; NULL: that of the program */

    int64_t deadline_ms; /* session_set_deadline(); 0: none */

    /* What is locked; table NULL: nothing. Borrowed. */
    const char *table;
    const char *contract;
};

/*
 * An application_name that says which process of which host it is, for those who wait for a lock of this
 * session: `tokenflex-etl process 42 on HOST`. sql/lock/lock_holder.sql reads it. role: a word, `process` or
 * `rebuild`. out holds SESSION_NAME bytes, as much as the server keeps; a host name that is too long is cut.
 * Returns out.
 */
#define SESSION_NAME 64
const char *session_name(const char *role, const char *host, char *out);

/* Connects if there is no connection or a lost one. */
MUST_CHECK bool session_connect(struct session *session, struct err *err);

/* Connects, and refuses with ERR_CONFIG a pooler that does not give the connection a server session of its
 * own. For the first connection of a run or another command. */
MUST_CHECK bool session_connect_first(struct session *session, struct err *err);

/* Sets the job's timeout as the deadline for all work over this connection and those that replace it. Past it
 * the work fails with ERR_LATER (pg_set_deadline()). Monotonic; 0: no deadline. */
void session_set_deadline(struct session *session, int64_t deadline_ms);
void session_close(struct session *session);

/* What is locked. */
struct session_lock_of {
    const char *table;
    const char *contract;
};

/*
 * Takes the lock of state/lock on a table of database.schema and a contract, until session_unlock();
 * session_reconnect() takes it again. contract NULL: the lock for rebuilding the table. If another session
 * holds the lock, waits up to wait_ms (0: not at all) and not past the session's deadline: then ERR_LATER,
 * which names the holder.
 */
MUST_CHECK bool session_lock_within(struct session *session, const struct session_lock_of *of,
                                    int64_t wait_ms, struct err *err);
/* Releases the lock, also past the deadline. */
void session_unlock(struct session *session);

/*
 * To be called after the connection was lost: reconnects, with backoff, up to api.retries times, and takes
 * the lock again. ERR_LATER if another run has taken the lock meanwhile, or if the deadline comes first.
 */
MUST_CHECK bool session_reconnect(struct session *session, struct err *err);

/*
 * Runs work.run() over the connection. If it fails with ERR_UNAVAILABLE, and there is no connection or it was
 * lost, reconnects and runs it again, up to api.retries times. work.run() is called first even if there is no
 * connection: the caller has to connect before, or work.run() itself (session_connect()). work.run() must
 * find out whether a COMMIT without an answer has succeeded.
 */
struct session_work {
    bool (*run)(void *context, struct err *err);
    void *context;
};
MUST_CHECK bool session_run_with_reconnect(struct session *session, struct session_work work,
                                           struct err *err);

/* Runs session_connect() and session_lock_within() by session_run_with_reconnect(), so that work can begin
 * while the database restarts. */
MUST_CHECK bool session_acquire(struct session *session, const struct session_lock_of *of, int64_t wait_ms,
                                struct err *err);

#endif
