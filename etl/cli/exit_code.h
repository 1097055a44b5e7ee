/*
 * The exit codes, for help and manual: what each means, and what to do about it.
 */
#ifndef CLI_EXIT_CODE_H
#define CLI_EXIT_CODE_H

struct exit_code {
    int code;
    const char *meaning;
    const char *advice; /* "": nothing to do */
};

/* In order, ended by one without a meaning. */
extern const struct exit_code exit_codes[];

#endif
