#include "cli/output.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* open() returns the lowest free number: in this order that is the one that is closed. */
void output_prepare(void)
{
    static const struct {
        int fd;
        int flags; /* stdout's: what is written there must fail */
    } standard[] = {{STDIN_FILENO, O_RDONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    for (size_t i = 0; i < COUNT_OF(standard); i++)
        if (fcntl(standard[i].fd, F_GETFD) < 0)
            (void)open("/dev/null", standard[i].flags);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* A stdout that another process has made non-blocking is waited for. */
static bool wait_for_room(void)
{
    struct pollfd stdout_file = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&stdout_file, 1, -1) >= 0 || errno == EINTR;
}

static bool write_all(const struct buf *text, struct err *err)
{
    size_t written = 0;
    while (written < text->length) {
        ssize_t count = write(STDOUT_FILENO, text->bytes + written, text->length - written);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN && wait_for_room())
            continue;
        if (count < 0)
            return err_set(err, ERR_OUTPUT, "cannot write the result to stdout: %s", strerror(errno));
        written += (size_t)count;
    }
    return true;
}

int output_fail(const char *event, struct err *err)
{
    err_require(err);
    log_error(event, err);
    return err_kind_info(err->kind)->exit_code;
}

int output_end(const struct buf *text, int exit_code)
{
    struct err err = {0};
    if (text->is_past) {
        err_set(&err, ERR_CONFIG, "the result is larger than %zu MiB, and is not shown", BUF_OWN_TEXT >> 20);
        err_hint(&err, "name some of the jobs, or give --tag");
    } else if (write_all(text, &err)) {
        return exit_code;
    }
    int failed = output_fail("output", &err);
    return exit_code ? exit_code : failed;
}
