#include "wire/pg/connection.h"

#include "base/clock.h"
#include "base/stop.h"
#include "wire/pg/connection_inner.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* After a stop, or for a ROLLBACK, the server has this long to answer. */
#define GRACE_MS 2000

void pg_close(struct pg *pg)
{
    if (pg == NULL)
        return;
    PQfinish(pg->conn);
    free(pg);
}

void pg_cleanup(struct pg **pg)
{
    pg_close(*pg);
    *pg = NULL;
}

int pg_server_version(const struct pg *pg)
{
    return PQserverVersion(pg->conn);
}

bool pg_is_lost(const struct pg *pg)
{
    return pg->lost || PQstatus(pg->conn) == CONNECTION_BAD;
}

void pg_outlive_stop(struct pg *pg, int64_t limit_ms)
{
    pg->outlives_stop = true;
    pg->last_deadline = clock_deadline(limit_ms);
}

void pg_limit(struct pg *pg, int64_t limit_ms)
{
    pg->limit_ms = limit_ms;
}

bool pg_is_stopped(const struct pg *pg)
{
    return !pg->outlives_stop && stop_requested();
}

struct pg_grace pg_grace_begin(struct pg *pg)
{
    struct pg_grace before = {pg->outlives_stop, pg->last_deadline};
    if (!pg->outlives_stop)
        pg_outlive_stop(pg, GRACE_MS);
    pg->deadline = pg->last_deadline;
    return before;
}

void pg_grace_end(struct pg *pg, struct pg_grace before)
{
    pg->outlives_stop = before.outlives_stop;
    pg->last_deadline = before.last_deadline;
}

static void *cancel_thread(void *handle)
{
    char message[256];
    PQcancel(handle, message, (int)sizeof message);
    PQfreeCancel(handle);
    return NULL;
}

/*
 * PQcancel() makes a connection of its own and blocks while it does, for minutes where the server's host is
 * gone. So a thread does it, and is waited for only as long as a healthy server needs.
 */
static void cancel(const struct pg *pg)
{
    PGcancel *handle = PQgetCancel(pg->conn);
    if (handle == NULL)
        return;
    pthread_t thread;
    if (pthread_create(&thread, NULL, cancel_thread, handle) != 0) {
        PQfreeCancel(handle);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    if (pthread_timedjoin_np(thread, NULL, &until) != 0)
        pthread_detach(thread);
}

void pg_wait_begin(struct pg *pg)
{
    pg->cancelled = false;
    pg->deadline = pg->last_deadline;
    if (pg->limit_ms > 0 && clock_deadline(pg->limit_ms) < pg->deadline)
        pg->deadline = clock_deadline(pg->limit_ms);
}

bool pg_wait(struct pg *pg, short events, struct err *err)
{
    for (;;) {
        bool heeds_stop = !pg->outlives_stop && !pg->cancelled;
        if (heeds_stop && stop_requested()) {
            pg->cancelled = true;
            pg->deadline = clock_deadline(GRACE_MS);
            cancel(pg);
            continue;
        }
        int64_t left = pg->deadline - clock_now_ms();
        if (left <= 0) {
            pg->lost = true;
            if (pg->cancelled)
                return stop_error(err);
            cancel(pg);
            return err_set(err, ERR_UNAVAILABLE, "PostgreSQL did not answer in the time that was left");
        }
        struct pollfd waited[] = {
            {.fd = PQsocket(pg->conn), .events = events},
            {.fd = heeds_stop ? stop_fd() : -1, .events = POLLIN},
        };
        if (poll(waited, COUNT_OF(waited), left > 60000 ? 60000 : (int)left) > 0 && waited[0].revents != 0)
            return true;
    }
}
