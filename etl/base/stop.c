#include "base/stop.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Stands for a signal number if an allocation has failed. */
#define SHORTAGE (-1)

static atomic_int received;
static atomic_llong received_at_ms;
static int event_fd = -1;

/* Runs in a signal handler, and after a failed allocation: it must not allocate. */
static void request_stop(int number)
{
    int saved = errno;
    uint64_t one = 1;
    if (!atomic_load(&received))
        atomic_store(&received_at_ms, clock_now_ms());
    atomic_store(&received, number);
    ssize_t ignored = write(event_fd, &one, sizeof one);
    (void)ignored;
    errno = saved;
}

static void on_shortage(void)
{
    request_stop(SHORTAGE);
}

bool stop_install(struct err *err)
{
    event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_fd < 0)
        return err_set(err, ERR_LATER, "cannot make an eventfd for a stop: %s", strerror(errno));
    struct sigaction action = {.sa_handler = request_stop};
    bool installed = sigaction(SIGTERM, &action, NULL) == 0 && sigaction(SIGINT, &action, NULL) == 0;
    /* A reader of stdout that goes away, a peer that closes, or a file past the limit on its size (ulimit -f)
     * is an error of that write and not of the process. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (!installed || sigaction(SIGPIPE, &ignore, NULL) != 0 || sigaction(SIGXFSZ, &ignore, NULL) != 0)
        return err_set(err, ERR_BUG, "cannot install signal handlers: %s", strerror(errno));
    mem_on_shortage(on_shortage);
    return true;
}

bool stop_requested(void)
{
    return atomic_load(&received) != 0;
}

int64_t stop_deadline(int64_t limit_ms)
{
    return stop_requested() ? atomic_load(&received_at_ms) + limit_ms : CLOCK_NEVER;
}

int stop_fd(void)
{
    return event_fd;
}

bool stop_error(struct err *err)
{
    int reason = atomic_load(&received);
    if (reason != SHORTAGE)
        return err_set(err, ERR_STOPPED, "stopped by %s", reason == SIGINT ? "SIGINT" : "SIGTERM");
    err_set(err, ERR_STOPPED, "stopped: this host has too little memory");
    return err_hint(err, "give the process more memory, or let fewer jobs run at a time (run.parallel_jobs)");
}

bool stop_sleep(int64_t wait_ms, struct err *err)
{
    int64_t deadline = clock_deadline(wait_ms);
    for (;;) {
        if (stop_requested())
            return stop_error(err);
        int64_t left = deadline - clock_now_ms();
        if (left <= 0)
            return true;
        struct pollfd waited = {.fd = event_fd, .events = POLLIN};
        poll(&waited, 1, left > 3600000 ? 3600000 : (int)left);
    }
}
