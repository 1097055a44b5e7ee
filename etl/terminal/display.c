#include "terminal/display.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/text.h"
#include "base/thread.h"
#include "terminal/progress_text.h"
#include "wire/notify.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The interval at which the progress is read. */
#define SHOW_MS 200
/* The minimum time between two messages to the service manager. */
#define NOTIFY_MS 3000
/* The service manager's status: four jobs at most, and nothing is cut. */
#define STATUS_LAYOUT (&(struct progress_layout){"; ", 1000, 5})

/* Clears the first line, then all lines below it. One ESC [ J is not enough: at the top of the screen tmux
 * would clear the screen and move its content into the history. */
#define CLEAR_BELOW "\r\0337\033[K\033[B\033[J\0338"
#define CLEAR_REST "\033[K"
/* If the terminal has just become narrower, lines made for its old width must not wrap. */
#define WRAP_OFF "\033[?7l"
#define WRAP_ON "\033[?7h"

/* A stopped terminal (Ctrl-S) holds a thread that writes for this time, once. Then the log waits, up to so
 * many bytes, until the terminal goes on; what is more is not shown. */
#define STUCK_MS 2000
#define MAX_WAITING ((size_t)1 << 20)

struct display {
    bool is_live;
    pthread_mutex_t lock; /* for the frame and for writing */
    struct buf frame;     /* the live lines with their control sequences; empty: none */
    size_t columns;
    size_t rows;
    struct buf waiting; /* what the terminal has not taken yet */
    bool is_stuck;      /* it has taken nothing for STUCK_MS */

    const char *notify_address; /* "": no service manager */
    int64_t notified_ms;        /* monotonic */
    bool is_stopping;           /* STOPPING=1 has been sent */

    struct progress progress;
    pthread_t thread;
    sem_t end; /* posted when the thread is to end */
};

static bool is_terminal(void)
{
    return isatty(STDERR_FILENO) && !text_equal(environment_get(ENVIRONMENT_TERM), "dumb");
}

bool display_has_colour(void)
{
    return is_terminal() && !*environment_get(ENVIRONMENT_NO_COLOR);
}

static size_t number_of(enum environment_variable variable, size_t otherwise)
{
    uint64_t number;
    return text_to_uint(environment_get(variable), 10000, &number) && number > 0 ? (size_t)number : otherwise;
}

static void read_size(size_t *columns, size_t *rows)
{
    struct winsize size = {0};
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    *columns = known && size.ws_col > 0 ? size.ws_col : number_of(ENVIRONMENT_COLUMNS, 80);
    *rows = known && size.ws_row > 0 ? size.ws_row : number_of(ENVIRONMENT_LINES, 24);
}

/* Whether this process is in the foreground of its terminal, and so may write over the screen. */
static bool owns_terminal(void)
{
    pid_t foreground = tcgetpgrp(STDERR_FILENO);
    return foreground < 0 || foreground == getpgrp();
}

/* With the lock. Errors are ignored: a terminal that is gone needs no output. */
static void write_waiting(struct display *display)
{
    struct buf *waiting = &display->waiting;
    if (waiting->length == 0)
        return;
    size_t written = file_write_with_timeout(STDERR_FILENO, waiting, display->is_stuck ? 0 : STUCK_MS);
    size_t left = waiting->length - written;
    display->is_stuck = left > 0;
    memmove(waiting->bytes, waiting->bytes + written, left);
    waiting->length = left;
}

/* Writes text, and the frame behind it, over the live lines. With the lock. */
static void write_frame(struct display *display, bool clears, const char *text, size_t length)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    buf_print(&out, "%s%.*s%s", clears ? CLEAR_BELOW : "", (int)length, text, buf_text(&display->frame));
    if (buf_append(&display->waiting, out.bytes, out.length))
        write_waiting(display);
}

/* Fits struct log_writer. */
static void write_log_line(void *context, const char *line, size_t length)
{
    struct display *display = context;
    pthread_mutex_lock(&display->lock);
    write_frame(display, display->frame.length > 0, line, length);
    pthread_mutex_unlock(&display->lock);
}

/* Overwrites each line in place, so that nothing flickers, and returns the cursor to the first line. */
static void put_frame(struct buf *frame, const char *lines)
{
    size_t line_ends = 0;
    buf_put(frame, "\r" WRAP_OFF);
    for (const char *end; (end = strchr(lines, '\n')); lines = end + 1, line_ends++)
        buf_print(frame, "%.*s" CLEAR_REST "\n", (int)(end - lines), lines);
    buf_print(frame, "%s" CLEAR_REST "\033[J\r" WRAP_ON, lines);
    if (line_ends > 0)
        buf_print(frame, "\033[%zuA", line_ends);
}

