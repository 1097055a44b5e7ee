/* The libraries that this layer uses: their memory functions, and their versions for --version. */
#ifndef WIRE_LIBRARIES_H
#define WIRE_LIBRARIES_H

#include "base/arena.h"

#include <stddef.h>

struct library {
    const char *name;
    const char *compiled; /* the version of the headers */
    const char *running;  /* the version of the loaded library */
};

#define LIBRARIES 5

/* Makes OpenSSL allocate through base/mem; once, by the command line, before anything uses it. */
void libraries_prepare(void);

/* Fills libraries[LIBRARIES]. Texts are constants or live in arena. */
void libraries_list(struct arena *arena, struct library *libraries);

#endif
