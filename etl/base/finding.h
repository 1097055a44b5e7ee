/*
 * What is wrong with a file, and where: gathered, so that one run shows all of it.
 */
#ifndef BASE_FINDING_H
#define BASE_FINDING_H

#include "base/arena.h"
#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>

/* A place in a file; line and column count from 1, columns in characters. Line 0: the file as a whole. */
struct place {
    const char *file;
    unsigned line;
    unsigned column;
};

enum severity {
    SEVERITY_ERROR,
    SEVERITY_WARNING,
    SEVERITY_ADVICE, /* a warning to the author: `check` shows it, and no run repeats it each night */
};

struct finding {
    struct place place;
    enum severity severity;
    const char *message; /* one line, with what to do about it */
};

struct findings {
    struct arena *arena; /* owns the messages; the findings' file names must live as long */
    struct finding *items;
    size_t count;
    size_t errors; /* how many of them are SEVERITY_ERROR */
};

void finding_error(struct findings *findings, struct place place, const char *format, ...) PRINTF_LIKE(3, 4);
void finding_warning(struct findings *findings, struct place place, const char *format, ...)
    PRINTF_LIKE(3, 4);

void finding_advice(struct findings *findings, struct place place, const char *format, ...) PRINTF_LIKE(3, 4);

/* Orders them by file, line and column, keeping equals in the order they were found; drops a finding with the
 * place and message of the one before it. */
void findings_sort(struct findings *findings);

#endif
