/*
 * Keeps a few live lines at the bottom of a terminal, below the log.
 *
 * The cursor stays at the start of the first live line. So the terminal itself tracks the position when it is
 * made narrower and its lines wrap, and the next output there (a log line, the prompt of a shell) overwrites
 * the live lines. The cursor is never hidden. Each update is one complete write under a lock.
 */
#ifndef TERMINAL_SCREEN_H
#define TERMINAL_SCREEN_H

#include <stddef.h>

struct screen; /* opaque; any number of threads may use it */

struct screen *screen_make(int fd);

/* Clears the live lines and frees the screen. NULL is allowed. */
void screen_release(struct screen *screen);

/*
 * Shows these lines, separated by '\n', in place of the previous ones; "": none. columns and rows are the
 * size of the terminal. Writes nothing if nothing has changed.
 */
void screen_show(struct screen *screen, const char *lines, size_t columns, size_t rows);

/* To be called while another process owns the terminal: forgets the live lines without clearing them. */
void screen_leave(struct screen *screen);

/* Writes a log line, which includes its newline, above the live lines. Fits struct log_writer. */
void screen_write_line(void *screen, const char *line, size_t length);

#endif
