/*
 * One function for each command, in a file of its own: command_NAME.c.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

struct options; /* cli/options */

/* Return the exit code. */
#define COMMAND(name, ...) int command_##name(const struct options *options);
#include "cli/commands.def"
#undef COMMAND

#endif
