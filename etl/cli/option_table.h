/*
 * Every option, once: what parses the command line, the help, the manual page and `complete` read it
 * here.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include <stdbool.h>

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
    OPTION_ACCEPT,
    OPTION_WAIT,
    OPTION_REPAIR,
    OPTION_SINCE,
    OPTION_ROWS,
    OPTION_NO_BROWSER,
    OPTION_PORT,
    OPTION_CONTRACT,
    OPTION_JOB,
    OPTION_SQL,
    OPTION_REPORTS,
    OPTION_HTML,
    OPTION_NAMES,
};

/* The bits of option_spec.commands. */
enum {
    FOR_INIT = 1,
    FOR_CHECK = 2,
    FOR_PLAN = 4,
    FOR_RUN = 8,
    FOR_STATUS = 16,
    FOR_AUTH = 32,
    FOR_DISCOVER = 64,
    FOR_DOCTOR = 128,
    FOR_RECONCILE = 256,
    FOR_CHANGES = 512,
    FOR_FORECAST = 1024,
    FOR_REPORT = 2048,
    FOR_HELP = 0x2000,
    FOR_COMPLETE = 0x4000,
    FOR_ALL = 0x7FFF,
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

/* Room for them in an array. */
#define OPTION_SPECS_MAX 48

#endif
