/*
 * The login in the database (auth.token_store: database), for all hosts that have the key.
 *
 * It follows the steps of api/token_file.h:
 *
 *     token_database_open() takes the row's lock, in a transaction of a connection of its own →
 *     token_database_read() → token_database_prepare() writes into the row in that transaction, which proves
 *     that it can be written → the service is asked → token_database_save() writes the login and commits
 *
 * The row is sealed (wire/crypto/seal.h) for its account and client. The moments in it are the database's:
 * hosts whose clocks differ agree on how old a token is.
 *
 * A process that is killed, or a database that is lost for good, between the service's answer and the commit
 * loses the login. If only the connection is lost meanwhile, and with it the lock, the login is written over
 * a new one, unless somebody has logged in or out meanwhile.
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

/* A login that this process alone may change. Owned: token_database_cleanup(), which gives up the lock. */
struct token_database {
    const struct settings *settings; /* borrowed */
    struct pg *pg;                   /* in the transaction that has the row's lock; NULL: no connection */
    struct login_row row;            /* as it was when the lock was taken */
    int64_t ahead_ms;                /* the database's clock, before this host's */
    struct seal_key key;             /* after token_database_read() or token_database_prepare() */
    bool has_key;
    struct buf held; /* the refresh token that was read; empty: none was, and whatever is there is replaced */
};

/* Which row a login has. Texts are those of the settings. */
struct login_row_key token_database_key(const struct settings *settings);

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

/* The same over a connection of the caller's, outside a transaction, and without the lock. */
MUST_CHECK bool token_database_read_unlocked(const struct settings *settings, struct pg *pg,
                                             struct login *login, bool *exists, struct err *err);

/* Whether there is a login; needs no key. */
MUST_CHECK bool token_database_has_login(const struct settings *settings, struct pg *pg, bool *exists,
                                         struct err *err);

/*
 * Proves that the row can be written, with as much as a login needs. Makes the tool's own schema where its
 * table is missing, as `run` does.
 */
MUST_CHECK bool token_database_prepare(struct token_database *db, struct err *err);

/*
 * Stores the login: committed when it returns true. What fails is tried again, over a new connection where
 * that is lost, until deadline_ms (monotonic) or a stop, at least once. It may be called again.
 */
MUST_CHECK bool token_database_save(struct token_database *db, const struct login *login, int64_t deadline_ms,
                                    struct err *err);

/* Deletes it; needs no key. *existed says whether there was one. */
MUST_CHECK bool token_database_delete(struct token_database *db, bool *existed, struct err *err);

#endif
