/*
 * Every command, once: what parses the command line, the help, the manual page and `complete` read it
 * here.
 */
#ifndef CLI_COMMAND_TABLE_H
#define CLI_COMMAND_TABLE_H

#include "base/err.h"

struct options; /* cli/options */

struct command {
    const char *name;
    const char *arguments;                     /* as the usage line shows them; "" : none are taken */
    const char *summary;                       /* one line for the list; NULL: for scripts only, not listed */
    const char *description;                   /* see prose.h */
    unsigned flag;                             /* this command, in option_spec.commands */
    int (*run)(const struct options *options); /* returns the exit code */
};

/* The commands, ended by one without a name. */
extern const struct command commands[];

/* Room for them in an array. */
#define COMMANDS_MAX 32

/* ERR_USAGE, with a suggestion, if there is no command of that name. */
MUST_CHECK const struct command *command_find(const char *name, struct err *err);

/* Whether the command takes options besides the global ones. */
bool command_has_options(const struct command *command);

#endif
