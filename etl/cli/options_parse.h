/*
 * Parsing the command line by the tables of commands and options.
 */
#ifndef CLI_OPTIONS_PARSE_H
#define CLI_OPTIONS_PARSE_H

#include "base/arena.h"
#include "base/err.h"
#include "cli/options.h"

/* Reads argv. options->command is also set after an error, where the line has a command. ERR_USAGE says what
 * is wrong, with a suggestion. List items live as long as arena. */
MUST_CHECK bool options_parse(int argc, char **argv, struct arena *arena, struct options *options,
                              struct err *err);

#endif
