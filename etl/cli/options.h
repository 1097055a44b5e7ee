/*
 * What the command line says. An option is a member here, and a row of cli/options.def.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/log.h"
#include "base/text.h"
#include "job/window.h"
#include "terminal/display.h"

struct command; /* cli/command_table */

enum output_format { OUTPUT_TEXT, OUTPUT_JSON };

/* Defaults are filled in. Texts are those of argv. */
struct options {
    const struct command *command;
    const char *config;         /* NULL: not given */
    const char *jobs_directory; /* NULL: not given */
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
    bool accept;
    int64_t wait_ms; /* run: for another run of the same table and contract; 0: not at all */
    bool repair;
    bool since_given; /* changes */
    date_t since;
    bool rows;
    bool sql;     /* init: only print the SQL */
    bool reports; /* init: also the report views; with sql: only them */
    bool no_browser;
    const char *contract; /* of discover and report; NULL: none */
    const char *html;     /* report: the page; NULL: not given */
    bool names;           /* report */
    bool starter_job;
    uint16_t port;              /* of the login's listener; 0: not given, LOOPBACK_PORT is used */
    struct text_list arguments; /* the words after the command: names of jobs, a verb, a topic */
};

#endif
