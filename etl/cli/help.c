#include "cli/help.h"

#include "base/arena.h"
#include "cli/exit_code.h"
#include "cli/option_table.h"
#include "cli/prose.h"
#include "job/key_list.h"

#include <stdio.h>
#include <string.h>

/* Where the explanations of options begin. */
#define HELP_COLUMN 31

static const char about[] =
    "Loads Autodesk Token Flex usage into PostgreSQL. It runs the queries of YAML job definitions and "
    "upserts the rows into tables made from the results' columns.";

static void put_option(const struct option_spec *spec, struct buf *out)
{
    size_t before = out->length;
    if (option_letter(spec))
        buf_print(out, "  -%c, --%s", option_letter(spec), spec->name);
    else
        buf_print(out, "      --%s", spec->name);
    if (spec->argument)
        buf_print(out, " %s", spec->argument);
    size_t columns = out->length - before;
    if (columns >= HELP_COLUMN) {
        buf_put(out, "\n");
        columns = 0;
    }
    buf_print(out, "%*s", (int)(HELP_COLUMN - columns), "");
    prose_put_hanging(spec->help, HELP_COLUMN, HELP_COLUMN, out);
}

static void put_options(const struct command *command, bool global, struct buf *out)
{
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if (option_is_global(spec) == global && (!command || (spec->commands & command->flag)))
            put_option(spec, out);
}

static void put_program_help(struct buf *out)
{
    prose_put(about, 0, out);
    buf_put(out, "\nusage: tokenflex-etl [GLOBAL OPTIONS] COMMAND [OPTIONS] [JOB…]\n\ncommands:\n");
    for (const struct command *command = commands; command->name; command++)
        if (command->summary)
            buf_print(out, "  %-10s %s\n", command->name, command->summary);
    buf_put(out, "\nglobal options:\n");
    put_options(NULL, true, out);
    buf_put(out, "\nexit codes:\n");
    for (const struct exit_code *code = exit_codes; code->meaning; code++)
        buf_print(out, "  %-3d %s\n", code->code, code->meaning);
    buf_put(out, "\ntokenflex-etl COMMAND --help describes a command, tokenflex-etl help settings\nand help "
                 "job describe every key of the files.\n");
}

void help_put(const struct command *command, struct buf *out)
{
    if (!command) {
        put_program_help(out);
        return;
    }
    bool has_own = command_has_options(command);
    buf_print(out, "usage: tokenflex-etl [GLOBAL OPTIONS] %s%s%s%s\n\n", command->name,
              has_own ? " [OPTIONS]" : "", *command->arguments ? " " : "", command->arguments);
    prose_put(command->description, 0, out);
    if (has_own) {
        buf_put(out, "\noptions:\n");
        put_options(command, false, out);
    }
    buf_put(out, "\nglobal options:\n");
    put_options(command, true, out);
}

static void put_entry(const struct key_entry *entry, struct buf *out)
{
    buf_print(out, "%s%s", entry->depth == 0 ? "\n" : "", entry->path);
    if (entry->key->kind != KEY_MAPPING)
        buf_print(out, "  (%s", entry->value);
    if (*entry->default_value)
        buf_print(out, "; default: %s", entry->default_value);
    if (entry->key->required)
        buf_put(out, entry->key->kind == KEY_MAPPING ? "  (required" : "; required");
    buf_put(out, entry->key->kind == KEY_MAPPING && !entry->key->required ? "\n" : ")\n");
    prose_put(entry->text, 4, out);
}

void help_put_topic(const struct help_topic *topic, struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct key_entries entries = key_list(topic->keys, arena);
    prose_put(topic->description, 0, out);
    for (size_t i = 0; i < entries.count; i++)
        put_entry(&entries.items[i], out);
    buf_put(out, "\n");
    prose_put(topic->examples, 0, out);
}
