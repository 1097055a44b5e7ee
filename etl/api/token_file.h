/*
 * The login on disk: the rotating refresh token and the access token that goes with it.
 *
 * A refresh token works once. Whoever wants to use it holds the lock over reading the file, asking the
 * service and writing the answer; a new file is on disk, fsynced with its directory, before anything is done
 * with what is in it. The file is mode 0600; one that others can read is refused.
 */
#ifndef API_TOKEN_FILE_H
#define API_TOKEN_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/file_lock.h"

#include <stdint.h>

/* Moments are wall-clock milliseconds. Owned: login_cleanup(), which wipes it. */
struct login {
    struct buf client_id;
    struct buf scopes;
    struct buf refresh_token;
    int64_t refresh_from_ms; /* when it was given out: it lives for LOGIN_REFRESH_LIFETIME_MS */
    struct buf access_token; /* empty: none yet */
    int64_t access_from_ms;
    int64_t access_until_ms;
};

/* Token Flex API, "Authentication": a refresh token lives 15 days. */
#define LOGIN_REFRESH_LIFETIME_MS (INT64_C(15) * 86400000)

struct login login_make(void);
void login_cleanup(struct login *login);

/* The lock beside a token file, until file_lock_cleanup(). ERR_AUTH, or as file_lock_take(). */
MUST_CHECK bool token_file_lock(const char *path, int64_t deadline_ms, struct file_lock *lock,
                                struct err *err);

/* So long may those wait for the lock whose deadline does not come from a job: login and logout. */
#define TOKEN_FILE_WAIT_MS 120000

/*
 * Reads the file. *exists is false, and the result true, when there is none. ERR_AUTH when others than its
 * owner can read it, or when it is not what token_file_write() writes.
 */
MUST_CHECK bool token_file_read(const char *path, struct login *login, bool *exists, struct err *err);

/* Replaces the file, or makes it, with the directories to it (mode 0700). Durable when it returns true. */
MUST_CHECK bool token_file_write(const char *path, const struct login *login, struct err *err);

/* Deletes it; *existed says whether there was one. */
MUST_CHECK bool token_file_delete(const char *path, bool *existed, struct err *err);

#endif
