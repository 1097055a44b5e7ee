/*
 * The command line: one table of commands, one of options. Parsing, help, manual and completions are read off
 * them.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "job/window.h"
#include "terminal/display.h"

enum output_format { OUTPUT_TEXT, OUTPUT_JSON };

/* What the command line says, defaults filled in. Texts are argv's. */
struct options {
    const struct command *command;
    const char *config; /* NULL: looked for */
    const char *jobs_directory;
    enum output_format output;
    enum log_level log_level;
    enum log_format log_format;
    bool log_format_given;
    enum progress_choice progress;
    bool help;
    bool version;
    const char *tag; /* NULL: none */
    struct window_override window;
    bool rebuild;
    bool again;
    bool sql;     /* init: print the SQL instead */
    bool reports; /* init: the report views too; with sql: alone */
    bool no_browser;
    const char *contract; /* of discover; NULL: none */
    bool starter_job;
    uint16_t port;              /* of the login's listener; 0: any */
    struct text_list arguments; /* behind the command: job names */
};

struct command {
    const char *name;
    const char *arguments;                     /* as the usage line shows them; "" : none are taken */
    const char *summary;                       /* one line for the list; NULL: for scripts only, not listed */
    const char *description;                   /* see prose.h */
    unsigned flag;                             /* this command, in option_spec.commands */
    int (*run)(const struct options *options); /* returns the exit code */
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
    FOR_HELP = 0x2000,
    FOR_COMPLETE = 0x4000,
    FOR_ALL = 0x7FFF,
};

/* The commands, ended by one without a name. */
extern const struct command commands[];

/* Room for them in an array. */
#define COMMANDS_MOST 32

/* ERR_USAGE, with what it may have meant, where there is none of that name. */
MUST_CHECK const struct command *command_find(const char *name, struct err *err);

/*
 * Reads argv. ERR_USAGE names what is wrong and what it may have meant. List items live as long as arena.
 */
MUST_CHECK bool options_parse(int argc, char **argv, struct arena *arena, struct options *options,
                              struct err *err);

#endif
