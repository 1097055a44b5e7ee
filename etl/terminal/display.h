/*
 * Shows the progress of a run (base/progress): live lines on a terminal, and the status line of a service
 * manager. A thread reads the progress a few times a second.
 */
#ifndef TERMINAL_DISPLAY_H
#define TERMINAL_DISPLAY_H

/* When to show live lines: if stderr is a terminal that can show them; always; never. */
enum progress_choice { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct display; /* opaque */

/*
 * Starts the display, and sends READY=1 to the service manager. notify_address: of the service manager
 * ($NOTIFY_SOCKET), borrowed; NULL or "": none. Returns NULL if there is nowhere to show progress, or, with a
 * warning, if no thread can be started. Call it after stop_install() and before any thread logs.
 */
struct display *display_begin(enum progress_choice choice, const char *notify_address);

/* Clears the live lines and sends a last status to the service manager. Call it after all threads that log
 * have ended. NULL is allowed. */
void display_end(struct display *display);

#endif
