#include "terminal/display.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/text.h"
#include "terminal/progress_text.h"
#include "terminal/screen.h"
#include "terminal/terminal.h"
#include "wire/notify.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* The interval with live lines, and without. */
#define SHOW_MS 200
#define STATUS_MS 1000
/* The minimum time between two messages to the service manager. */
#define NOTIFY_MS 3000

struct display {
    struct screen *screen;      /* NULL: no live lines */
    const char *notify_address; /* NULL: no service manager */
    int64_t notified_ms;        /* monotonic */
    struct buf status;          /* sent last */
    bool is_stopping;           /* STOPPING=1 has been sent */
    struct progress progress;

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool is_ended;
};

static void notify(struct display *display, const char *first, const char *status)
{
    struct err err;
    SCOPED(buf) struct buf state = buf_make(BUF_OWN_TEXT);
    buf_print(&state, "%sSTATUS=%s", first, status);
    if (!notify_send(display->notify_address, buf_text(&state), &err))
        log_debug("notify", "%s", err.text);
    display->notified_ms = clock_now_ms();
}

/* After a stop request no live lines are shown, so that the last log lines remain. */
static void show_lines(struct display *display)
{
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    size_t columns;
    size_t rows;
    terminal_size(&columns, &rows);
    if (!stop_requested())
        progress_put_lines(&lines, &display->progress, columns, rows);
    if (terminal_is_ours())
        screen_show(display->screen, buf_text(&lines), columns, rows);
    else
        screen_leave(display->screen);
}

static void send_status(struct display *display)
{
    SCOPED(buf) struct buf status = buf_make(BUF_OWN_TEXT);
    if (stop_requested() && !display->is_stopping) {
        display->is_stopping = true;
        notify(display, "STOPPING=1\n", "stopping");
    }
    if (display->is_stopping || display->progress.now_ms < display->notified_ms + NOTIFY_MS)
        return;
    progress_put_status(&status, &display->progress);
    if (text_equal(buf_text(&status), buf_text(&display->status)))
        return;
    notify(display, "", buf_text(&status));
    buf_clear(&display->status);
    buf_put(&display->status, buf_text(&status));
}

static void *show(void *context)
{
    struct display *display = context;
    pthread_mutex_lock(&display->lock);
    while (!display->is_ended) {
        progress_read(&display->progress);
        if (display->screen)
            show_lines(display);
        if (display->notify_address)
            send_status(display);
        int64_t until_ms = clock_now_ms() + (display->screen ? SHOW_MS : STATUS_MS);
        struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
        pthread_cond_timedwait(&display->ended, &display->lock, &until);
    }
    pthread_mutex_unlock(&display->lock);
    return NULL;
}

/* All signals are blocked in the new thread: the other threads handle them. */
static bool start_thread(struct display *display)
{
    sigset_t all;
    sigset_t before;
    pthread_condattr_t attributes;
    pthread_mutex_init(&display->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&display->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&display->thread, NULL, show, display) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

static void release(struct display *display)
{
    log_divert((struct log_writer){0});
    screen_release(display->screen);
    pthread_cond_destroy(&display->ended);
    pthread_mutex_destroy(&display->lock);
    buf_release(&display->status);
    free(display);
}

struct display *display_begin(enum progress_choice choice, const char *notify_address)
{
    bool is_live = choice == PROGRESS_ALWAYS || (choice == PROGRESS_AUTO && terminal_is_live());
    bool is_managed = notify_address && *notify_address;
    if (!is_live && !is_managed)
        return NULL;
    struct display *display = mem_alloc(1, sizeof *display);
    display->status = buf_make(BUF_OWN_TEXT);
    if (is_managed) {
        display->notify_address = notify_address;
        notify(display, "READY=1\n", "preparing");
    }
    if (is_live) {
        display->screen = screen_make(STDERR_FILENO);
        log_divert((struct log_writer){screen_write_line, display->screen});
    }
    if (start_thread(display))
        return display;
    log_warn("display", "cannot start a thread: no progress is shown");
    release(display);
    return NULL;
}

void display_end(struct display *display)
{
    if (!display)
        return;
    pthread_mutex_lock(&display->lock);
    display->is_ended = true;
    pthread_cond_signal(&display->ended);
    pthread_mutex_unlock(&display->lock);
    pthread_join(display->thread, NULL);
    if (display->notify_address) {
        SCOPED(buf) struct buf status = buf_make(BUF_OWN_TEXT);
        progress_read(&display->progress);
        progress_put_status(&status, &display->progress);
        notify(display, display->is_stopping ? "" : "STOPPING=1\n", buf_text(&status));
    }
    release(display);
}
