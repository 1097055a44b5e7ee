/*
 * The name by which messages call this program, in commands that the reader is to run: `tokenflex-etl`. If a
 * service runs the program, it is the command of TOKENFLEX_ETL_COMMAND, which runs it with the user and the
 * environment of the service.
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
