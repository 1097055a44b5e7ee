/*
 * How this program is called on this host, for messages that say what to do: `tokenflex-etl`, or where a
 * service runs it, the command that runs it as the service does.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <stdbool.h>

/* Set once, before any thread is started; command is borrowed. NULL or "": `tokenflex-etl`. */
void program_set_command(const char *command);

/* Whether a command was set. */
bool program_is_service(void);

/* The command line that logs in; for a service, the one without a browser. */
const char *program_login(void);

#endif
