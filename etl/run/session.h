/*
 * A worker's connection to the database, with the lock of what it loads: made, and made anew when it breaks.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/pg/pg.h"

struct session {
    const struct settings *settings; /* borrowed */
    struct pg *pg;                   /* NULL: not connected */

    /* What is locked; table NULL: nothing. Borrowed. */
    const char *table;
    const char *contract;
};

/* Connects where there is no connection, or a lost one. */
MUST_CHECK bool session_connect(struct session *session, struct err *err);
void session_close(struct session *session);

/* The lock of load/lock on a table of database.schema and a contract (NULL: for who rebuilds the table), for
 * as long as the session holds it. */
MUST_CHECK bool session_lock(struct session *session, const char *table, const char *contract,
                             struct err *err);
void session_unlock(struct session *session);

/*
 * After the connection broke: connects again, with backoff, up to api.retries times, and takes the lock
 * again. Another runner may have taken it meanwhile: ERR_LATER.
 */
MUST_CHECK bool session_renew(struct session *session, struct err *err);

#endif
