/*
 * An exclusive lock on a file or a directory, between processes and between the threads of one (flock). It
 * ends with the process that holds it, however that ends.
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
    const char *path;      /* of a file, which is made where it is not there, with mode 0600 */
    bool locks_directory;  /* the directory that the file is in is locked instead: it leaves nothing there */
    bool must_exist;       /* the file is not made: where it is not there, that is a failure */
    enum err_kind failure; /* the kind of error where it cannot be locked at all */
    int64_t deadline_ms;   /* monotonic */
};

/*
 * Waits until no one else holds the lock. ERR_LATER past the deadline; ERR_STOPPED, at once, where it would
 * have to wait and a stop is asked for. One that is free is taken also past the deadline and after a stop.
 */
MUST_CHECK bool file_lock_take(const struct file_lock_options *options, struct file_lock *lock,
                               struct err *err);

/* Releases the lock, where there is one. */
void file_lock_cleanup(struct file_lock *lock);

#endif
