#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* errno is set where it fails. */
static bool fails(const char *call, int reason)
{
    bool is_due = fault_is_due(call);
    if (is_due)
        errno = reason;
    return is_due;
}

static mode_t mode_of(int flags, va_list arguments)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    REAL(open);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return fails("open", EMFILE) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    REAL(open64);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return fails("open", EMFILE) ? -1 : real(path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t length)
{
    REAL(read);
    return fails("read", EIO) ? -1 : real(fd, bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    REAL(write);
    return fails("write", ENOSPC) ? -1 : real(fd, bytes, length);
}

int fsync(int fd)
{
    REAL(fsync);
    return fails("fsync", EIO) ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    return fails("rename", EACCES) ? -1 : real(from, to);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    REAL(connect);
    return fails("connect", ECONNREFUSED) ? -1 : real(fd, address, length);
}

int poll(struct pollfd *waited, nfds_t count, int timeout_ms)
{
    REAL(poll);
    return fails("poll", ENOMEM) ? -1 : real(waited, count, timeout_ms);
}

/* A connection that was reset gives nothing more. */
static ssize_t reset(int fd)
{
    shutdown(fd, SHUT_RDWR);
    errno = ECONNRESET;
    return -1;
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    REAL(recv);
    return fails("recv", ECONNRESET) ? reset(fd) : real(fd, bytes, length, flags);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    REAL(send);
    return fails("send", ECONNRESET) ? reset(fd) : real(fd, bytes, length, flags);
}
