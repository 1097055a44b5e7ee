#include "cli/help.h"

#include "cli/option_table.h"

#include <stdio.h>

static void put_options(const struct command *command, bool global, struct buf *out)
{
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        bool is_global = spec->commands == FOR_ALL;
        if (is_global != global || (command && !(spec->commands & command->flag)))
            continue;
        char letter[8] = "    ";
        char name[64];
        if (option_letter(spec))
            snprintf(letter, sizeof letter, "-%c, ", option_letter(spec));
        snprintf(name, sizeof name, "--%s%s%s", spec->name, spec->argument ? " " : "",
                 spec->argument ? spec->argument : "");
        buf_print(out, "  %s%-28s %s\n", letter, name, spec->help);
    }
}

static void put_program_help(struct buf *out)
{
    buf_put(out,
            "Loads Autodesk Token Flex usage into PostgreSQL: runs the queries of YAML job definitions and\n"
            "upserts their rows into tables made from the results' columns.\n\n"
            "usage: tokenflex-etl [GLOBAL OPTIONS] COMMAND [OPTIONS] [JOB…]\n\ncommands:\n");
    for (const struct command *command = commands; command->name; command++)
        buf_print(out, "  %-10s %s\n", command->name, command->summary);
    buf_put(out, "\nglobal options:\n");
    put_options(NULL, true, out);
    buf_put(out, "\nexit codes:\n"
                 "  0   all jobs succeeded\n"
                 "  1   several jobs failed for different reasons\n"
                 "  64  usage\n"
                 "  65  the API's data cannot be loaded as it is\n"
                 "  69  API or database unreachable after retries\n"
                 "  70  a bug\n"
                 "  73  a table or schema cannot be created\n"
                 "  75  try again later\n"
                 "  77  authentication or permission\n"
                 "  78  settings or job definition\n\n"
                 "tokenflex-etl COMMAND --help tells more of a command.\n");
}

void help_put(const struct command *command, struct buf *out)
{
    if (!command) {
        put_program_help(out);
        return;
    }
    bool has_own = false;
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        has_own |= spec->commands != FOR_ALL && (spec->commands & command->flag);
    buf_print(out, "usage: tokenflex-etl [GLOBAL OPTIONS] %s%s%s%s\n\n%s\n", command->name,
              has_own ? " [OPTIONS]" : "", *command->arguments ? " " : "", command->arguments,
              command->description);
    if (has_own) {
        buf_put(out, "\noptions:\n");
        put_options(command, false, out);
    }
    buf_put(out, "\nglobal options:\n");
    put_options(command, true, out);
}
