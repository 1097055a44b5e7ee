/*
 * What can stand as an option's value or as a command's argument, as far as a shell can offer it: read off
 * the words that the help shows, such as FILE, text|json or [JOB…].
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
    CHOICE_FREE
};

struct choice {
    enum choice_kind kind;
    const char *word; /* CHOICE_WORD; not ended by NUL */
    size_t length;
};

/* Takes the next of the alternatives off *text, which `|` separates. False at the end. Pure. */
bool choice_next(const char **text, struct choice *choice);

#endif
