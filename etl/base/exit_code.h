/*
 * The exit codes of the program, from sysexits.h where it has one.
 */
#ifndef BASE_EXIT_CODE_H
#define BASE_EXIT_CODE_H

/* EXIT_CODE_MIXED: failures of different exit codes. */
enum {
#define EXIT_CODE(name, code, meaning, advice) EXIT_CODE_##name = (code),
#include "base/exit_codes.def"
#undef EXIT_CODE
};

struct exit_code {
    int code;
    const char *meaning;
    const char *advice; /* what to do: sentences, with code in backquotes; "": nothing to do */
};

/* Ordered by code. In the last one, meaning is NULL. */
extern const struct exit_code exit_codes[];

/*
 * Combines the exit codes of two things done together: 0 if both succeeded, the failures' common exit code,
 * or EXIT_CODE_MIXED. The order of the arguments does not matter. Pure.
 */
int exit_code_join(int so_far, int next);

#endif
