#include "terminal/display.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/text.h"
#include "terminal/progress_view.h"
#include "terminal/screen.h"
#include "terminal/terminal.h"
#include "wire/notify.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PAINT_MS 200
/* The interval without live lines. */
#define LOOK_MS 1000
/* The least time between two messages to the service manager. */
#define NOTIFY_MS 3000

struct display {
    struct screen *screen; /* NULL: no live lines */
    bool colour;
    const char *notify_address; /* NULL: no service manager */
    int64_t notified_ms;        /* monotonic */
    struct buf status;          /* the status that was sent last */
    bool stopping;              /* STOPPING=1 has been sent */
    struct progress_view view;

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool ending;
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

/* After a stop request no live lines are painted: the last log lines stay in full. */
static void paint(struct display *display)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    struct progress_screen size = {.colour = display->colour};
    struct screen_lines lines = {0};
    terminal_size(&size.columns, &size.rows);
    if (!terminal_is_ours()) {
        screen_leave(display->screen);
        return;
    }
    if (!stop_requested())
        lines.count = progress_view_put_lines(&text, &display->view, &size);
    lines.text = buf_text(&text);
    lines.columns = size.columns;
    lines.rows = size.rows;
    screen_show(display->screen, &lines);
}

static void tell_status(struct display *display)
{
    SCOPED(buf) struct buf status = buf_make(BUF_OWN_TEXT);
    if (stop_requested() && !display->stopping) {
        display->stopping = true;
        notify(display, "STOPPING=1\n", "stopping");
    }
    if (display->stopping || display->view.now_ms < display->notified_ms + NOTIFY_MS)
        return;
    progress_view_put_status(&status, &display->view);
    if (text_equal(buf_text(&status), buf_text(&display->status)))
        return;
    notify(display, "", buf_text(&status));
    buf_clear(&display->status);
    buf_put(&display->status, buf_text(&status));
}

static void look(struct display *display)
{
    progress_view_look(&display->view);
    if (display->screen)
        paint(display);
    if (display->notify_address)
        tell_status(display);
}

static void wait_a_while(struct display *display)
{
    int64_t until_ms = clock_now_ms() + (display->screen ? PAINT_MS : LOOK_MS);
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};
    while (!display->ending && pthread_cond_timedwait(&display->ended, &display->lock, &until) == 0)
        continue;
}

static void *show(void *context)
{
    struct display *display = context;
    pthread_mutex_lock(&display->lock);
    while (!display->ending) {
        pthread_mutex_unlock(&display->lock);
        look(display);
        pthread_mutex_lock(&display->lock);
        wait_a_while(display);
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
    bool started = pthread_create(&display->thread, NULL, show, display) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
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

static bool wants_live(enum progress_choice choice)
{
    switch (choice) {
    case PROGRESS_AUTO:
        return terminal_is_live();
    case PROGRESS_ALWAYS:
        return true;
    case PROGRESS_NEVER:
        break;
    }
    return false;
}

struct display *display_begin(const struct display_options *options)
{
    const char *address = options->notify_address;
    bool live = wants_live(options->progress);
    bool managed = address && *address;
    if (!live && !managed)
        return NULL;
    struct display *display = mem_alloc(1, sizeof *display);
    display->colour = terminal_has_colour();
    display->status = buf_make(BUF_OWN_TEXT);
    if (managed) {
        display->notify_address = address;
        notify(display, "READY=1\n", "preparing");
    }
    if (live) {
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
    display->ending = true;
    pthread_cond_signal(&display->ended);
    pthread_mutex_unlock(&display->lock);
    pthread_join(display->thread, NULL);
    if (display->notify_address) {
        SCOPED(buf) struct buf status = buf_make(BUF_OWN_TEXT);
        progress_view_look(&display->view);
        progress_view_put_status(&status, &display->view);
        notify(display, display->stopping ? "" : "STOPPING=1\n", buf_text(&status));
    }
    release(display);
}
