/*
 * One function a command; each in a file of its name.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

struct options; /* cli/options */

/* Return the exit code. */
#define COMMAND(name, ...) int command_##name(const struct options *options);
#include "cli/commands.def"
#undef COMMAND

#endif