/* While another process is in the foreground of the terminal, no live lines are written; those on the screen
 * are not cleared later. Log lines are still written. */
static void show_frame(struct display *display, const struct buf *frame, size_t columns, size_t rows)
{
    pthread_mutex_lock(&display->lock);
    bool is_resized = columns != display->columns || rows != display->rows;
    bool clears = display->frame.length > 0 && (is_resized || frame->length == 0);
    bool changes = is_resized || !text_equal(buf_text(&display->frame), buf_text(frame));
    display->columns = columns;
    display->rows = rows;
    buf_clear(&display->frame);
    if (owns_terminal()) {
        buf_put(&display->frame, buf_text(frame));
        if (display->is_stuck)
            write_waiting(display);
        else if (changes)
            write_frame(display, clears, "", 0);
    }
    pthread_mutex_unlock(&display->lock);
}

/* After a stop request no live lines are shown, so that the last log lines remain. */
static void show_lines(struct display *display, bool is_end)
{
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf frame = buf_make(BUF_OWN_TEXT);
    size_t columns;
    size_t rows;
    read_size(&columns, &rows);
    if (!is_end && !stop_requested() && rows > 1) {
        /* The last column stays empty: a character there would make the terminal wrap at the next one. */
        struct progress_layout layout = {"\n", columns - 1, rows - 1};
        progress_put_lines(&lines, &display->progress, &layout);
        put_frame(&frame, buf_text(&lines));
    }
    show_frame(display, &frame, columns, rows);
}

/* first: lines before the status, each with its line end. */
static void notify(struct display *display, const char *first)
{
    struct err err;
    SCOPED(buf) struct buf state = buf_make(BUF_OWN_TEXT);
    buf_print(&state, "%sSTATUS=", first);
    progress_put_lines(&state, &display->progress, STATUS_LAYOUT);
    if (*display->notify_address && !notify_send(display->notify_address, buf_text(&state), &err))
        log_debug("notify", "%s", err.text);
    display->notified_ms = clock_now_ms();
}

static void notify_stopping(struct display *display)
{
    notify(display, display->is_stopping ? "" : "STOPPING=1\n");
    display->is_stopping = true;
}

static void *show(void *context)
{
    struct display *display = context;
    struct timespec until;
    do {
        progress_read(&display->progress);
        if (display->is_live)
            show_lines(display, false);
        if (stop_requested() && !display->is_stopping)
            notify_stopping(display);
        else if (display->progress.now_ms >= display->notified_ms + NOTIFY_MS)
            notify(display, "");
        int64_t until_ms = clock_now_ms() + SHOW_MS;
        until = (struct timespec){until_ms / 1000, until_ms % 1000 * 1000000};
    } while (sem_clockwait(&display->end, CLOCK_MONOTONIC, &until) != 0);
    return NULL;
}

static void release(struct display *display)
{
    log_divert((struct log_writer){0});
    if (display->is_live)
        show_lines(display, true);
    /* The last lines wait for a stopped terminal, as the result behind them will; after a stop request they
     * do not. */
    bool ignored = stop_requested() || file_write(STDERR_FILENO, &display->waiting);
    (void)ignored;
    pthread_mutex_destroy(&display->lock);
    buf_release(&display->frame);
    buf_release(&display->waiting);
    sem_destroy(&display->end);
    free(display);
}

struct display *display_begin(enum progress_choice choice, const char *notify_address)
{
    bool is_live = choice == PROGRESS_ALWAYS ||
                   (choice == PROGRESS_AUTO && is_terminal() && *environment_get(ENVIRONMENT_TERM));
    if (!is_live && !*notify_address)
        return NULL;
    struct display *display = mem_alloc(1, sizeof *display);
    display->is_live = is_live;
    display->frame = buf_make(BUF_OWN_TEXT);
    display->waiting = buf_make(MAX_WAITING);
    display->notify_address = notify_address;
    pthread_mutex_init(&display->lock, NULL);
    sem_init(&display->end, 0, 0);
    notify(display, "READY=1\n");
    if (is_live)
        log_divert((struct log_writer){write_log_line, display});
    if (thread_start(&display->thread, show, display) == 0)
        return display;
    log_warn("display", "cannot start a thread: no progress is shown");
    release(display);
    return NULL;
}

void display_end(struct display *display)
{
    if (!display)
        return;
    sem_post(&display->end);
    pthread_join(display->thread, NULL);
    progress_read(&display->progress);
    notify_stopping(display);
    release(display);
}
