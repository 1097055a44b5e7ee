#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
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

ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
    REAL(pread);
    return fails("read", EIO) ? -1 : real(fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    REAL(pwrite);
    return fails("write", ENOSPC) ? -1 : real(fd, bytes, length, offset);
}

int ftruncate(int fd, off_t length)
{
    REAL(ftruncate);
    return fails("truncate", EIO) ? -1 : real(fd, length);
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

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    return fails("mkdir", ENOSPC) ? -1 : real(path, mode);
}

int unlink(const char *path)
{
    REAL(unlink);
    return fails("unlink", EIO) ? -1 : real(path);
}

int stat(const char *path, struct stat *status)
{
    REAL(stat);
    return fails("status", EIO) ? -1 : real(path, status);
}

int lstat(const char *path, struct stat *status)
{
    REAL(lstat);
    return fails("status", EIO) ? -1 : real(path, status);
}

int fstat(int fd, struct stat *status)
{
    REAL(fstat);
    return fails("status", EIO) ? -1 : real(fd, status);
}

/* With memory for its answer. */
char *realpath(const char *path, char *resolved)
{
    REAL(realpath);
    return fails("realpath", ENOMEM) ? NULL : real(path, resolved);
}

int flock(int fd, int operation)
{
    REAL(flock);
    return fails("lock", ENOLCK) ? -1 : real(fd, operation);
}

ssize_t getrandom(void *bytes, size_t length, unsigned flags)
{
    REAL(getrandom);
    return fails("random", ENOSYS) ? -1 : real(bytes, length, flags);
}

/* This one returns the reason. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *),
                   void *argument)
{
    REAL(pthread_create);
    return fails("thread", EAGAIN) ? EAGAIN : real(thread, attributes, begin, argument);
}

int socket(int domain, int type, int protocol)
{
    REAL(socket);
    return fails("socket", EMFILE) ? -1 : real(domain, type, protocol);
}

int eventfd(unsigned count, int flags)
{
    REAL(eventfd);
    return fails("socket", EMFILE) ? -1 : real(count, flags);
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
