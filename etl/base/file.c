#include "base/file.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel's own limit of symbolic links in one path. */
#define MAX_LINKS 40

static bool read_all(int file, struct buf *bytes)
{
    char block[16384];
    ssize_t count;
    while ((count = read(file, block, sizeof block)) > 0 || (count < 0 && errno == EINTR)) {
        if (count > 0 && !buf_append(bytes, block, (size_t)count)) {
            errno = EFBIG;
            return false;
        }
    }
    return count == 0;
}

bool file_read(const char *path, struct buf *bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool read = read_all(file, bytes);
    int reason = errno;
    close(file);
    errno = reason;
    return read;
}

/* How long a file that another process has made non-blocking may accept no bytes: nothing else limits the
 * wait.
 */
#define ROOM_MS 2000

/* Whether a write that has failed may be tried again: a signal came, or there is room now. */
static bool may_write_again(int file)
{
    struct pollfd writable = {.fd = file, .events = POLLOUT};
    return errno == EINTR || (errno == EAGAIN && poll(&writable, 1, ROOM_MS) > 0);
}

bool file_write(int file, const struct buf *bytes)
{
    for (size_t written = 0; written < bytes->length;) {
        ssize_t count = write(file, bytes->bytes + written, bytes->length - written);
        if (count < 0 && !may_write_again(file))
            return false;
        written += count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* So few bytes at once that a terminal or pipe that is ready to write nearly always accepts all of them. */
#define PIECE_BYTES 4096

size_t file_write_with_timeout(int file, const struct buf *bytes, int64_t wait_ms)
{
    size_t written = 0;
    int64_t deadline_ms = clock_deadline(wait_ms);
    while (written < bytes->length) {
        struct pollfd writable = {.fd = file, .events = POLLOUT};
        int64_t left_ms = deadline_ms - clock_now_ms();
        int ready = poll(&writable, 1, left_ms > 0 ? (int)left_ms : 0);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            break;
        size_t left = bytes->length - written;
        ssize_t count = write(file, bytes->bytes + written, left < PIECE_BYTES ? left : PIECE_BYTES);
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            break;
        written += count > 0 ? (size_t)count : 0;
    }
    return written;
}

static bool write_new(const char *path, const struct buf *bytes, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool written = file_write(file, bytes) && fchmod(file, mode) == 0 && fsync(file) == 0;
    int reason = errno;
    close(file);
    errno = reason;
    return written;
}

/* Appends the directory of a path, its symbolic links resolved, and the last part of the path as it is. */
static bool put_relative(const char *path, struct buf *out)
{
    SCOPED(buf) struct buf directory = buf_make(BUF_OWN_TEXT);
    const char *slash = strrchr(path, '/');
    buf_print(&directory, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    char *real;
    while (!(real = realpath(buf_text(&directory), NULL)) && errno == ENOMEM)
        mem_make_room();
    if (!real)
        return false;
    buf_print(out, "%s%s%s", real, text_equal(real, "/") ? "" : "/", slash ? slash + 1 : path);
    free(real);
    return true;
}

/* Replaces the path by the target of the link; false, with errno 0, where the path is not a link. */
static bool follow_link(struct buf *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(buf_text(path), target, sizeof target - 1);
    if (length < 0) {
        errno = errno == EINVAL || errno == ENOENT ? 0 : errno;
        return false;
    }
    target[length] = '\0';
    SCOPED(buf) struct buf followed = buf_make(BUF_OWN_TEXT);
    const char *slash = strrchr(buf_text(path), '/');
    if (*target != '/')
        buf_print(&followed, "%.*s", (int)(slash - buf_text(path)) + 1, buf_text(path));
    buf_put(&followed, target);
    buf_clear(path);
    return put_relative(buf_text(&followed), path);
}

bool file_resolve(const char *path, struct buf *resolved)
{
    SCOPED(buf) struct buf at = buf_make(BUF_OWN_TEXT);
    if (!put_relative(path, &at))
        return false;
    for (int links = 0; links < MAX_LINKS; links++)
        if (!follow_link(&at)) {
            if (errno == 0)
                buf_put(resolved, buf_text(&at));
            return errno == 0;
        }
    errno = ELOOP;
    return false;
}

/* A device, a pipe or a socket: replacing it would break what others use it for. */
static bool is_special(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/* The path leads to the file itself, not to a link. */
static bool replace(const char *path, const struct buf *bytes, mode_t mode)
{
    if (is_special(path)) {
        errno = EOPNOTSUPP;
        return false;
    }
    SCOPED(buf) struct buf new_path = buf_make(BUF_OWN_TEXT);
    buf_print(&new_path, "%s.new", path);
    /* A file of this name was left by a process that was killed. */
    unlink(buf_text(&new_path));
    if (write_new(buf_text(&new_path), bytes, mode) && rename(buf_text(&new_path), path) == 0)
        return file_sync_directory(path);
    int reason = errno;
    unlink(buf_text(&new_path));
    errno = reason;
    return false;
}

bool file_replace(const char *path, const struct buf *bytes, mode_t mode)
{
    SCOPED(buf) struct buf resolved = buf_make(BUF_OWN_TEXT);
    return file_resolve(path, &resolved) && replace(buf_text(&resolved), bytes, mode);
}

int file_open_directory(const char *path)
{
    SCOPED(buf) struct buf directory = buf_make(BUF_OWN_TEXT);
    const char *slash = strrchr(path, '/');
    buf_print(&directory, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    return open(buf_text(&directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool file_sync_directory(const char *path)
{
    int directory = file_open_directory(path);
    bool synced = directory >= 0 && fsync(directory) == 0;
    int reason = errno;
    if (directory >= 0)
        close(directory);
    errno = reason;
    return synced;
}
