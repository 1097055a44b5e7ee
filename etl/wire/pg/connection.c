#include "wire/pg/connection.h"

#include "base/clock.h"
#include "base/stop.h"
#include "base/thread.h"
#include "wire/pg/connection_inner.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

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
    return pg->lost || pg->given_up || PQstatus(pg->conn) == CONNECTION_BAD;
}

bool pg_give_up(struct pg *pg, const char *text, struct err *err)
{
    pg->given_up = true;
    return err_set(err, ERR_UNAVAILABLE, "%s", text);
}

void pg_ignore_stop(struct pg *pg, int64_t limit_ms)
{
    pg->ignores_stop = true;
    pg->last_deadline = clock_deadline(limit_ms);
}

void pg_limit(struct pg *pg, int64_t limit_ms)
{
    pg->limit_ms = limit_ms;
}

void pg_set_deadline(struct pg *pg, int64_t deadline_ms)
{
    pg->work_deadline = deadline_ms;
}

void pg_extend_deadline(struct pg *pg, int64_t ms)
{
    int64_t min_ms = clock_deadline(ms);
    if (pg->work_deadline < min_ms)
        pg->work_deadline = min_ms;
}

int64_t pg_time_left_ms(const struct pg *pg)
{
    if (pg->work_deadline == CLOCK_NEVER)
        return 0;
    int64_t left_ms = pg->work_deadline - clock_now_ms();
    return left_ms > 0 ? left_ms : 1;
}

bool pg_is_stopped(const struct pg *pg)
{
    return !pg->ignores_stop && stop_requested();
}

bool pg_is_overdue(const struct pg *pg)
{
    return clock_now_ms() >= pg->work_deadline;
}

bool pg_cancel_error(const struct pg *pg, struct err *err)
{
    if (pg_is_stopped(pg) || !(pg->overdue || pg_is_overdue(pg)))
        return stop_error(err);
    err_set(err, ERR_LATER, "the timeout has passed while the database executed a statement");
    return err_hint(err, "raise the timeout, or look in pg_stat_activity for what the database waits for");
}

struct pg_grace pg_grace_begin(struct pg *pg)
{
    struct pg_grace before = {pg->ignores_stop, pg->last_deadline, pg->work_deadline};
    pg->work_deadline = CLOCK_NEVER;
    if (!pg->ignores_stop)
        pg_ignore_stop(pg, pg->grace_ms);
    pg->deadline = pg->last_deadline;
    return before;
}

void pg_grace_end(struct pg *pg, struct pg_grace before)
{
    pg->ignores_stop = before.ignores_stop;
    pg->last_deadline = before.last_deadline;
    pg->work_deadline = before.work_deadline;
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
 * gone. So a thread does it, and the caller waits only as long as a healthy server needs.
 */
static void cancel(const struct pg *pg)
{
    PGcancel *handle = PQgetCancel(pg->conn);
    if (handle == NULL)
        return;
    pthread_t thread;
    if (thread_start(&thread, cancel_thread, handle) != 0) {
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
    pg->overdue = false;
    pg->deadline = pg->last_deadline;
    if (pg->limit_ms > 0 && clock_deadline(pg->limit_ms) < pg->deadline)
        pg->deadline = clock_deadline(pg->limit_ms);
}

/* Cancels the statement. The server then has grace_ms to answer. */
static void cancel_statement(struct pg *pg, bool overdue)
{
    pg->cancelled = true;
    pg->overdue = overdue;
    pg->deadline = clock_deadline(pg->grace_ms);
    cancel(pg);
}

static bool lose_connection(struct pg *pg, struct err *err)
{
    pg->lost = true;
    if (pg->cancelled)
        return pg_cancel_error(pg, err);
    cancel(pg);
    return err_set(err, ERR_UNAVAILABLE, "PostgreSQL did not answer in the time that was left");
}

/* How long the statement may still take; cancels it first if that is due. */
static int64_t time_left_ms(struct pg *pg)
{
    if (!pg->cancelled && pg_is_stopped(pg))
        cancel_statement(pg, false);
    else if (!pg->cancelled && pg_is_overdue(pg))
        cancel_statement(pg, true);
    int64_t deadline = !pg->cancelled && pg->work_deadline < pg->deadline ? pg->work_deadline : pg->deadline;
    return deadline - clock_now_ms();
}

bool pg_wait(struct pg *pg, short events, struct err *err)
{
    for (;;) {
        int64_t left = time_left_ms(pg);
        bool heeds_stop = !pg->ignores_stop && !pg->cancelled;
        if (left <= 0 && !pg->cancelled && pg_is_overdue(pg))
            continue;
        if (left <= 0)
            return lose_connection(pg, err);
        struct pollfd waited[] = {
            {.fd = PQsocket(pg->conn), .events = events},
            {.fd = heeds_stop ? stop_fd() : -1, .events = POLLIN},
        };
        if (poll(waited, COUNT_OF(waited), left > 60000 ? 60000 : (int)left) > 0 && waited[0].revents != 0)
            return true;
    }
}
