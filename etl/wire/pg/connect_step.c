#include "wire/pg/connect_step.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/thread.h"
#include "wire/pg/error.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The interval at which the waiting thread checks whether to go on waiting. */
#define CHECK_MS 50

/* One step, shared by the thread that does it and the one that waits; the last of the two frees it. */
struct step {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    char **keywords; /* NULL: a poll */
    char **values;
    PGconn *conn;
    PostgresPollingStatusType next;
    bool done;
    bool abandoned;
};

static void free_texts(char **texts)
{
    for (size_t i = 0; texts && texts[i]; i++) {
        explicit_bzero(texts[i], strlen(texts[i]));
        free(texts[i]);
    }
    free(texts);
}

static char **copy_texts(const char *const *texts, size_t count)
{
    char **copies = mem_alloc(count + 1, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = mem_copy_text(texts[i] ? texts[i] : "");
    return copies;
}

static struct step *make(PGconn *conn)
{
    pthread_condattr_t attributes;
    struct step *step = mem_alloc(1, sizeof *step);
    step->conn = conn;
    pthread_mutex_init(&step->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&step->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return step;
}

static void release(struct step *step)
{
    free_texts(step->keywords);
    free_texts(step->values);
    pthread_cond_destroy(&step->changed);
    pthread_mutex_destroy(&step->mutex);
    free(step);
}

static void do_step(struct step *step)
{
    if (step->keywords)
        step->conn =
            PQconnectStartParams((const char *const *)step->keywords, (const char *const *)step->values, 1);
    else
        step->next = PQconnectPoll(step->conn);
}

static void *step_thread(void *context)
{
    struct step *step = context;
    do_step(step);
    pthread_mutex_lock(&step->mutex);
    step->done = true;
    bool abandoned = step->abandoned;
    pthread_cond_broadcast(&step->changed);
    pthread_mutex_unlock(&step->mutex);
    if (abandoned) {
        PQfinish(step->conn);
        release(step);
    }
    return NULL;
}

bool pg_connect_is_over(const struct pg *pg, struct err *err)
{
    if (pg_is_stopped(pg))
        return !stop_error(err);
    if (pg_is_overdue(pg)) {
        err_set(err, ERR_LATER, "the timeout has passed before the connection to PostgreSQL was made");
        return !err_hint(err, "raise the timeout, or find out why its host does not answer");
    }
    if (clock_now_ms() >= pg->last_deadline)
        return !err_set(err, ERR_UNAVAILABLE, "PostgreSQL did not answer in the time that was left");
    return false;
}

static void wait_a_little(struct step *step)
{
    int64_t until_ms = clock_now_ms() + CHECK_MS;
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};
    pthread_cond_timedwait(&step->changed, &step->mutex, &until);
}

/* Waits for the step's end. False if there is no more time, or a stop was requested: the step is then left to
 * its thread. */
static bool await(struct step *step, const struct pg *pg, struct err *err)
{
    pthread_mutex_lock(&step->mutex);
    while (!step->done && !step->abandoned) {
        if (pg_connect_is_over(pg, err))
            step->abandoned = true;
        else
            wait_a_little(step);
    }
    bool done = step->done;
    pthread_mutex_unlock(&step->mutex);
    return done;
}

/* Does the step, in a thread if one can be created. The step owns the connection until it ends. */
static bool run(struct step *step, struct pg *pg, PostgresPollingStatusType *next, struct err *err)
{
    pthread_t thread;
    pg->conn = NULL;
    if (thread_start(&thread, step_thread, step) == 0) {
        pthread_detach(thread);
        if (!await(step, pg, err))
            return false;
    } else {
        do_step(step);
    }
    pg->conn = step->conn;
    *next = step->next;
    release(step);
    return true;
}

bool pg_connect_start(struct pg *pg, const char *const *keywords, const char *const *values, struct err *err)
{
    size_t count = 0;
    PostgresPollingStatusType ignored;
    while (keywords[count])
        count++;
    struct step *step = make(NULL);
    step->keywords = copy_texts(keywords, count);
    step->values = copy_texts(values, count);
    if (!run(step, pg, &ignored, err))
        return false;
    return pg->conn || pg_error_memory(err);
}

/* Whether libpq may turn to another host, as the string, the service file or PGHOST name them. */
static bool has_several_hosts(PGconn *conn)
{
    bool several = false;
    PQconninfoOption *options = PQconninfo(conn);
    for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
        several |= strcmp(option->keyword, "host") == 0 && option->val && strchr(option->val, ',');
    PQconninfoFree(options);
    return several;
}

bool pg_connect_poll(struct pg *pg, PostgresPollingStatusType *next, struct err *err)
{
    if (has_several_hosts(pg->conn))
        return run(make(pg->conn), pg, next, err);
    *next = PQconnectPoll(pg->conn);
    return true;
}
