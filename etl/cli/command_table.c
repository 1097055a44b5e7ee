#include "cli/command_table.h"

#include "base/text.h"
#include "cli/commands.h"

#define TAKES(option) (UINT64_C(1) << OPTION_##option)
#define NO_OPTIONS 0

const struct command commands[] = {
#define COMMAND(name, arguments, options, page, summary, description)                                        \
    {#name, arguments, options, page, summary, description, command_##name},
#include "cli/commands.def"
#undef COMMAND
    {0},
};

const struct command *command_find(const char *name, struct err *err)
{
    const char *names[COUNT_OF(commands)];
    size_t count = 0;
    for (const struct command *command = commands; command->name; command++) {
        if (text_equal(command->name, name))
            return command;
        if (command->summary)
            names[count++] = command->name;
    }
    err_set(err, ERR_USAGE, "there is no command `%s`", name);
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        err_hint(err, "did you mean `%s`?", nearest);
    else
        err_hint(err, "see tokenflex-etl --help");
    return NULL;
}

bool command_takes(const struct command *command, const struct option_spec *spec)
{
    return spec->is_global || (command->options >> spec->id & 1) != 0;
}
