/*
 * What stderr is, and what the environment says about it.
 */
#ifndef TERMINAL_TERMINAL_H
#define TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* A terminal, neither a dumb one nor one whose owner has set NO_COLOR. */
bool terminal_has_colour(void);

/* A terminal whose lines can be written anew. */
bool terminal_is_live(void);

/*
 * How large it is now. Where that cannot be found out, what $COLUMNS and $LINES say, else 80 by 24.
 */
void terminal_size(size_t *columns, size_t *rows);

/* Whether this process may write over the screen: not in the background, where it is somebody else's. */
bool terminal_is_ours(void);

#endif
