/*
 * A library for LD_PRELOAD that lets one call to the system fail:
 *
 *     FAULT_CALL=fsync     open, read, write, fsync, rename, connect, poll, recv or send
 *     FAULT_NTH=3          the third one of the process fails; 0: none does
 *     FAULT_COUNT=FILE     how many there were is written there at the end
 *
 * Calls that a library makes within itself, such as those of stdio, are not seen.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static const char *chosen;
static long chosen_nth;
static atomic_long seen;

__attribute__((constructor)) static void begin(void)
{
    const char *nth = getenv("FAULT_NTH");
    chosen = getenv("FAULT_CALL");
    chosen_nth = nth ? strtol(nth, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", atomic_load(&seen));
        fclose(file);
    }
}

/* Whether this call is the one that fails; errno is set then. */
static bool fails(const char *call, int reason)
{
    if (!chosen || strcmp(chosen, call) != 0)
        return false;
    bool is_it = atomic_fetch_add(&seen, 1) + 1 == chosen_nth;
    if (is_it)
        errno = reason;
    return is_it;
}

/* The C library's own function of this name. */
#define REAL(function)                                                                                       \
    __typeof__(function) *real;                                                                              \
    do {                                                                                                     \
        void *symbol = dlsym(RTLD_NEXT, #function);                                                          \
        memcpy(&real, &symbol, sizeof real);                                                                 \
    } while (0)

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

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    REAL(recv);
    return fails("recv", ECONNRESET) ? -1 : real(fd, bytes, length, flags);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    REAL(send);
    return fails("send", ECONNRESET) ? -1 : real(fd, bytes, length, flags);
}
