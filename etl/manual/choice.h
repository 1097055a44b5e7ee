/*
 * What can stand as an option's value or as a command's argument, as far as a shell can offer it: read off
 * the words that the help shows, such as FILE, text|json or [JOB…].
 */
#ifndef MANUAL_CHOICE_H
#define MANUAL_CHOICE_H

#include "base/buf.h"

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

/* Takes the next of the alternatives off *text, which `|` separates. False at the end. */
bool choice_next(const char **text, struct choice *choice);

/* Whether one of the alternatives is of that kind. */
bool choice_has(const char *text, enum choice_kind kind);

/* The words among the alternatives, those of COMMAND too, with a blank between them. */
void choice_put_words(const char *text, struct buf *out);

#endif
