#include "base/program.h"

#include <stdio.h>

static const char standard[] = "tokenflex-etl";
static const char *given;
static char login[256] = "tokenflex-etl auth login";

void program_set_command(const char *command)
{
    given = command && *command ? command : NULL;
    snprintf(login, sizeof login, "%.200s auth login%s", program_command(), given ? " --no-browser" : "");
}

const char *program_command(void)
{
    return given ? given : standard;
}

bool program_is_service(void)
{
    return given != NULL;
}

const char *program_login(void)
{
    return login;
}
