/*
 * Where the login is kept: in a file of this host (api/token_file.h) or in the database, for all hosts
 * (api/token_database.h), as auth.token_store says. Both follow the same rules.
 *
 * A refresh token works once. A process that uses it follows these steps:
 *
 *     token_store_open() takes the lock → token_store_read() → token_store_prepare() proves that the next
 *     login can be stored → the service is asked → token_store_save()
 *
 * A process that is killed between the service's answer and the first write of it loses the login.
 */
#ifndef API_TOKEN_STORE_H
#define API_TOKEN_STORE_H

#include "api/login_text.h"
#include "api/token_database.h"
#include "api/token_file.h"

/* A login that this process alone may change. Owned: token_store_cleanup(), which releases the lock. */
struct token_store {
    const struct settings *settings; /* borrowed */
    struct token_file file;
    struct token_database database;
};

/* A store that is not open. */
struct token_store token_store_make(void);
void token_store_cleanup(struct token_store *store); /* does nothing if it is not open */

/* How long login and logout, which have no job's deadline, wait for the lock. */
#define TOKEN_STORE_WAIT_MS 120000

/* Takes the lock; there may be no login. ERR_LATER past the deadline (monotonic). The caller cleans up store
 * in every case. */
MUST_CHECK bool token_store_open(const struct settings *settings, int64_t deadline_ms,
                                 struct token_store *store, struct err *err);

/* Reads the login under the lock. If there is no login, returns true with *exists false. */
MUST_CHECK bool token_store_read(struct token_store *store, struct login *login, bool *exists,
                                 struct err *err);

/* Makes sure that a login can be stored. To be called before the refresh token or code is sent. */
MUST_CHECK bool token_store_prepare(struct token_store *store, struct err *err);

/* Durable when it returns true (but see token_database_save()). Repeated until deadline_ms (monotonic), at
 * least once; may be called again.
 */
MUST_CHECK bool token_store_save(struct token_store *store, const struct login *login, int64_t deadline_ms,
                                 struct err *err);

/* Deletes the login; *existed says whether there was one. */
MUST_CHECK bool token_store_delete(struct token_store *store, bool *existed, struct err *err);

/*
 * Reads the login without the lock. pg is used for one in the database; NULL: a connection is made for it,
 * which waits at most TOKEN_STORE_UNLOCKED_WAIT_MS.
 */
#define TOKEN_STORE_UNLOCKED_WAIT_MS 20000
MUST_CHECK bool token_store_read_unlocked(const struct settings *settings, struct pg *pg, struct login *login,
                                          bool *exists, struct err *err);

/* For messages: where it is, the path of the file or the name of the table. */
const char *token_store_place(const struct settings *settings);

/* For messages, after "there is no ": the file, or the client's row. Returns out. */
#define TOKEN_STORE_TEXT 512
const char *token_store_describe(const struct settings *settings, char out[static TOKEN_STORE_TEXT]);

#endif
