#include "base/program.h"

#include <stdio.h>

static const char *given;
static char login[256] = "tokenflex-etl auth login";

void program_set_command(const char *command)
{
    given = command && *command ? command : NULL;
    snprintf(login, sizeof login, "%.200s auth login%s", given ? given : "tokenflex-etl",
             given ? " --no-browser" : "");
}

bool program_is_service(void)
{
    return given != NULL;
}

const char *program_login(void)
{
    return login;
}
