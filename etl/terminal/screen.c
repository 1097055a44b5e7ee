#include "terminal/screen.h"

#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Clears the first line, then all lines below it. One ESC [ J would not do: at the top of the screen tmux
 * takes it for clearing the screen, and moves the content into its history. */
#define CLEAR_BELOW "\r\0337\033[K\033[B\033[J\0338"
#define CLEAR_REST "\033[K"
/* If the terminal has just become narrower, lines made for its old width must not wrap. */
#define WRAP_OFF "\033[?7l"
#define WRAP_ON "\033[?7h"

struct screen {
    int fd;
    pthread_mutex_t lock;
    struct buf text;  /* what is shown; empty: nothing is */
    struct buf frame; /* the same text with its control sequences */
    size_t columns;
    size_t rows;
};

struct screen *screen_make(int fd)
{
    struct screen *screen = mem_alloc(1, sizeof *screen);
    screen->fd = fd;
    screen->text = buf_make(BUF_OWN_TEXT);
    screen->frame = buf_make(BUF_OWN_TEXT);
    pthread_mutex_init(&screen->lock, NULL);
    return screen;
}

/* Errors are ignored: a terminal that is gone needs no output. */
static void write_all(const struct screen *screen, const struct buf *bytes)
{
    size_t written = 0;
    while (written < bytes->length) {
        ssize_t count = write(screen->fd, bytes->bytes + written, bytes->length - written);
        if (count < 0 && errno != EINTR)
            return;
        written += count > 0 ? (size_t)count : 0;
    }
}

static void forget(struct screen *screen)
{
    buf_clear(&screen->text);
    buf_clear(&screen->frame);
}

/* Overwrites each line in place, so that nothing flickers, then moves the cursor to the start of the first
 * line. */
static void make_frame(struct screen *screen, const struct screen_lines *lines)
{
    const char *line = lines->text;
    forget(screen);
    buf_put(&screen->text, lines->text);
    buf_put(&screen->frame, "\r" WRAP_OFF);
    for (;;) {
        size_t length = strcspn(line, "\n");
        buf_print(&screen->frame, "%.*s" CLEAR_REST, (int)length, line);
        if (!line[length])
            break;
        buf_put(&screen->frame, "\n");
        line += length + 1;
    }
    buf_put(&screen->frame, "\033[J\r" WRAP_ON);
    if (lines->count > 1)
        buf_print(&screen->frame, "\033[%zuA", lines->count - 1);
}

static void show(struct screen *screen, const struct screen_lines *lines)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    bool resized = lines->columns != screen->columns || lines->rows != screen->rows;
    bool same = strcmp(buf_text(&screen->text), lines->text) == 0;
    if (same && !resized)
        return;
    bool shown = screen->text.length > 0;
    screen->columns = lines->columns;
    screen->rows = lines->rows;
    if (shown && (resized || lines->count == 0))
        buf_put(&out, CLEAR_BELOW);
    if (lines->count == 0) {
        forget(screen);
    } else {
        make_frame(screen, lines);
        buf_put(&out, buf_text(&screen->frame));
    }
    write_all(screen, &out);
}

void screen_show(struct screen *screen, const struct screen_lines *lines)
{
    pthread_mutex_lock(&screen->lock);
    show(screen, lines);
    pthread_mutex_unlock(&screen->lock);
}

void screen_leave(struct screen *screen)
{
    pthread_mutex_lock(&screen->lock);
    forget(screen);
    pthread_mutex_unlock(&screen->lock);
}

void screen_release(struct screen *screen)
{
    if (!screen)
        return;
    screen_show(screen, &(struct screen_lines){.text = ""});
    pthread_mutex_destroy(&screen->lock);
    buf_release(&screen->text);
    buf_release(&screen->frame);
    free(screen);
}

void screen_write_line(void *context, const char *line, size_t length)
{
    struct screen *screen = context;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    pthread_mutex_lock(&screen->lock);
    if (screen->text.length > 0)
        buf_put(&out, CLEAR_BELOW);
    buf_print(&out, "%.*s%s", (int)length, line, buf_text(&screen->frame));
    write_all(screen, &out);
    pthread_mutex_unlock(&screen->lock);
}
