#include "cli/commands.h"
#include "cli/output.h"

int command_unsupported(const struct options *options)
{
    struct err err;
    err_set(&err, ERR_USAGE, "`%s` is not supported yet", options->command->name);
    return output_fail("usage", &err);
}
