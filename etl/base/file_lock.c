#include "base/file_lock.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define POLL_MS 20

static const char *kind_of_target(const struct file_lock_options *options)
{
    return options->locks_directory ? "the directory of " : "";
}

static bool fail(const struct file_lock_options *options, const char *verb, struct err *err)
{
    return err_set(err, err_kind_of_errno(options->failure), "cannot %s %s%s: %s", verb,
                   kind_of_target(options), options->path, strerror(errno));
}

/* Waits until the lock is to be tried again: POLL_MS, or less at the deadline. ERR_LATER past the deadline.
 */
static bool wait_a_little(const struct file_lock_options *options, struct err *err)
{
    int64_t left_ms = options->deadline_ms - clock_now_ms();
    if (left_ms <= 0)
        return err_set(err, ERR_LATER, "another process has locked %s%s", kind_of_target(options),
                       options->path);
    return stop_sleep(left_ms < POLL_MS ? left_ms : POLL_MS, err);
}

static bool take_open(const struct file_lock_options *options, int fd, struct err *err)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(options, "lock", err);
        if (!wait_a_little(options, err))
            return false;
    }
    return true;
}

bool file_lock_take(const struct file_lock_options *options, struct file_lock *lock, struct err *err)
{
    int flags = O_RDWR | O_CLOEXEC | (options->must_exist ? 0 : O_CREAT);
    int fd = options->locks_directory ? file_open_directory(options->path) : open(options->path, flags, 0600);
    *lock = FILE_LOCK_NONE;
    if (fd < 0)
        return fail(options, "open", err);
    if (!take_open(options, fd, err)) {
        close(fd);
        return false;
    }
    lock->fd = fd;
    return true;
}

void file_lock_cleanup(struct file_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    *lock = FILE_LOCK_NONE;
}
