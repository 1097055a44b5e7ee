/*
 * The possible values of an option or of a command's argument, for the completions of the shells. They are
 * parsed from the words that the help shows, such as FILE, text|json or [JOB…].
 */
#ifndef CLI_CHOICE_H
#define CLI_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

enum choice_kind {
    CHOICE_WORD,
    CHOICE_FILES,
    CHOICE_DIRECTORIES,
    CHOICE_JOBS,
    CHOICE_TAGS,
    CHOICE_COMMANDS,
    CHOICE_FREE /* any text */
};

struct choice {
    enum choice_kind kind;
    const char *word; /* CHOICE_WORD; not ended by NUL */
    size_t length;
};

/* Reads the next alternative at *text and moves *text after it; `|` separates them. False at the end. Pure.
 */
bool choice_next(const char **text, struct choice *choice);

#endif
