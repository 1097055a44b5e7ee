#include "cli/command_table.h"
#include "cli/option_table.h"
#include "manual/choice.h"
#include "manual/manual.h"

static const char head[] =
    "# fish completion for tokenflex-etl, made from its tables of commands and options.\n"
    "\n"
    "# The command on the line: its first word that is neither an option nor an option's value.\n"
    "function __tokenflex_etl_command\n"
    "    set -l words (commandline -opc)\n"
    "    set -e words[1]\n"
    "    while set -q words[1]\n"
    "        if contains -- $words[1] $__tokenflex_etl_value_options\n"
    "            set -e words[1]\n"
    "        else if not string match -q -- '-*' $words[1]\n"
    "            echo $words[1]\n"
    "            return 0\n"
    "        end\n"
    "        set -e words[1]\n"
    "    end\n"
    "    return 1\n"
    "end\n"
    "\n"
    "function __tokenflex_etl_is\n"
    "    contains -- (__tokenflex_etl_command) $argv\n"
    "end\n"
    "\n"
    "# Jobs or tags, with what the program says of them, from the directory that the line names.\n"
    "function __tokenflex_etl_names\n"
    "    set -l words (commandline -opc)\n"
    "    set -l directory\n"
    "    for i in (seq (count $words))\n"
    "        switch $words[$i]\n"
    "            case -j --jobs\n"
    "                set -q words[(math $i + 1)]; and set directory $words[(math $i + 1)]\n"
    "            case '--jobs=*'\n"
    "                set directory (string replace -- --jobs= '' $words[$i])\n"
    "        end\n"
    "    end\n"
    "    set directory (string replace -r '^~' $HOME -- $directory)\n"
    "    set -q directory[1]; and set directory --jobs $directory\n"
    "    $words[1] $directory complete $argv[1] 2>/dev/null\n"
    "end\n"
    "\n";

/* Within single quotes. */
static void put_quoted(const char *text, struct buf *out)
{
    for (; *text; text++)
        buf_print(out, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void put_value_options(struct buf *out)
{
    buf_put(out, "set -g __tokenflex_etl_value_options");
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        if (!spec->argument)
            continue;
        if (option_letter(spec))
            buf_print(out, " -%c", option_letter(spec));
        buf_print(out, " --%s", spec->name);
    }
    buf_put(out, "\n\n");
}

/* The switches that offer what can stand here. */
static void put_offers(const char *text, struct buf *out)
{
    if (choice_has(text, CHOICE_FILES)) {
        buf_put(out, " -r -F");
        return;
    }
    buf_put(out, " -x");
    if (choice_has(text, CHOICE_DIRECTORIES))
        buf_put(out, " -a '(__fish_complete_directories)'");
    if (choice_has(text, CHOICE_JOBS))
        buf_put(out, " -a '(__tokenflex_etl_names jobs)'");
    if (choice_has(text, CHOICE_TAGS))
        buf_put(out, " -a '(__tokenflex_etl_names tags)'");
    if (choice_has(text, CHOICE_WORD) || choice_has(text, CHOICE_COMMANDS)) {
        buf_put(out, " -a '");
        choice_put_words(text, out);
        buf_put(out, "'");
    }
}

/* The commands that take the option, as the condition of its line. */
static void put_condition(const struct option_spec *spec, struct buf *out)
{
    if (option_is_global(spec))
        return;
    buf_put(out, " -n '__tokenflex_etl_is");
    for (const struct command *command = commands; command->name; command++)
        if (spec->commands & command->flag)
            buf_print(out, " %s", command->name);
    buf_put(out, "'");
}

static void put_option(const struct option_spec *spec, struct buf *out)
{
    buf_put(out, "complete -c tokenflex-etl");
    put_condition(spec, out);
    if (option_letter(spec))
        buf_print(out, " -s %c", option_letter(spec));
    buf_print(out, " -l %s", spec->name);
    if (spec->argument)
        put_offers(spec->argument, out);
    buf_put(out, " -d '");
    put_quoted(spec->help, out);
    buf_put(out, "'\n");
}

static void put_command(const struct command *command, struct buf *out)
{
    buf_print(out, "complete -c tokenflex-etl -n 'not __tokenflex_etl_command' -a %s -d '", command->name);
    put_quoted(command->summary, out);
    buf_put(out, "'\n");
    if (!*command->arguments)
        return;
    buf_print(out, "complete -c tokenflex-etl -n '__tokenflex_etl_is %s'", command->name);
    put_offers(command->arguments, out);
    buf_put(out, "\n");
}

void fish_put(struct buf *out)
{
    buf_put(out, head);
    put_value_options(out);
    buf_put(out, "complete -c tokenflex-etl -f\n");
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        put_option(spec, out);
    for (const struct command *command = commands; command->name; command++)
        if (command->summary)
            put_command(command, out);
}
