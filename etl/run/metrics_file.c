#include "run/metrics_file.h"

#include "base/clock.h"
#include "base/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_POLL_MS 20

static bool fail(const char *what, const char *path, struct err *err)
{
    return err_set(err, ERR_CREATE, "cannot %s %s: %s", what, path, strerror(errno));
}

static int open_directory(const char *path)
{
    SCOPED(buf) struct buf directory = buf_make(BUF_OWN_TEXT);
    const char *slash = strrchr(path, '/');
    buf_print(&directory, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    return open(buf_text(&directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int metrics_file_lock(const char *path, int64_t wait_ms, struct err *err)
{
    struct err stopped;
    int64_t deadline_ms = clock_deadline(wait_ms);
    int lock = open_directory(path);
    if (lock < 0) {
        fail("open the directory of", path, err);
        return -1;
    }
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        bool held = errno == EWOULDBLOCK || errno == EINTR;
        if (held && clock_now_ms() < deadline_ms && stop_sleep(LOCK_POLL_MS, &stopped))
            continue;
        if (held)
            err_set(err, ERR_LATER, "another process is writing %s", path);
        else
            fail("lock the directory of", path, err);
        close(lock);
        return -1;
    }
    return lock;
}

void metrics_file_unlock(int lock)
{
    close(lock);
}

void metrics_file_read(const char *path, struct buf *text)
{
    char block[16384];
    size_t count;
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while ((count = fread(block, 1, sizeof block, file)) > 0) {
        if (!buf_append(text, block, count)) {
            buf_clear(text);
            break;
        }
    }
    fclose(file);
}

static bool write_all(int file, const struct buf *text)
{
    for (size_t written = 0; written < text->length;) {
        ssize_t count = write(file, text->bytes + written, text->length - written);
        if (count < 0 && errno != EINTR)
            return false;
        written += count > 0 ? (size_t)count : 0;
    }
    return fchmod(file, 0644) == 0 && fsync(file) == 0;
}

static bool write_file(const char *path, const struct buf *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool written = write_all(file, text);
    int reason = errno;
    close(file);
    errno = reason;
    return written;
}

/* A rename is on disk once its directory is. */
static bool sync_directory(const char *path)
{
    int directory = open_directory(path);
    bool synced = directory >= 0 && fsync(directory) == 0;
    if (directory >= 0)
        close(directory);
    return synced;
}

bool metrics_file_replace(const char *path, const struct buf *text, struct err *err)
{
    /* Not in *.prom, which is what the collector reads. */
    SCOPED(buf) struct buf temporary = buf_make(BUF_OWN_TEXT);
    buf_print(&temporary, "%s.new", path);
    /* Only the lock's holder writes: what stands under this name is of one that was killed. */
    unlink(buf_text(&temporary));
    if (write_file(buf_text(&temporary), text) && rename(buf_text(&temporary), path) == 0 &&
        sync_directory(path))
        return true;
    fail("write", path, err);
    unlink(buf_text(&temporary));
    return false;
}
