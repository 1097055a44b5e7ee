/*
 * The login in the database (auth.token_store: database), for all hosts with the same key.
 *
 * It follows the steps of api/token_file.h:
 *
 *     token_database_open() takes the row's lock, in a transaction of a connection of its own →
 *     token_database_read() → token_database_prepare() writes into the row in that transaction, which proves
 *     that it can be written → the service exchanges the refresh token → token_database_save() writes the
 *     login and commits
 *
 * The row is encrypted (wire/crypto/seal.h) for its account and client. Its times are those of the database's
 * clock, so that hosts whose clocks differ agree on the age of a token.
 *
 * The login is lost if the process is killed, or the database stays unavailable, between the service's answer
 * and the commit. If the connection is lost, and the lock with it, the login is written over a new
 * connection, unless another login or logout was stored meanwhile.
 */
#ifndef API_TOKEN_DATABASE_H
#define API_TOKEN_DATABASE_H

#include "api/login_text.h"
#include "base/err.h"
#include "job/settings.h"
#include "state/login_row.h"
#include "wire/crypto/seal.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* A login that is locked by this process. Owned: token_database_cleanup(), which releases the lock. */
struct token_database {
    const struct settings *settings; /* borrowed */
    struct pg *pg;                   /* in the transaction that has the row's lock; NULL: no connection */
    struct login_row row;            /* as it was when the lock was taken */
    int64_t ahead_ms;                /* the database's clock minus this host's */
    struct seal_key key;             /* after token_database_read() or token_database_prepare() */
    bool has_key;
    struct buf held; /* the refresh token that was read; empty: none was read, and any login is replaced */
};

/*
 * Connects and waits for the row's lock: ERR_LATER past the deadline, ERR_STOPPED; else the errors of
 * pg_connect() and state/login_row.h. The row or its table may be missing. The caller cleans up db in every
 * case.
 */
MUST_CHECK bool token_database_open(const struct settings *settings, int64_t deadline_ms,
                                    struct token_database *db, struct err *err);
void token_database_cleanup(struct token_database *db);

/*
 * Decrypts the login. If there is no login, returns true with *exists false. ERR_CONFIG: the key is missing,
 * or is not the key of the login; ERR_AUTH: the login is damaged.
 */
MUST_CHECK bool token_database_read(struct token_database *db, struct login *login, bool *exists,
                                    struct err *err);

/* The same over the caller's connection, outside a transaction, and without the lock. */
MUST_CHECK bool token_database_read_unlocked(const struct settings *settings, struct pg *pg,
                                             struct login *login, bool *exists, struct err *err);

/* Whether there is a login; needs no key. */
MUST_CHECK bool token_database_has_login(const struct settings *settings, struct pg *pg, bool *exists,
                                         struct err *err);

/*
 * Proves that the row can be written: writes as many bytes as a login needs. Creates the tool's own schema if
 * the table does not exist, as `run` does.
 */
MUST_CHECK bool token_database_prepare(struct token_database *db, struct err *err);

/*
 * Stores the login; it is committed when this returns true. Exception: if the connection was lost and another
 * login or a logout was stored meanwhile, that one stays, a warning is logged, and this returns true, too.
 * After a failure it tries again, over a new connection if that was lost, until deadline_ms (monotonic) or a
 * stop, at least once. May be called again.
 */
MUST_CHECK bool token_database_save(struct token_database *db, const struct login *login, int64_t deadline_ms,
                                    struct err *err);

/* Deletes the login; needs no key. *existed: whether there was one. */
MUST_CHECK bool token_database_delete(struct token_database *db, bool *existed, struct err *err);

#endif
