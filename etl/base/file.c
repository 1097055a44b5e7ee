#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int file, const struct buf *bytes)
{
    for (size_t written = 0; written < bytes->length;) {
        ssize_t count = write(file, bytes->bytes + written, bytes->length - written);
        if (count < 0 && errno != EINTR)
            return false;
        written += count > 0 ? (size_t)count : 0;
    }
    return true;
}

static bool write_new(const char *path, const struct buf *bytes, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool written = write_all(file, bytes) && fchmod(file, mode) == 0 && fsync(file) == 0;
    int reason = errno;
    close(file);
    errno = reason;
    return written;
}

bool file_replace(const char *path, const struct buf *bytes, mode_t mode)
{
    SCOPED(buf) struct buf new_path = buf_make(BUF_OWN_TEXT);
    buf_print(&new_path, "%s.new", path);
    /* What stands under this name is of a process that was killed. */
    unlink(buf_text(&new_path));
    if (write_new(buf_text(&new_path), bytes, mode) && rename(buf_text(&new_path), path) == 0)
        return file_sync_directory(path);
    int reason = errno;
    unlink(buf_text(&new_path));
    errno = reason;
    return false;
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
