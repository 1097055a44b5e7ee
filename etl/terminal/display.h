/*
 * What is seen of a run while it goes on: the live lines on a terminal, and the status that a service manager
 * shows. A thread of its own looks at base/progress a few times a second.
 */
#ifndef TERMINAL_DISPLAY_H
#define TERMINAL_DISPLAY_H

/* Live lines: where stderr is a terminal; always; never. */
enum progress_choice { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct display_options {
    enum progress_choice progress;
    const char
        *notify_address; /* of a service manager ($NOTIFY_SOCKET), borrowed; NULL or "": there is none */
};

struct display; /* opaque */

/*
 * Begins to show: live lines as options->progress says; status to the service manager, which is told that we
 * are ready. NULL where there is nobody to show anything to. To be called when stop_install() has been, and
 * before any thread logs.
 */
struct display *display_begin(const struct display_options *options);

/* Clears the live lines, and says how it went. After all threads that log have ended. NULL is allowed. */
void display_end(struct display *display);

#endif
