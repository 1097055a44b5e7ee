/*
 * An exclusive lock on a file or a directory, between processes and between the threads of one (flock). It is
 * released when the process that holds it ends for any reason.
 */
#ifndef BASE_FILE_LOCK_H
#define BASE_FILE_LOCK_H

#include "base/err.h"

#include <stdint.h>

/* FILE_LOCK_NONE, or a lock that is held: file_lock_cleanup() releases it. */
struct file_lock {
    int fd;
};
#define FILE_LOCK_NONE ((struct file_lock){-1})

struct file_lock_options {
    const char *path;      /* of a file, which is created with mode 0600 if it does not exist */
    bool locks_directory;  /* locks the directory of the file instead: no file is created */
    bool must_exist;       /* the file is not created: a missing file is a failure */
    enum err_kind failure; /* the kind of error where it cannot be locked at all: see err_kind_of_errno() */
    int64_t deadline_ms;   /* monotonic */
};

/*
 * Waits for the lock. ERR_LATER past the deadline. ERR_STOPPED, at once, if it would have to wait and a stop
 * is requested. A free lock is taken also past the deadline and after a stop.
 */
MUST_CHECK bool file_lock_take(const struct file_lock_options *options, struct file_lock *lock,
                               struct err *err);

/* Releases the lock if it is held. */
void file_lock_cleanup(struct file_lock *lock);

#endif
