/*
 * Shows the progress of a run (base/progress): live lines at the bottom of a terminal, below the log, and the
 * status line of a service manager. A thread reads the progress a few times a second.
 *
 * The cursor stays at the start of the first live line. So the terminal itself tracks the position when it is
 * made narrower and its lines wrap, and the next output there (a log line, the prompt of a shell) overwrites
 * the live lines. The cursor is never hidden. Each update is written under a lock, and as a rule at once.
 * A stopped terminal (Ctrl-S) delays the threads that log for two seconds, once. Then the output waits in
 * memory, up to 1 MiB, until the terminal accepts it; what exceeds that is not shown.
 */
#ifndef TERMINAL_DISPLAY_H
#define TERMINAL_DISPLAY_H

#include <stdbool.h>

/* When to show live lines: if stderr is a terminal that can show them; always; never. */
enum progress_choice { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct display; /* opaque */

/*
 * Starts the display, and sends READY=1 to the service manager. notify_address: of the service manager
 * ($NOTIFY_SOCKET), borrowed; "": none. Returns NULL if there is nowhere to show progress, or, with a
 * warning, if no thread can be started. Call it after stop_install() and before any thread logs.
 */
struct display *display_begin(enum progress_choice choice, const char *notify_address);

/* Clears the live lines and sends a last status to the service manager. Call it after all threads that log
 * have ended. NULL is allowed. */
void display_end(struct display *display);

/* Whether stderr is a terminal, not a dumb one, and NO_COLOR is not set. */
bool display_has_colour(void);

#endif
