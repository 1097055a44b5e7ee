#include "terminal/screen.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Clears the first line, then all lines below it. One ESC [ J is not enough: at the top of the screen tmux
 * would clear the screen and move its content into the history. */
#define CLEAR_BELOW "\r\0337\033[K\033[B\033[J\0338"
#define CLEAR_REST "\033[K"
/* If the terminal has just become narrower, lines made for its old width must not wrap. */
#define WRAP_OFF "\033[?7l"
#define WRAP_ON "\033[?7h"

struct screen {
    int fd;
    pthread_mutex_t lock;
    struct buf lines; /* what is shown; empty: nothing */
    struct buf frame; /* the same lines with control sequences */
    size_t columns;
    size_t rows;
};

struct screen *screen_make(int fd)
{
    struct screen *screen = mem_alloc(1, sizeof *screen);
    screen->fd = fd;
    screen->lines = buf_make(BUF_OWN_TEXT);
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

/* Overwrites each line in place, so that nothing flickers, and returns the cursor to the first line. */
static void make_frame(struct screen *screen, const char *lines)
{
    size_t line_ends = 0;
    buf_clear(&screen->lines);
    buf_clear(&screen->frame);
    if (!*lines)
        return;
    buf_put(&screen->lines, lines);
    buf_put(&screen->frame, "\r" WRAP_OFF);
    for (const char *end; (end = strchr(lines, '\n')); lines = end + 1, line_ends++)
        buf_print(&screen->frame, "%.*s" CLEAR_REST "\n", (int)(end - lines), lines);
    buf_print(&screen->frame, "%s" CLEAR_REST "\033[J\r" WRAP_ON, lines);
    if (line_ends > 0)
        buf_print(&screen->frame, "\033[%zuA", line_ends);
}

void screen_show(struct screen *screen, const char *lines, size_t columns, size_t rows)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    pthread_mutex_lock(&screen->lock);
    bool is_resized = columns != screen->columns || rows != screen->rows;
    if (is_resized || !text_equal(buf_text(&screen->lines), lines)) {
        if (screen->lines.length > 0 && (is_resized || !*lines))
            buf_put(&out, CLEAR_BELOW);
        screen->columns = columns;
        screen->rows = rows;
        make_frame(screen, lines);
        buf_put(&out, buf_text(&screen->frame));
        write_all(screen, &out);
    }
    pthread_mutex_unlock(&screen->lock);
}

void screen_leave(struct screen *screen)
{
    pthread_mutex_lock(&screen->lock);
    make_frame(screen, "");
    pthread_mutex_unlock(&screen->lock);
}

void screen_release(struct screen *screen)
{
    if (!screen)
        return;
    screen_show(screen, "", 0, 0);
    pthread_mutex_destroy(&screen->lock);
    buf_release(&screen->lines);
    buf_release(&screen->frame);
    free(screen);
}

void screen_write_line(void *context, const char *line, size_t length)
{
    struct screen *screen = context;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    pthread_mutex_lock(&screen->lock);
    buf_print(&out, "%s%.*s%s", screen->lines.length > 0 ? CLEAR_BELOW : "", (int)length, line,
              buf_text(&screen->frame));
    write_all(screen, &out);
    pthread_mutex_unlock(&screen->lock);
}
