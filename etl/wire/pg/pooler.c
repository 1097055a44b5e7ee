#include "wire/pg/pooler.h"

#include "base/log.h"
#include "base/text.h"
#include "wire/pg/connection_inner.h"
#include "wire/pg/server_session.h"
#include "wire/pg/statement.h"
#include "wire/pg/transaction.h"

/* The time limit for everything that is done over the second connection. */
#define SECOND_LIMIT_MS 5000

/* While others use the pool, the first look may not show that the two share a session. */
#define MAX_LOOKS 3

static const char *name_of(enum pg_pooler pooler)
{
    switch (pooler) {
    case PG_POOLER_NONE:
        break;
    case PG_POOLER_TRANSACTION:
        return "a pooler in transaction mode";
    case PG_POOLER_STATEMENT:
        return "a pooler in statement mode";
    }
    return "no pooler";
}

bool pg_pooler_error(enum pg_pooler pooler, struct err *err)
{
    err_set(err, ERR_CONFIG,
            "the database is behind %s: locks, temporary tables and settings need one server session",
            name_of(pooler));
    return err_hint(err, "connect to the server itself (database.dsn or PGHOST and PGPORT), or to a pool in "
                         "session mode (PgBouncer: pool_mode = session)");
}

/* NULL if no connection can be made or a stop is requested. */
static struct pg *connect_second(const struct pg_options *options, struct err *err)
{
    struct pg_options second = *options;
    second.limit_ms = SECOND_LIMIT_MS;
    struct pg *other = pg_connect(&second, err);
    if (!other)
        log_debug("pooler", "cannot open a second connection to look for a pooler: %s", err->text);
    return other;
}

/* *shared: a connection no longer finds its own session, or its own nonce in it. other may be NULL. */
static bool look(struct pg *pg, struct pg *other, bool *shared, struct err *err)
{
    struct err ignored;
    bool same = true;
    if (!pg_session_is_same(pg, &same, err))
        return false;
    *shared = !same;
    if (other && !*shared && pg_session_is_same(other, &same, &ignored))
        *shared = !same;
    return true;
}

/* Finds the pooler's mode. Resets the settings of both sessions, for the pooler's other clients. */
static enum pg_pooler mode_of(struct pg *pg, struct pg *other)
{
    struct err ignored;
    enum pg_pooler pooler = PG_POOLER_TRANSACTION;
    if (!pg_exec(pg, "reset all", &ignored))
        log_debug("pooler", "%s", ignored.text);
    if (!other || !pg_exec(other, "reset all", &ignored))
        return pooler;
    if (!pg_begin(other, &ignored))
        pooler = PG_POOLER_STATEMENT;
    pg_rollback(other);
    return pooler;
}

/* Whether the key with which the connection would cancel its statements is that of the server's process: a
 * pooler that shares sessions gives its clients keys of its own. */
static bool is_direct(const struct pg *pg)
{
    return PQbackendPID(pg->conn) == pg->server_pid;
}

bool pg_pooler_find(struct pg *pg, const struct pg_options *options, enum pg_pooler *pooler, struct err *err)
{
    struct err refused = {0};
    *pooler = PG_POOLER_NONE;
    if (is_direct(pg))
        return true;
    SCOPED(pg) struct pg *other = connect_second(options, &refused);
    if (!other && refused.kind == ERR_STOPPED) {
        *err = refused;
        return false;
    }
    bool shared = other && text_equal(other->nonce_before, pg->nonce);
    for (unsigned looks = 0; looks < MAX_LOOKS && !shared; looks++)
        if (!look(pg, other, &shared, err))
            return false;
    if (shared)
        *pooler = mode_of(pg, other);
    return true;
}

bool pg_pooler_refuse(struct pg *pg, const struct pg_options *options, struct err *err)
{
    enum pg_pooler pooler;
    if (!pg_pooler_find(pg, options, &pooler, err))
        return false;
    return pooler == PG_POOLER_NONE || pg_pooler_error(pooler, err);
}

struct pg *pg_connect_session(const struct pg_options *options, struct err *err)
{
    struct pg *pg = pg_connect(options, err);
    if (!pg || pg_pooler_refuse(pg, options, err))
        return pg;
    pg_close(pg);
    return NULL;
}

bool pg_pooler_check(struct pg *pg, struct err *err)
{
    bool same;
    if (!pg_session_is_same(pg, &same, err))
        return false;
    return same || pg_pooler_error(PG_POOLER_TRANSACTION, err);
}
