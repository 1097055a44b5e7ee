/*
 * What is seen of a run while it goes on: the live lines on a terminal, and the status that a service manager
 * shows. A thread of its own looks at base/progress a few times a second.
 */
#ifndef CLI_DISPLAY_H
#define CLI_DISPLAY_H

#include "cli/options.h"

struct display; /* opaque */

/*
 * Begins to show: live lines where --progress wants them, or leaves it to us and stderr is a terminal; status
 * where $NOTIFY_SOCKET names a service manager, who is told that we are ready. NULL where there is nobody to
 * show anything to. To be called when stop_install() has been, and before any thread logs.
 */
struct display *display_begin(const struct options *options);

/* Clears the live lines, and says how it went. After all threads that log have ended. NULL is allowed. */
void display_end(struct display *display);

#endif
