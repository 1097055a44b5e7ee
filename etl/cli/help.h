/*
 * What --help shows, read off the tables of commands and options.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/buf.h"
#include "cli/options.h"

/* The help of the program (command NULL), or of a command, as text for stdout. */
void help_put(const struct command *command, struct buf *out);

#endif
