/*
 * The lowest lines of a terminal, written anew again and again, with the log running above them.
 *
 * The cursor stays where the first of these lines begins: so the terminal itself keeps track of the place
 * when it is made narrower and its lines wrap, and whatever is written there next (a log line, a shell's
 * prompt) takes their place. It is never hidden. Everything goes out in whole writes under one lock.
 */
#ifndef TERMINAL_SCREEN_H
#define TERMINAL_SCREEN_H

#include "base/buf.h"

#include <stddef.h>

struct screen; /* opaque; may be used by any number of threads */

struct screen *screen_make(int fd);

/* Clears what is shown. NULL is allowed. */
void screen_release(struct screen *screen);

/* Shows lines, `count` of them with '\n' between them, in place of those before; 0: none. columns and rows:
 * of the terminal. Writes nothing where nothing has changed. */
struct screen_lines {
    const char *text;
    size_t count;
    size_t columns;
    size_t rows;
};
void screen_show(struct screen *screen, const struct screen_lines *lines);

/* Nothing is shown any more, and what was is left to whoever has the terminal now. */
void screen_leave(struct screen *screen);

/* Writes a line, with its line end, above what is shown: struct log_writer. */
void screen_write_line(void *screen, const char *line, size_t length);

#endif
