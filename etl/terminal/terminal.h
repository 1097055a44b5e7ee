/*
 * What kind of terminal stderr is, and what the environment says about it.
 */
#ifndef TERMINAL_TERMINAL_H
#define TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether stderr is a terminal, not a dumb one, and NO_COLOR is not set. */
bool terminal_has_colour(void);

/* Whether stderr is a terminal whose lines can be overwritten. */
bool terminal_is_live(void);

/* The current size. If it is not known: $COLUMNS and $LINES, else 80 by 24. */
void terminal_size(size_t *columns, size_t *rows);

/* Whether this process may write over the screen: not while it is in the background of its terminal. */
bool terminal_is_ours(void);

#endif
