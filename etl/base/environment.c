#include "base/environment.h"

#include <stdlib.h>

const struct environment_row environment[ENVIRONMENT_VARIABLES] = {
#define ENVIRONMENT(id, name, help) [ENVIRONMENT_##id] = {name, help},
#include "base/environment.def"
#undef ENVIRONMENT
};

const char *environment_get(enum environment_variable variable)
{
    const char *value = getenv(environment[variable].name);
    return value ? value : "";
}
