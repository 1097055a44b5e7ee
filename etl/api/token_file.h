/*
 * The login on disk (auth.token_store: file).
 *
 * A refresh token works once. A process that uses it follows these steps:
 *
 *     token_file_open() takes the lock → token_file_read() → token_file_prepare() makes and syncs the next
 *     file → the service is asked → token_file_save() fills the next file and puts it in place
 *
 * Links are followed: two names of one file have one lock. The file is mode 0600; one that others can read is
 * refused. A process that is killed between the service's answer and the first write of it loses the login.
 */
#ifndef API_TOKEN_FILE_H
#define API_TOKEN_FILE_H

#include "api/login_text.h"
#include "base/err.h"
#include "base/file_lock.h"
#include "base/replacement.h"

/* A token file that this process alone may change. Owned: token_file_cleanup(), which unlocks it. */
struct token_file {
    struct buf path;             /* links followed */
    struct file_lock path_lock;  /* of PATH.lock */
    struct file_lock inode_lock; /* of the file itself, because it may have other names: mounts, hard links */
    struct replacement next;
};

#define TOKEN_FILE_NONE                                                                                      \
    ((struct token_file){.path_lock = FILE_LOCK_NONE, .inode_lock = FILE_LOCK_NONE, .next = REPLACEMENT_NONE})

/*
 * Makes the directories to the file (mode 0700) and locks it; the file may be missing. A newer login in
 * PATH.new, which a killed process could not put in place, is put in place. ERR_AUTH if the file cannot be
 * created, read or locked, or is not a regular file; ERR_LATER if the cause is a lack of disk space or other
 * resources (err_kind_of_errno()); other errors as from file_lock_take(). The caller cleans up file in every
 * case.
 */
MUST_CHECK bool token_file_open(const char *path, int64_t deadline_ms, struct token_file *file,
                                struct err *err);
void token_file_cleanup(struct token_file *file);

/*
 * Reads the file. *exists is false, and the result true, when there is none. ERR_AUTH when others than its
 * owner can read it, or when it is not what token_file_save() writes.
 */
MUST_CHECK bool token_file_read(const char *path, struct login *login, bool *exists, struct err *err);

/* Makes the next file, with room for any login. If that is impossible: ERR_LATER for a lack of disk space or
 * other resources (err_kind_of_errno()), else ERR_AUTH. To be called before the refresh token or code is
 * sent. */
MUST_CHECK bool token_file_prepare(struct token_file *file, struct err *err);

/*
 * Writes the login into the prepared file and puts it in place: durable when it returns true. After a failure
 * it tries again, with pauses, until deadline_ms (monotonic) or a stop, at least once: then the same errors.
 * It may be called again.
 */
MUST_CHECK bool token_file_save(struct token_file *file, const struct login *login, int64_t deadline_ms,
                                struct err *err);

/* Deletes the file; *existed says whether there was one. */
MUST_CHECK bool token_file_delete(const struct token_file *file, bool *existed, struct err *err);

#endif
