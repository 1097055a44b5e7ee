/*
 * Every command, once: the parser of the command line, the help, the man page, the completions and README's
 * table read it here. Its rows are in cli/commands.def.
 */
#ifndef CLI_COMMAND_TABLE_H
#define CLI_COMMAND_TABLE_H

#include "base/err.h"
#include "cli/option_table.h"

struct options; /* cli/options */

/* See cli/commands.def. */
struct command {
    const char *name;
    const char *arguments;
    uint64_t options; /* the set of its own options, as bits 1 << enum option_id */
    const char *page;
    const char *summary;
    const char *description;
    int (*run)(const struct options *options); /* returns the exit code */
};

/* The commands, ended by one without a name. */
extern const struct command commands[];

/* ERR_USAGE, with a suggestion, if there is no command of that name. */
MUST_CHECK const struct command *command_find(const char *name, struct err *err);

/* Whether the command has this option, as one of its own or as a global one. */
bool command_takes(const struct command *command, const struct option_spec *spec);

#endif
