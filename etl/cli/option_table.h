/*
 * Every option, once: what parses the command line, the help, the manual page and the completions read it
 * here.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"

/* A value below 256 is the option's letter. */
enum option_id {
    OPTION_CONFIG = 'c',
    OPTION_JOBS = 'j',
    OPTION_HELP = 'h',
    OPTION_VERSION = 'V',
    OPTION_OUTPUT = 256,
    OPTION_LOG_LEVEL,
    OPTION_LOG_FORMAT,
    OPTION_PROGRESS,
    OPTION_TAG,
    OPTION_FROM,
    OPTION_TO,
    OPTION_REBUILD,
    OPTION_AGAIN,
    OPTION_NO_BROWSER,
    OPTION_PORT,
    OPTION_CONTRACT,
    OPTION_JOB,
    OPTION_SQL,
    OPTION_REPORTS,
};

struct option_spec {
    enum option_id id;
    const char *name;
    const char *argument; /* NULL: takes none */
    unsigned commands;    /* FOR_ALL: a global option */
    const char *help;
};

/* 0: it has none. */
static inline char option_letter(const struct option_spec *spec)
{
    return spec->id < 256 ? (char)spec->id : '\0';
}

static inline bool option_is_global(const struct option_spec *spec)
{
    return spec->commands == FOR_ALL;
}

/* The options, ended by one without a name. */
extern const struct option_spec option_specs[];

/* Whether the command takes options besides the global ones. */
bool command_has_options(const struct command *command);

/* Room for them in an array. */
#define OPTION_SPECS_MOST 48

#endif
