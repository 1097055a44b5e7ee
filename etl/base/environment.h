/*
 * The environment variables (base/environment.def). Two places of the program read the environment:
 * environment_get(); and the lookup of cli/inputs.c, for variables that settings and job files name, and for
 * those of the settings' defaults (HOME, STATE_DIRECTORY, …). libpq, libcurl and others read their own.
 */
#ifndef BASE_ENVIRONMENT_H
#define BASE_ENVIRONMENT_H

enum environment_variable {
#define ENVIRONMENT(id, name, help) ENVIRONMENT_##id,
#include "base/environment.def"
#undef ENVIRONMENT
    ENVIRONMENT_VARIABLES
};

struct environment_row {
    const char *name;
    const char *help; /* what it means, for the manual page */
};

extern const struct environment_row environment[ENVIRONMENT_VARIABLES];

/* The value of a variable; "" if it is not set. Valid until the environment is changed, which nothing does.
 */
const char *environment_get(enum environment_variable variable);

#endif
